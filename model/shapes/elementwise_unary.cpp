// SPDX-License-Identifier: Apache-2.0
// Operators whose output has the shape of their first input.
#include <cmath>

#include "model/shapes/contents.h"
#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

/// What an operator does to whole numbers, and to floats; null for what is not followed.
struct UnaryArithmetic {
  Extent (*whole)(const Extent&);
  float (*real)(float);
};

Result<void> map_elements(RuleContext& context, const UnaryArithmetic& arithmetic) {
  set_like(context, 0, context.dtype(0), 0);
  if (const auto* contents = context.contents(0); contents != nullptr && arithmetic.whole != nullptr) {
    std::vector<Extent> mapped;
    for (const Extent& element : *contents) mapped.push_back(arithmetic.whole(element));
    context.set_contents(0, std::move(mapped));
  }
  if (const auto* floats = context.floats(0); floats != nullptr && arithmetic.real != nullptr) {
    std::vector<float> mapped;
    for (const float element : *floats) mapped.push_back(arithmetic.real(element));
    context.set_floats(0, std::move(mapped));
  }
  return {};
}

Extent absolute_value(const Extent& value) {
  const Extent negated = Extent(0) - value;
  if (lower_bound(value).value_or(-1) >= 0) return value;
  return lower_bound(negated).value_or(-1) >= 0 ? negated : Extent();
}

Extent itself(const Extent& value) { return value; }

/// A bound of Clip: absent, or an element (unknown if it depends on data).
std::optional<Extent> clip_bound(const RuleContext& context, std::size_t input, std::string_view attribute) {
  if (context.opset >= 11) {
    return context.input(input) == nullptr ? std::nullopt : std::optional(scalar_input(context, input));
  }
  return context.attributes.has(attribute) ? std::optional(Extent()) : std::nullopt;
}

}  // namespace

Result<void> same_shape(RuleContext& context) {
  set_like(context, 0, context.dtype(0), 0);
  return {};
}

Result<void> same_shape_typed_by_second(RuleContext& context) {
  set_like(context, 0, context.dtype(1), 0);
  return {};
}

Result<void> same_shape_boolean(RuleContext& context) {
  set_like(context, 0, DataType::kBool, 0);
  return {};
}

Result<void> identity(RuleContext& context) {
  set_like(context, 0, context.dtype(0), 0);
  pass_contents(context, 0, 0);
  return {};
}

Result<void> negate(RuleContext& context) {
  return map_elements(context,
                      {[](const Extent& value) { return value * Extent(-1); }, [](float x) { return -x; }});
}

Result<void> absolute(RuleContext& context) {
  return map_elements(context, {absolute_value, [](float x) { return std::fabs(x); }});
}

Result<void> round_down(RuleContext& context) {
  return map_elements(context, {itself, [](float x) { return std::floor(x); }});
}

Result<void> round_up(RuleContext& context) {
  return map_elements(context, {itself, [](float x) { return std::ceil(x); }});
}

Result<void> round_to_even(RuleContext& context) {
  return map_elements(context, {itself, [](float x) { return std::nearbyint(x); }});
}

Result<void> logical_not(RuleContext& context) {
  return map_elements(context, {[](const Extent& value) { return Extent(1) - value; }, nullptr});
}

Result<void> clip(RuleContext& context) {
  set_like(context, 0, context.dtype(0), 0);
  const auto* contents = context.contents(0);
  if (contents == nullptr) return {};
  const auto low = clip_bound(context, 1, "min");
  const auto high = clip_bound(context, 2, "max");
  std::vector<Extent> clipped = *contents;
  for (Extent& element : clipped) {
    if (low) element = max_of(element, *low);
    if (high) element = min_of(element, *high);
  }
  context.set_contents(0, std::move(clipped));
  return {};
}

}  // namespace padproof::model::shapes
