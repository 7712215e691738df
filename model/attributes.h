// SPDX-License-Identifier: Apache-2.0
// Attributes of a node as seen at one place: inside a function body, references are bound to the call's
// values.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/graph.h"

namespace padproof::model {

/// The attribute values that a function body sees: those of the calling node, then the function's defaults.
struct AttributeScope {
  const Node* call = nullptr;
  const Function* function = nullptr;
  const AttributeScope* caller = nullptr;  // the scope in which `call` itself stands
};

/// Read access to a node's attributes under a scope (null outside functions).
class Attributes {
 public:
  explicit Attributes(const Node& node, const AttributeScope* scope = nullptr) : node_(node), scope_(scope) {}

  /// The attribute with references followed; null if absent (or a reference to one the call leaves out).
  [[nodiscard]] const Attribute* find(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }

  /// Absent or of another kind: the fallback.
  [[nodiscard]] std::int64_t int_or(std::string_view name, std::int64_t fallback) const;
  [[nodiscard]] float float_or(std::string_view name, float fallback) const;
  [[nodiscard]] std::string_view string_or(std::string_view name, std::string_view fallback) const;
  /// Empty span if absent or of another kind.
  [[nodiscard]] const std::vector<std::int64_t>& ints(std::string_view name) const;
  [[nodiscard]] const TensorRef* tensor(std::string_view name) const;
  [[nodiscard]] const Graph* graph(std::string_view name) const;

 private:
  const Node& node_;
  const AttributeScope* scope_;
};

/// Follows `attribute.reference` outwards; null when the call does not give it and there is no default.
const Attribute* bind_reference(const Attribute& attribute, const AttributeScope* scope);

}  // namespace padproof::model
