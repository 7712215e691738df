// SPDX-License-Identifier: Apache-2.0
// Models of a single node, built in memory: what most engine tests run.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/graph.h"
#include "verifier/engine/executor.h"
#include "verifier/engine/kernel.h"

namespace padproof::verifier::testing {

/// A tensor of the given elements; their number must fit the dims.
template <class T>
Tensor tensor_of(model::DataType dtype, Dims dims, const std::vector<T>& values) {
  Tensor tensor(dtype, std::move(dims));
  std::copy(values.begin(), values.end(), tensor.mutable_data<T>().begin());
  return tensor;
}
Tensor floats(Dims dims, const std::vector<float>& values);
Tensor integers(const std::vector<std::int64_t>& values);

/// Floats that are small integers: every sum of products of a few hundred of them is exact.
Tensor small_integers(Dims dims, std::uint32_t seed);

/// The engine's row for a name that claimed_operators() gives; null if there is none.
const Operator* operator_named(std::string_view name);

class OneNode {
 public:
  /// Names must outlive the node: literals.
  OneNode(std::string_view op_type, std::int64_t opset, std::string_view domain = "");
  OneNode(const OneNode& other);
  OneNode& operator=(const OneNode&) = delete;

  OneNode& with(std::string_view name, std::int64_t value);
  OneNode& with(std::string_view name, float value);
  OneNode& with(std::string_view name, std::string_view value);
  OneNode& with(std::string_view name, std::vector<std::int64_t> value);

  /// Runs the node on these inputs, nothing standing for an omitted one.
  model::Result<std::vector<Tensor>> run(const std::vector<std::optional<Tensor>>& inputs,
                                         std::size_t outputs = 1) const;
  model::Result<std::vector<Tensor>> run(const std::vector<std::optional<Tensor>>& inputs,
                                         std::size_t outputs, const ExecuteOptions& options) const;
  [[nodiscard]] const model::Node& node() const { return node_; }

 private:
  model::Attribute& add(std::string_view name, model::AttributeKind kind);

  std::int64_t opset_;
  model::Node node_;
};

}  // namespace padproof::verifier::testing
