// SPDX-License-Identifier: Apache-2.0
// What the file and the user declare of shapes: graph inputs, --input-shape, --assume, value_info.
#include <fmt/format.h>

#include "model/inference_engine.h"

namespace padproof::model {
namespace {

constexpr std::string_view kContradiction = "shape-contradiction";

Error contradiction(std::string_view name, std::string_view list, const std::string& declared,
                    const std::string& inferred) {
  return malformed(
      std::string(kContradiction),
      fmt::format("the {} entry of value '{}' contradicts what the operators compute", list, name), declared,
      inferred);
}

Extent substitute(const Extent& extent, const SymbolBindings& bindings) {
  const auto bound = bindings.find(extent.to_string());
  return bound == bindings.end() ? extent : bound->second;
}

Error usage(std::string code, std::string what, std::string got, std::string limit) {
  return Error(
      Diagnostic{Fault::kUsage, std::move(code), std::move(what), std::move(got), std::move(limit), {}});
}

Error wrong_binding(std::string_view input, const std::string& got, const std::string& limit) {
  return usage("input-shape", fmt::format("--input-shape for '{}' contradicts the model", input), got, limit);
}

Result<void> bind_dimension(std::string_view input, const Extent& declared, const Extent& given,
                            SymbolBindings& bindings) {
  if (!declared.is_known()) return {};
  if (declared.is_constant()) {
    if (given.is_constant() && given.value() == declared.value()) return {};
    return wrong_binding(input, given.to_string(), declared.to_string());
  }
  const auto [bound, added] = bindings.emplace(declared.to_string(), given);
  if (!added && !bound->second.same_as(given)) {
    return wrong_binding(input, given.to_string(), declared.to_string() + "=" + bound->second.to_string());
  }
  return {};
}

}  // namespace

Result<void> InferenceEngine::bind_input_shapes() {
  const Graph& graph = *model_.graph;
  std::size_t used = 0;
  for (const ValueInfo& input : graph.inputs) {
    const auto given = options_.input_shapes.find(std::string(input.name));
    if (given == options_.input_shapes.end()) continue;
    ++used;
    if (!input.type.shape) continue;
    if (input.type.shape->size() != given->second.size()) {
      return wrong_binding(input.name, to_string(given->second), to_string(*input.type.shape));
    }
    for (std::size_t i = 0; i < given->second.size(); ++i) {
      auto bound = bind_dimension(input.name, (*input.type.shape)[i], given->second[i], bindings_);
      if (!bound) return bound;
    }
  }
  if (used == options_.input_shapes.size()) return {};
  for (const auto& [name, shape] : options_.input_shapes) {
    const auto found = graph.value_by_name.find(name);
    if (found != graph.value_by_name.end() && graph.values[found->second].kind == ValueKind::kInput) continue;
    return usage("input-shape", "--input-shape names no input of the model", name, "");
  }
  return {};
}

void InferenceEngine::set_input(const ValueInfo& input, ValueFacts& facts) const {
  facts.dtype = input.type.dtype;
  const auto given = options_.input_shapes.find(std::string(input.name));
  if (given != options_.input_shapes.end()) {
    facts.shape = given->second;
  } else if (input.type.shape && input.type.shape->size() > kMaxRank) {
    facts.lost =
        fmt::format("graph input '{}' (of rank {})", printable(input.name), input.type.shape->size());
    return;
  } else if (input.type.shape) {
    facts.shape = input.type.shape;
  } else {
    facts.lost = "graph input '" + printable(input.name) + "' (no shape is declared)";
    return;
  }
  for (std::size_t i = 0; i < facts.shape->size(); ++i) {
    Extent& extent = (*facts.shape)[i];
    const bool was_open = !input.type.shape || !(*input.type.shape)[i].is_constant();
    facts.rests_on_options =
        facts.rests_on_options || (was_open && substitute(extent, bindings_).is_constant());
    // An extent left open is still one number in each run: it gets a name of its own.
    extent = extent.is_known() ? substitute(extent, bindings_) : unnamed_extent(input, i);
  }
}

Result<void> InferenceEngine::narrow(GraphInstance& main, const Assumption& assumption) {
  const Extent narrowed = assumption.extent();
  const auto given = bindings_.find(assumption.symbol.to_string());
  if (given != bindings_.end() && given->second.is_constant()) {
    if (assumption.admits(given->second.value())) return {};
    return usage("assume", "--assume contradicts --input-shape", given->second.to_string(),
                 assumption.to_string());
  }
  std::string open;
  bool is_used = false;
  for (const ValueInfo& input : main.graph->inputs) {
    ValueFacts& facts = main.values[input.value];
    if (!facts.shape) continue;
    for (Extent& extent : *facts.shape) {
      if (!extent.is_constant()) open += (open.empty() ? "" : ", ") + printable(extent.to_string());
      if (substitute(extent, assumption.symbol, Extent(1)).same_as(extent)) continue;
      is_used = facts.rests_on_options = true;
      extent = substitute(extent, assumption.symbol, narrowed);
    }
  }
  if (!is_used) {
    return usage("assume", "--assume names no open extent of the model's inputs",
                 printable(assumption.symbol.to_string()), open.empty() ? "none is open" : open);
  }
  for (auto& [name, extent] : bindings_) extent = substitute(extent, assumption.symbol, narrowed);
  bindings_.emplace(assumption.symbol.to_string(), narrowed);
  main.assumptions.push_back(assumption);
  return {};
}

Result<void> InferenceEngine::bind_main_inputs(GraphInstance& main) {
  if (auto bound = bind_input_shapes(); !bound) return bound;
  for (const ValueInfo& input : main.graph->inputs) set_input(input, main.values[input.value]);
  for (const Assumption& assumption : options_.assumptions) {
    if (auto narrowed = narrow(main, assumption); !narrowed) return narrowed;
  }
  return {};
}

Result<void> InferenceEngine::apply_declared(GraphInstance& instance, ValueId value,
                                             const ValueType& declared, std::string_view list) const {
  auto done = declare(instance, value, declared, list);
  if (done || !options_.on_contradiction || done.error().code != kContradiction) return done;
  Diagnostic diagnostic = std::move(done.error());
  diagnostic.where.graph = instance.graph->path;
  options_.on_contradiction(diagnostic);
  return {};
}

Result<void> InferenceEngine::declare(GraphInstance& instance, ValueId value, const ValueType& declared,
                                      std::string_view list) const {
  if (!declared.is_tensor) return {};
  const Value& info = instance.graph->values[value];
  const std::string name = printable(info.name);
  const ValueFacts& facts = instance.facts(value);
  if (facts.dtype != DataType::kUndefined && declared.dtype != DataType::kUndefined &&
      facts.dtype != declared.dtype) {
    return contradiction(name, list, to_string(declared.dtype), to_string(facts.dtype));
  }
  if (!declared.shape || declared.shape->size() > kMaxRank) return {};
  if (facts.shape && facts.shape->size() != declared.shape->size()) {
    return contradiction(name, list, to_string(*declared.shape), to_string(*facts.shape));
  }
  Shape merged = facts.shape ? *facts.shape : Shape(declared.shape->size());
  bool filled = !facts.shape;
  for (std::size_t i = 0; i < merged.size(); ++i) {
    const Extent extent = substitute((*declared.shape)[i], bindings_);
    if (!merged[i].is_known()) {
      filled = filled || extent.is_constant();
      // Only numbers are taken over: a symbol recorded for a value need not mean what it means at an input.
      if (extent.is_constant()) merged[i] = extent;
    } else if (merged[i].is_constant() && extent.is_constant() && merged[i].value() != extent.value()) {
      return contradiction(name, list, to_string(*declared.shape), to_string(*facts.shape));
    }
  }
  if (!filled || info.kind == ValueKind::kOuter) return {};
  ValueFacts& own = instance.values[value];
  if (own.dtype == DataType::kUndefined) own.dtype = declared.dtype;
  own.shape = std::move(merged);
  own.rests_on_value_info = true;
  return {};
}

}  // namespace padproof::model
