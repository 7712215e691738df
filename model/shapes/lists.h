// SPDX-License-Identifier: Apache-2.0
// Integer lists that steer an operator: attributes in old versions, inputs in new ones.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/shapes/rule.h"

namespace padproof::model::shapes {

/// A malformed-input error that points at an attribute.
Error bad_attribute(std::string_view name, std::string what, std::string got, std::string limit);

/// An attribute that must be there.
Result<void> require_attribute(const RuleContext& context, std::string_view name);

/// An attribute list with one number per axis, `fallback` for each if it is absent.
/// Errors: "attribute-length"; "bad-attribute" for a number below `minimum`.
Result<std::vector<std::int64_t>> read_list(const RuleContext& context, std::string_view name,
                                            std::size_t length, std::int64_t fallback, std::int64_t minimum);

/// Contents of an input that is a vector (or, leniently, a scalar), otherwise null.
const std::vector<Extent>* list_contents(const RuleContext& context, std::size_t index);

/// A list that may be absent, or present but only known when the model runs.
struct List {
  bool present = false;
  std::optional<std::vector<std::int64_t>> values;  // if present and known

  [[nodiscard]] bool is_unknown() const { return present && !values; }
};

List list_attribute(const RuleContext& context, std::string_view name);
List list_input(const RuleContext& context, std::size_t index);

/// Error "bad-attribute" if the node has an attribute that its version of the operator does not have (any
/// more): what it says would be passed over.
Result<void> refuse_attribute(const RuleContext& context, std::string_view name);

/// A list that is the attribute `name` before opset `since`, and input `index` from then on. Errors as above.
Result<List> moved_list(const RuleContext& context, std::string_view name, std::size_t index,
                        std::int64_t since);

/// All elements as numbers; nothing if one is not a constant.
std::optional<std::vector<std::int64_t>> constants(const std::vector<Extent>& elements);

/// The one element of a scalar or one-element input, unknown if it cannot be told.
Extent scalar_input(const RuleContext& context, std::size_t index);

/// Which of `rank` axes are listed. Errors: "axis-out-of-range", "duplicate-axis".
Result<std::vector<bool>> mark_axes(const std::vector<std::int64_t>& axes, std::size_t rank);

}  // namespace padproof::model::shapes
