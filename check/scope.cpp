// SPDX-License-Identifier: Apache-2.0
#include "check/scope.h"

#include "check/stop.h"

namespace padproof::check {

bool same_tensor(const Tensor& source, const Tensor& target) {
  if (source.data_type != target.data_type || source.dims != target.dims) return false;
  if (source.is_external != target.is_external || source.is_raw != target.is_raw)
    undecided("a tensor is stored in different ways");
  if (!source.is_external) return source.raw == target.raw && source.typed == target.typed;
  return source.external == target.external;
}

void GraphSide::define(std::string_view name, const Definition& definition) {
  if (name.empty()) return;
  const auto [at, is_new] = names.emplace(name, definition);
  if (is_new) return;
  if (definition.constant == nullptr || !at->second.is_input || at->second.constant != nullptr)
    unreadable("the name " + named(name) + " stands for two values");
  at->second.constant = definition.constant;
}

GraphSide::GraphSide(const LoadedModel& in, const Graph& of, const OperatorSets& sets)
    : graph(of), operator_sets(sets) {
  const bool has_defaults = in.model.ir_version >= 4;
  if (has_defaults)
    for (const ValueInfo& input : graph.inputs) define(input.name, {nullptr, true});
  for (const Tensor& tensor : graph.initializers) define(tensor.name, {&tensor, false});
  for (const ValueInfo& input : graph.inputs) {
    if (!has_defaults && names.contains(input.name)) continue;
    if (!has_defaults) define(input.name, {nullptr, true});
    inputs.push_back(&input);
  }
  for (const Node& node : graph.nodes)
    for (const std::string_view output : node.outputs) define(output, {nullptr, false});
}

std::int64_t GraphSide::operator_set(const Node& node) const {
  const auto at = operator_sets.find(node.domain);
  return at == operator_sets.end() ? 0 : at->second;
}

Scope::Place Scope::find(const GraphSide Scope::*side, std::string_view name) const {
  for (const Scope* scope = this; scope != nullptr; scope = scope->outer_) {
    const auto& names = (scope->*side).names;
    if (const auto at = names.find(name); at != names.end()) return {scope, at->second};
  }
  return {};
}

void Scope::learn(std::string_view mine, std::string_view theirs, Fact fact) {
  if (mine.empty() != theirs.empty()) reject("a value of " + path + " is left out of one model");
  if (!mine.empty() && !equal_.emplace(mine, std::pair(theirs, std::move(fact))).second)
    reject("the certificate pairs " + named(mine) + " twice");
}

void Scope::require_same_default(std::string_view mine, std::string_view theirs) const {
  const auto default_of = [](const GraphSide& side, std::string_view name) {
    const auto at = side.names.find(name);
    return at == side.names.end() ? nullptr : at->second.constant;
  };
  const Tensor* source_default = default_of(source, mine);
  const Tensor* target_default = default_of(target, theirs);
  const bool are_both = source_default != nullptr && target_default != nullptr;
  if (are_both ? !same_tensor(*source_default, *target_default) : source_default != target_default)
    reject("input " + named(mine) + " of " + path + " has another default in the target");
}

void Scope::require_equal(std::string_view mine, std::string_view theirs, const std::string& reader) const {
  if (mine.empty() && theirs.empty()) return;
  const auto [scope, definition] = find(&Scope::source, mine);
  const auto [other_scope, other] = find(&Scope::target, theirs);
  if (scope == nullptr || other_scope == nullptr) reject(reader + " reads what is not there");
  const auto known = scope->equal_.find(mine);
  if (known != scope->equal_.end() && scope == other_scope && known->second.first == theirs) return;
  const bool are_constants =
      definition.constant != nullptr && other.constant != nullptr && !definition.is_input && !other.is_input;
  if (!are_constants || !same_tensor(*definition.constant, *other.constant))
    reject(reader + " reads " + named(mine) + " and " + named(theirs) + ", not shown to be equal");
}

Fact Scope::fact(std::string_view mine) const {
  const auto [scope, definition] = find(&Scope::source, mine);
  if (scope == nullptr) return {};
  if (definition.constant != nullptr && !definition.is_input)
    return {definition.constant->dims, definition.constant};
  const auto known = scope->equal_.find(mine);
  return known == scope->equal_.end() ? Fact() : known->second.second;
}

}  // namespace padproof::check
