// SPDX-License-Identifier: Apache-2.0
#include "model/attributes.h"

#include <algorithm>

namespace padproof::model {
namespace {

const Attribute* named(const std::vector<Attribute>& attributes, std::string_view name) {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [&](const Attribute& attribute) { return attribute.name == name; });
  return found == attributes.end() ? nullptr : &*found;
}

}  // namespace

const Attribute* bind_reference(const Attribute& attribute, const AttributeScope* scope) {
  const Attribute* bound = &attribute;
  while (bound != nullptr && !bound->reference.empty()) {
    if (scope == nullptr) return nullptr;
    const std::string_view name = bound->reference;
    bound = named(scope->call->attributes, name);
    if (bound == nullptr)
      return scope->function == nullptr ? nullptr : named(scope->function->attribute_defaults, name);
    scope = scope->caller;
  }
  return bound;
}

const Attribute* Attributes::find(std::string_view name) const {
  const Attribute* own = named(node_.attributes, name);
  return own == nullptr ? nullptr : bind_reference(*own, scope_);
}

std::int64_t Attributes::int_or(std::string_view name, std::int64_t fallback) const {
  const Attribute* found = find(name);
  return found != nullptr && found->kind == AttributeKind::kInt ? found->i : fallback;
}

float Attributes::float_or(std::string_view name, float fallback) const {
  const Attribute* found = find(name);
  return found != nullptr && found->kind == AttributeKind::kFloat ? found->f : fallback;
}

std::string_view Attributes::string_or(std::string_view name, std::string_view fallback) const {
  const Attribute* found = find(name);
  return found != nullptr && found->kind == AttributeKind::kString ? found->s : fallback;
}

const std::vector<std::int64_t>& Attributes::ints(std::string_view name) const {
  static const std::vector<std::int64_t> kNone;
  const Attribute* found = find(name);
  return found != nullptr && found->kind == AttributeKind::kInts ? found->ints : kNone;
}

const TensorRef* Attributes::tensor(std::string_view name) const {
  const Attribute* found = find(name);
  return found != nullptr && found->kind == AttributeKind::kTensor && !found->tensors.empty()
             ? &found->tensors[0]
             : nullptr;
}

const Graph* Attributes::graph(std::string_view name) const {
  const Attribute* found = find(name);
  return found != nullptr && found->kind == AttributeKind::kGraph && !found->graphs.empty()
             ? found->graphs[0].get()
             : nullptr;
}

}  // namespace padproof::model
