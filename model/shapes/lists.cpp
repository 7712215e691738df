// SPDX-License-Identifier: Apache-2.0
#include "model/shapes/lists.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "model/shapes/contents.h"

namespace padproof::model {

Result<std::size_t> normalize_axis(std::int64_t axis, std::size_t rank) {
  const auto signed_rank = static_cast<std::int64_t>(rank);
  if (axis < -signed_rank || axis >= signed_rank) {
    return malformed("axis-out-of-range", "the axis is outside of the shape", std::to_string(axis),
                     rank == 0 ? "no axes" : fmt::format("{}..{}", -signed_rank, signed_rank - 1));
  }
  return static_cast<std::size_t>(axis < 0 ? axis + signed_rank : axis);
}

namespace shapes {

Error bad_attribute(std::string_view name, std::string what, std::string got, std::string limit) {
  Error error = malformed("bad-attribute", std::move(what), std::move(got), std::move(limit));
  error.value().where.attribute = std::string(name);
  return error;
}

Result<void> require_attribute(const RuleContext& context, std::string_view name) {
  if (context.attributes.has(name)) return {};
  Error error = malformed("missing-attribute", "a required attribute is missing");
  error.value().where.attribute = std::string(name);
  return error;
}

Result<std::vector<std::int64_t>> read_list(const RuleContext& context, std::string_view name,
                                            std::size_t length, std::int64_t fallback, std::int64_t minimum) {
  if (!context.attributes.has(name)) return std::vector<std::int64_t>(length, fallback);
  const std::vector<std::int64_t>& values = context.attributes.ints(name);
  if (values.size() != length) {
    Error error = malformed("attribute-length", "the list has the wrong length",
                            std::to_string(values.size()), std::to_string(length));
    error.value().where.attribute = std::string(name);
    return error;
  }
  if (std::any_of(values.begin(), values.end(), [&](std::int64_t value) { return value < minimum; })) {
    return bad_attribute(name, "a number in the list is too small",
                         fmt::format("[{}]", fmt::join(values, ", ")), fmt::format(">= {}", minimum));
  }
  return values;
}

const std::vector<Extent>* list_contents(const RuleContext& context, std::size_t index) {
  const Shape* shape = context.shape(index);
  return shape != nullptr && shape->size() <= 1 ? context.contents(index) : nullptr;
}

List list_attribute(const RuleContext& context, std::string_view name) {
  if (!context.attributes.has(name)) return {};
  return {true, context.attributes.ints(name)};
}

List list_input(const RuleContext& context, std::size_t index) {
  if (context.input(index) == nullptr) return {};
  const auto* contents = list_contents(context, index);
  return {true, contents == nullptr ? std::nullopt : constants(*contents)};
}

Result<void> refuse_attribute(const RuleContext& context, std::string_view name) {
  if (!context.attributes.has(name)) return {};
  return bad_attribute(name, "this version of the operator does not have the attribute",
                       fmt::format("opset {}", context.opset), "another opset");
}

Result<List> moved_list(const RuleContext& context, std::string_view name, std::size_t index,
                        std::int64_t since) {
  if (context.opset < since) return list_attribute(context, name);
  if (auto absent = refuse_attribute(context, name); !absent) return Error(absent.error());
  return list_input(context, index);
}

std::optional<std::vector<std::int64_t>> constants(const std::vector<Extent>& elements) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(elements.size());
  for (const Extent& element : elements) {
    if (!element.is_constant()) return std::nullopt;
    numbers.push_back(element.value());
  }
  return numbers;
}

Extent scalar_input(const RuleContext& context, std::size_t index) {
  const auto numbers = whole_numbers(context, index);
  return numbers && numbers->size() == 1 ? numbers->front() : Extent();
}

Result<std::vector<bool>> mark_axes(const std::vector<std::int64_t>& axes, std::size_t rank) {
  std::vector<bool> marked(rank, false);
  for (const std::int64_t axis : axes) {
    const auto index = normalize_axis(axis, rank);
    if (!index) return Error(index.error());
    if (marked[*index]) return malformed("duplicate-axis", "an axis is listed twice", std::to_string(axis));
    marked[*index] = true;
  }
  return marked;
}

}  // namespace shapes
}  // namespace padproof::model
