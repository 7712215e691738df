// SPDX-License-Identifier: Apache-2.0
// Concat and its quantised relative. Axes other than the joined one are equal, so each input tells of all.
#include <algorithm>
#include <utility>

#include "model/shapes/contents.h"
#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

constexpr std::int64_t kAxisRequiredSince = 4;

/// The inputs that hold tensors: every `stride`-th from `first` on.
struct Parts {
  std::size_t first = 0;
  std::size_t stride = 1;
};

std::vector<std::size_t> part_inputs(const RuleContext& context, const Parts& parts) {
  std::vector<std::size_t> inputs;
  for (std::size_t input = parts.first; input < context.input_count(); input += parts.stride)
    inputs.push_back(input);
  return inputs;
}

/// Adds a part to the shape so far. The joined axis adds up; the others unify.
Result<void> join(Shape& joined, const Shape& part, std::size_t axis) {
  if (part.size() != joined.size()) {
    return malformed("rank", "the parts have different ranks", to_string(part), to_string(joined));
  }
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (i == axis) {
      joined[i] = joined[i] + part[i];
      continue;
    }
    auto agreed = unify(joined[i], part[i], "extents beside the joined axis");
    if (!agreed) return Error(agreed.error());
    joined[i] = std::move(*agreed);
  }
  return {};
}

Result<void> concatenate(RuleContext& context, DataType dtype, const Parts& parts, std::int64_t listed_axis) {
  const auto inputs = part_inputs(context, parts);
  const auto known =
      std::find_if(inputs.begin(), inputs.end(), [&](auto i) { return context.shape(i) != nullptr; });
  if (known == inputs.end()) return give_up(context, 0, dtype, parts.first);
  const std::size_t rank = context.shape(*known)->size();
  const auto axis = normalize_axis(listed_axis, rank);
  if (!axis) return Error(axis.error());
  Shape joined(rank);
  joined[*axis] = 0;
  for (const std::size_t input : inputs) {
    const Shape* part = context.shape(input);
    if (part == nullptr) context.lose_by_input(0, input);
    if (auto ok = join(joined, part == nullptr ? Shape(rank) : *part, *axis); !ok) return ok;
  }
  context.set(0, dtype, std::move(joined));
  return {};
}

/// Row-major contents of parts joined on the first axis follow each other. Parts of unknown contents but
/// known size leave gaps.
void join_contents(RuleContext& context) {
  std::vector<Extent> contents;
  bool any = false;
  for (std::size_t input = 0; input < context.input_count(); ++input) {
    const Shape* shape = context.shape(input);
    const auto count = shape == nullptr ? std::nullopt : element_count(*shape).constant();
    if (!count || *count > kMaxContents) return;
    auto part = whole_numbers(context, input);
    any = any || part;
    if (!part) part.emplace(static_cast<std::size_t>(std::max<std::int64_t>(*count, 0)));
    contents.insert(contents.end(), part->begin(), part->end());
    if (contents.size() > static_cast<std::size_t>(kMaxContents)) return;
  }
  if (any) context.set_contents(0, std::move(contents));
}

/// False if a part is not known; the floats may then still be known as whole numbers.
bool join_floats(RuleContext& context) {
  std::vector<float> joined;
  for (std::size_t input = 0; input < context.input_count(); ++input) {
    const auto* floats = context.floats(input);
    if (floats == nullptr || joined.size() > static_cast<std::size_t>(kMaxFloatElements)) return false;
    joined.insert(joined.end(), floats->begin(), floats->end());
  }
  context.set_floats(0, std::move(joined));
  return true;
}

}  // namespace

Result<void> concatenation(RuleContext& context) {
  if (context.opset >= kAxisRequiredSince) {
    if (auto present = require_attribute(context, "axis"); !present) return present;
  }
  const std::int64_t axis = context.attributes.int_or("axis", 1);
  if (auto ok = concatenate(context, context.dtype(0), {0, 1}, axis); !ok) return ok;
  const Shape* first = context.shape(0);
  const bool leading = axis == 0 || (first != nullptr && axis == -std::ssize(*first));
  if (leading && !join_floats(context)) join_contents(context);
  return {};
}

Result<void> quantized_concatenation(RuleContext& context) {
  // Inputs: the output's scale and zero point, then tensor, scale and zero point of each part.
  return concatenate(context, context.dtype(1), {2, 3}, context.attributes.int_or("axis", 1));
}

}  // namespace padproof::model::shapes
