// SPDX-License-Identifier: Apache-2.0
// The values of one graph while it runs, dropped after their last use.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "model/attributes.h"
#include "model/graph.h"
#include "model/result.h"
#include "verifier/engine/tensor.h"

namespace padproof::verifier {

/// Who needs the values of a graph.
struct Schedule {
  static constexpr std::uint32_t kNone = UINT32_MAX;
  /// By node index: the values that nobody needs once the node has run. Graph outputs live on.
  std::vector<std::vector<model::ValueId>> deaths;
  /// By value: the node that is the only one to read it, and reads it once; kNone if there is no such node,
  /// or if the value is an output of the graph.
  std::vector<std::uint32_t> only_reader;
};
Schedule schedule_of(const model::Graph& graph);

/// What the nodes of a graph see around them; shared by a main graph or function body and its subgraphs.
struct Surroundings {
  const std::map<std::string_view, std::int64_t>* opset_imports = nullptr;
  const model::AttributeScope* scope = nullptr;
  int depth = 0;  // of nested subgraphs and calls
};

class Frame {
 public:
  /// `parent` holds the values that the graph takes from outside; null for main graphs and functions.
  Frame(const model::Graph& graph, Frame* parent, Surroundings surroundings)
      : graph_(graph), parent_(parent), surroundings_(surroundings), values_(graph.values.size()) {}

  [[nodiscard]] const model::Graph& graph() const { return graph_; }
  [[nodiscard]] const Surroundings& surroundings() const { return surroundings_; }
  /// The version of the operator set that a node belongs to, 0 if it is not imported.
  [[nodiscard]] std::int64_t opset_of(const model::Node& node) const;

  /// The value, decoded from its initializer on first use. Null if it has none, as an omitted input of a
  /// function.
  model::Result<const Tensor*> get(model::ValueId value);
  /// The same; floats of an initializer may come at any address.
  model::Result<const Tensor*> get_in_place(model::ValueId value);
  /// From now on elements of `same`, which are those of the value's initializer, are read.
  void read_instead(model::ValueId value, const model::TensorRef& same) { read_instead_[value] = &same; }
  /// What is there without decoding anything, or null.
  [[nodiscard]] const Tensor* peek(model::ValueId value) const {
    return values_[value].is_set() ? &values_[value] : nullptr;
  }
  void set(model::ValueId value, Tensor tensor) { values_[value] = std::move(tensor); }
  void drop(const std::vector<model::ValueId>& values);

 private:
  const model::Graph& graph_;
  Frame* parent_;
  Surroundings surroundings_;
  std::vector<Tensor> values_;
  [[nodiscard]] const model::TensorRef* initializer(model::ValueId value) const;

  std::map<model::ValueId, Tensor> in_place_;  // initializers whose floats are not aligned
  std::map<model::ValueId, const model::TensorRef*> read_instead_;
};

}  // namespace padproof::verifier
