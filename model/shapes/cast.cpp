// SPDX-License-Identifier: Apache-2.0
// Cast, CastLike, BitCast. Cast-1 names its type by a string.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <utility>

#include "model/shapes/contents.h"
#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

constexpr std::int64_t kExactFloats = 16777216;  // 2^24: beyond, not every whole number is a float

DataType named_type(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (std::int32_t number = 1; number <= static_cast<std::int32_t>(DataType::kBfloat16); ++number) {
    if (to_string(static_cast<DataType>(number)) == lower) return static_cast<DataType>(number);
  }
  return DataType::kUndefined;
}

Extent truth(const Extent& element) {
  if (element.is_constant()) return element.value() == 0 ? 0 : 1;
  return lower_bound(element).value_or(0) >= 1 ? Extent(1) : Extent();
}

bool is_exact(const Extent& element) {
  return !element.is_constant() || (element.value() >= -kExactFloats && element.value() <= kExactFloats);
}

/// Sizes stay whole numbers when cast to floats, since axes are shorter than 2^24.
void set_as_floats(RuleContext& context, std::vector<Extent> contents) {
  for (Extent& element : contents) {
    if (!is_exact(element)) element = Extent();
  }
  if (const auto numbers = constants(contents)) {
    context.set_floats(0, {numbers->begin(), numbers->end()});
  }
  context.set_contents(0, std::move(contents));
}

void set_truncated(RuleContext& context, const std::vector<float>& floats) {
  std::vector<Extent> contents;
  for (const float value : floats) {
    const bool in_range = std::fabs(value) <= static_cast<float>(kExactFloats);
    contents.push_back(in_range ? Extent(static_cast<std::int64_t>(value)) : Extent());
  }
  context.set_contents(0, std::move(contents));
}

void cast_elements(RuleContext& context, DataType to) {
  const auto* contents = context.contents(0);
  const auto* floats = context.floats(0);
  if (to == DataType::kFloat16 || to == DataType::kBfloat16 || to == DataType::kString) return;
  if (to == DataType::kFloat && floats != nullptr) return context.set_floats(0, *floats);
  if (to == DataType::kFloat || to == DataType::kDouble) {
    if (contents != nullptr) set_as_floats(context, *contents);
    return;
  }
  if (floats != nullptr && to != DataType::kBool) return set_truncated(context, *floats);
  if (contents == nullptr) return;
  std::vector<Extent> elements = *contents;
  if (to == DataType::kBool) std::transform(elements.begin(), elements.end(), elements.begin(), truth);
  context.set_contents(0, std::move(elements));
}

Result<void> cast_to(RuleContext& context, DataType to) {
  set_like(context, 0, to, 0);
  if (to != DataType::kUndefined) cast_elements(context, to);
  return {};
}

DataType listed_type(const RuleContext& context) {
  if (const auto name = context.attributes.string_or("to", ""); !name.empty()) return named_type(name);
  return static_cast<DataType>(context.attributes.int_or("to", 0));
}

}  // namespace

Result<void> cast(RuleContext& context) {
  if (auto present = require_attribute(context, "to"); !present) return present;
  return cast_to(context, listed_type(context));
}

Result<void> cast_like(RuleContext& context) { return cast_to(context, context.dtype(1)); }

Result<void> bit_cast(RuleContext& context) {
  if (auto present = require_attribute(context, "to"); !present) return present;
  set_like(context, 0, listed_type(context), 0);
  return {};
}

}  // namespace padproof::model::shapes
