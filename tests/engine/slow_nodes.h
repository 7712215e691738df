// SPDX-License-Identifier: Apache-2.0
// Nodes that a file of a few hundred bytes can ask for, and that take from seconds to years.
#pragma once

#include <functional>

#include "tests/engine/one_node.h"

namespace padproof::verifier::testing {

struct Slow {
  OneNode node;
  std::vector<std::optional<Tensor>> inputs;
  std::size_t outputs = 1;
};
struct SlowRow {
  std::string name;
  std::function<Slow()> make;
};

/// What is never written takes no memory, whatever its size.
inline Tensor zeros(Dims dims, model::DataType dtype = model::DataType::kFloat) {
  return Tensor(dtype, std::move(dims));
}
inline Tensor bytes(Dims dims) { return zeros(std::move(dims), model::DataType::kUint8); }
inline Tensor one() { return floats({}, {1}); }
inline Tensor point() { return bytes({}); }

inline Slow of_one(std::string_view op, Tensor input) { return {OneNode(op, 20), {std::move(input)}, 1}; }
inline Slow of_two(std::string_view op, Tensor left, Tensor right) {
  return {OneNode(op, 20), {std::move(left), std::move(right)}, 1};
}
inline OneNode resizing(std::string_view mode) {
  OneNode node("Resize", 19);
  node.with("mode", mode);
  return node;
}
inline OneNode microsoft(std::string_view op) { return {op, 1, "com.microsoft"}; }

const std::vector<SlowRow>& slow_windows();
const std::vector<SlowRow>& slow_products();
const std::vector<SlowRow>& slow_choices();
const std::vector<SlowRow>& slow_moves();
const std::vector<SlowRow>& slow_numbers();
const std::vector<SlowRow>& slow_linear();

}  // namespace padproof::verifier::testing
