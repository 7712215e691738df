// SPDX-License-Identifier: Apache-2.0
// What is known of each value before anything runs: type, shape, small integer contents, and if not, who lost
// it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/assumption.h"
#include "model/attributes.h"
#include "model/data_type.h"
#include "model/extent.h"
#include "model/graph.h"

namespace padproof::model {

/// Integer tensors of up to this many elements are followed by value (shape plumbing).
inline constexpr std::int64_t kMaxContents = 1024;

struct ValueFacts {
  DataType dtype = DataType::kUndefined;
  std::optional<Shape> shape;  // nothing: rank unknown
  /// Elements in row-major order, of integer and boolean tensors of constant shape. A float tensor has
  /// contents where its elements are whole numbers that an axis can be long (sizes cast to float).
  std::optional<std::vector<Extent>> contents;
  std::optional<std::vector<float>> floats;  // small float constants of rank 0 or 1 (scales of Resize)
  /// Why the shape or one of its extents is unknown: names the first operator that lost it. Empty if nothing
  /// is.
  std::string lost;
  /// What is known here rests on a value_info entry that the rules could not confirm.
  bool rests_on_value_info = false;
  /// What is known here comes from an --input-shape or --assume that narrows what the model leaves open.
  bool rests_on_options = false;
};

/// One graph as instantiated at one place: subgraphs once per node that holds them, functions once per call.
struct GraphInstance {
  const Graph* graph = nullptr;
  const GraphInstance* parent = nullptr;  // the instance that holds `holder`
  const Node* holder = nullptr;        // the If/Loop/Scan node or the calling node; null for the main graph
  const Function* function = nullptr;  // set if this is a function's body
  std::unique_ptr<AttributeScope> scope;  // set if this is (inside) a function's body
  std::shared_ptr<const std::map<std::string_view, std::int64_t>>
      opset_imports;                    // a copy: models can be moved
  std::vector<ValueFacts> values;       // by ValueId
  std::vector<Assumption> assumptions;  // of the main graph: what narrows extents that stay open

  struct Child {
    const Node* holder;
    std::string_view attribute;  // "" for a function's body
    std::unique_ptr<GraphInstance> instance;
  };
  std::vector<Child> children;
  std::map<std::pair<const Node*, std::string_view>, std::size_t> child_index;  // by holder and attribute

  /// Adds a child, in the place of the one that was there.
  GraphInstance& set_child(const Node& node, std::string_view attribute,
                           std::unique_ptr<GraphInstance> instance);

  [[nodiscard]] const AttributeScope* attribute_scope() const { return scope.get(); }
  /// Version of the operator set that `node` belongs to, 0 if it is not imported.
  [[nodiscard]] std::int64_t opset_of(const Node& node) const;
  /// The instance that `node` holds under `attribute` ("" for its function body), or null.
  [[nodiscard]] const GraphInstance* child(const Node& node, std::string_view attribute) const;
  /// Facts of the value, looked up in the enclosing instance where it is an outer one.
  [[nodiscard]] const ValueFacts& facts(ValueId value) const;
  /// The constant that a value is: an initializer or the output of a Constant node holding a tensor; or null.
  [[nodiscard]] const TensorRef* constant(ValueId value) const;
};

}  // namespace padproof::model
