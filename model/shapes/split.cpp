// SPDX-License-Identifier: Apache-2.0
// Split: lengths by attribute (opset 1 to 12) or input (1 and 13 on); otherwise equal parts, of which only
// opset 18 and later let the last one be smaller.
#include <fmt/format.h>

#include <utility>

#include "model/shapes/contents.h"
#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

constexpr std::int64_t kLengthsAreAnInputSince = 13;
constexpr std::int64_t kUnequalSince = 18;

/// The listed lengths. Nothing if none are listed; unknown lengths if they depend on data.
Result<std::optional<std::vector<Extent>>> listed_lengths(const RuleContext& context) {
  if (context.opset >= kLengthsAreAnInputSince) {
    if (auto absent = refuse_attribute(context, "split"); !absent) return Error(absent.error());
  } else if (context.attributes.has("split")) {
    const auto& listed = context.attributes.ints("split");
    return std::vector<Extent>(listed.begin(), listed.end());
  }
  const bool may_be_input = context.opset >= kLengthsAreAnInputSince || context.opset == 1;
  if (!may_be_input || context.input(1) == nullptr) return std::nullopt;
  const auto* contents = list_contents(context, 1);
  return contents != nullptr ? *contents : std::vector<Extent>(context.output_count());
}

Result<std::vector<Extent>> equal_lengths(const RuleContext& context, const Extent& length) {
  const auto outputs = static_cast<std::int64_t>(context.output_count());
  const std::int64_t count =
      context.opset >= kUnequalSince ? context.attributes.int_or("num_outputs", outputs) : outputs;
  if (count < 1 || count < outputs) {
    return bad_attribute("num_outputs", "there are more outputs than parts", std::to_string(count),
                         ">= " + std::to_string(outputs));
  }
  std::vector<Extent> lengths(context.output_count(), ceil_div(length, count));
  if (context.opset < kUnequalSince) {
    if (length.is_constant() && length.value() % count != 0) {
      return malformed("split", "the axis does not split into equal parts", length.to_string(),
                       fmt::format("a multiple of {}", count));
    }
    // Runtimes refuse sizes that do not divide, so rounding does not matter; this form needs no assumption.
    lengths.assign(lengths.size(), floor_div(length, count));
  } else if (count == outputs) {
    const Extent last = length - ceil_div(length, count) * (count - 1);
    lengths.back() = last.is_constant() && last.value() < 0 ? Extent() : last;
  }
  return lengths;
}

Result<void> check_listed(const std::vector<Extent>& lengths, const Extent& length, std::size_t outputs) {
  if (lengths.size() != outputs) {
    return malformed("split", "the list of lengths does not fit the outputs", std::to_string(lengths.size()),
                     std::to_string(outputs));
  }
  Extent sum(0);
  for (const Extent& part : lengths) {
    if (part.is_constant() && part.value() < 0)
      return malformed("split", "a length is negative", part.to_string(), ">= 0");
    if (part.is_constant() && length.is_constant() && part.value() > length.value())
      return malformed("split", "a length exceeds the axis", part.to_string(), "<= " + length.to_string());
    sum = sum + part;
  }
  const auto agreed = unify(sum, length, "the sum of the parts and the axis");
  return agreed ? Result<void>() : Error(agreed.error());
}

Result<std::vector<Extent>> read_lengths(const RuleContext& context, const Extent& length) {
  auto listed = listed_lengths(context);
  if (!listed) return Error(listed.error());
  if (!*listed) return equal_lengths(context, length);
  if (auto ok = check_listed(**listed, length, context.output_count()); !ok) return Error(ok.error());
  return std::move(**listed);
}

}  // namespace

Result<void> split(RuleContext& context) {
  const Shape* data = context.shape(0);
  if (data == nullptr) {
    for (std::size_t output = 0; output < context.output_count(); ++output) {
      if (auto lost = give_up(context, output, context.dtype(0), 0); !lost) return lost;
    }
    return {};
  }
  const auto axis = normalize_axis(context.attributes.int_or("axis", 0), data->size());
  if (!axis) return Error(axis.error());
  const auto lengths = read_lengths(context, (*data)[*axis]);
  if (!lengths) return Error(lengths.error());
  auto view = whole_view(*data);
  for (std::size_t output = 0; output < lengths->size(); ++output) {
    const Extent& length = (*lengths)[output];
    Shape shape = *data;
    shape[*axis] = length;
    if (!length.is_known() && (*data)[*axis].is_known()) context.lose_by_input(output, 1);
    context.set(output, context.dtype(0), std::move(shape));
    if (!length.is_constant()) view.reset();
    if (!view) continue;
    view->counts[*axis] = length.value();
    pass_contents(context, output, 0, view);
    view->offset += length.value() * view->strides[*axis];
  }
  return {};
}

}  // namespace padproof::model::shapes
