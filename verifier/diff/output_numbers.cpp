// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/output_numbers.h"

#include <fmt/format.h>

#include <algorithm>

#include "verifier/diff/waypoints.h"

namespace padproof::verifier {
namespace {

/// Rows of scores whose largest is at the same class.
std::int64_t same_top1(const Tensor& source, const Tensor& target) {
  const auto mine = source.data<float>();
  const auto theirs = target.data<float>();
  const std::int64_t classes = source.dims()[1];
  std::int64_t same = 0;
  for (std::int64_t row = 0; row < source.dims()[0]; ++row) {
    const auto top = [&](auto values) {
      const auto first = values.begin() + row * classes;
      return std::max_element(first, first + classes) - first;
    };
    same += top(mine) == top(theirs) ? 1 : 0;
  }
  return same;
}

bool are_scores(const Tensor& tensor) {
  return tensor.dtype() == model::DataType::kFloat && tensor.rank() == 2 && tensor.dims()[1] > 1;
}

void note_unpaired(const char* side, std::string_view name, DiffNumbers& numbers) {
  if (numbers.reason.empty())
    numbers.reason = fmt::format("output '{}' of the {} has no counterpart", model::printable(name), side);
}

void note_other_extents(std::string_view name, const Tensor& source, const Tensor& target,
                        DiffNumbers& numbers) {
  numbers.has_other_outputs = true;
  if (numbers.reason.empty())
    numbers.reason = fmt::format("output '{}' has another type or other extents (source {}, target {})",
                                 model::printable(name), to_string(source.dims()), to_string(target.dims()));
}

bool compare_output(const Tensor& source, const Tensor& target, OutputNumbers& numbers) {
  const LayerNumbers measured = measure(source, target);
  numbers.largest = std::max(numbers.largest, measured.largest);
  numbers.max_absolute = std::max(numbers.max_absolute, measured.max_absolute);
  const bool moves = !same_bits(source, target);
  numbers.moves = numbers.moves || moves;
  if (!are_scores(source)) return moves;
  numbers.rows += source.dims()[0];
  numbers.same_top1 += same_top1(source, target);
  return moves;
}

/// The entry of all samples.
OutputNumbers& numbers_of_output(std::string_view source, std::string_view target, DiffNumbers& numbers) {
  for (OutputNumbers& output : numbers.outputs)
    if (output.source == source && output.target == target) return output;
  OutputNumbers& output = numbers.outputs.emplace_back();
  output.source = source;
  output.target = target;
  return output;
}

}  // namespace

bool compare_outputs(const model::Model& source, const model::Model& target,
                     const std::vector<std::size_t>& pairs, const BothSides& both, DiffNumbers& numbers) {
  const auto& mine = source.graph->outputs;
  const auto& theirs = target.graph->outputs;
  bool moves = false;
  numbers.reason.clear();
  for (const model::ValueInfo& output : mine) {
    const auto number = static_cast<std::size_t>(&output - mine.data());
    const auto pair = std::find(pairs.begin(), pairs.end(), number);
    if (pair == pairs.end()) {
      note_unpaired("source", output.name, numbers);
      continue;
    }
    const std::string_view other = theirs[static_cast<std::size_t>(pair - pairs.begin())].name;
    const Tensor& expected = both.source.find(output.name)->second;
    const Tensor& given = both.target.find(other)->second;
    if (expected.dtype() != given.dtype() || expected.dims() != given.dims())
      note_other_extents(output.name, expected, given, numbers);
    else
      moves = compare_output(expected, given, numbers_of_output(output.name, other, numbers)) || moves;
  }
  for (std::size_t i = 0; i < pairs.size(); ++i)
    if (pairs[i] == kUnpairedOutput) note_unpaired("target", theirs[i].name, numbers);
  return moves || numbers.has_other_outputs;
}

}  // namespace padproof::verifier
