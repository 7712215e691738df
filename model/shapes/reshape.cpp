// SPDX-License-Identifier: Apache-2.0
// Reshape and Flatten: the same elements in another shape.
#include <algorithm>
#include <utility>

#include "model/shapes/contents.h"
#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

constexpr std::int64_t kShapeIsAnInputSince = 5;

bool is(const Extent& extent, std::int64_t value) { return extent.is_constant() && extent.value() == value; }

/// The requested shape with its zeros replaced by the data's extents (unless allowzero).
struct Request {
  Shape shape;
  std::vector<bool> copied;             // axes where the data's own extent stands
  std::optional<std::size_t> to_infer;  // the axis that takes what is left
};

Result<Request> read_request(const std::vector<Extent>& elements, const Shape* data, bool allow_zero) {
  Request request{elements, std::vector<bool>(elements.size(), false), std::nullopt};
  for (std::size_t axis = 0; axis < elements.size(); ++axis) {
    Extent& extent = request.shape[axis];
    if (is(extent, 0) && !allow_zero) {
      if (data != nullptr && axis >= data->size()) {
        return malformed("reshape-zero", "a 0 copies an axis that the data does not have",
                         std::to_string(axis), to_string(*data));
      }
      request.copied[axis] = true;
      extent = data == nullptr ? Extent() : (*data)[axis];
    } else if (is(extent, -1)) {
      if (request.to_infer) return malformed("reshape-infer", "more than one extent is -1");
      request.to_infer = axis;
      extent = Extent();
    } else if (extent.is_constant() && extent.value() < 0) {
      return malformed("reshape-negative", "an extent is negative", extent.to_string(), ">= -1");
    }
  }
  return request;
}

/// Without a -1, a single extent that is not known follows from the others all the same.
std::optional<std::size_t> axis_to_infer(const Request& request) {
  if (request.to_infer) return request.to_infer;
  std::optional<std::size_t> found;
  for (std::size_t axis = 0; axis < request.shape.size(); ++axis) {
    if (request.shape[axis].is_known() || request.copied[axis]) continue;
    if (found) return std::nullopt;
    found = axis;
  }
  return found;
}

/// Products of the extents that are not on both sides already: copied ones cancel even where they are
/// unknown.
std::pair<Extent, Extent> uncancelled(const Request& request, const Shape& data,
                                      std::optional<std::size_t> inferred) {
  Extent given(1);
  Extent asked(1);
  for (std::size_t axis = 0; axis < data.size(); ++axis) {
    const bool cancelled = axis < request.copied.size() && request.copied[axis];
    if (!cancelled) given = given * data[axis];
  }
  for (std::size_t axis = 0; axis < request.shape.size(); ++axis) {
    if (!request.copied[axis] && axis != inferred) asked = asked * request.shape[axis];
  }
  return {given, asked};
}

Result<Shape> resolve(Request request, const Shape& data) {
  const auto inferred = axis_to_infer(request);
  const auto [given, asked] = uncancelled(request, data, inferred);
  if (inferred) {
    const auto quotient = divide_exactly(given, asked);
    if (quotient) request.shape[*inferred] = *quotient;
    // What 0 elements leave to an inferred extent is undefined.
    if (quotient || !request.to_infer || is(asked, 0)) return std::move(request.shape);
  }
  if (!given.is_constant() || !asked.is_constant()) return std::move(request.shape);
  if (!inferred && given.value() == asked.value()) return std::move(request.shape);
  return malformed("reshape-count", "the shapes hold different numbers of elements", to_string(data),
                   to_string(request.shape));
}

std::optional<std::vector<Extent>> requested_elements(const RuleContext& context) {
  if (context.opset >= kShapeIsAnInputSince) {
    const auto* contents = list_contents(context, 1);
    return contents == nullptr ? std::nullopt : std::optional(*contents);
  }
  const auto& listed = context.attributes.ints("shape");
  return std::vector<Extent>(listed.begin(), listed.end());
}

}  // namespace

Result<void> reshape(RuleContext& context) {
  const DataType dtype = context.dtype(0);
  if (context.opset >= kShapeIsAnInputSince) {
    if (auto absent = refuse_attribute(context, "shape"); !absent) return absent;
  }
  const auto elements = requested_elements(context);
  if (!elements) {
    const auto rank = list_length(context, 1);
    return rank ? give_up_extents(context, 0, dtype, *rank, 1) : give_up(context, 0, dtype, 1);
  }
  const Shape* data = context.shape(0);
  auto request = read_request(*elements, data, context.attributes.int_or("allowzero", 0) != 0);
  if (!request) return Error(request.error());
  if (data == nullptr) {
    const auto& shape = request->shape;
    if (std::any_of(shape.begin(), shape.end(), [](const Extent& e) { return !e.is_known(); })) {
      context.lose_by_input(0, 0);
    }
    context.set(0, dtype, std::move(request->shape));
    return {};
  }
  auto shape = resolve(std::move(*request), *data);
  if (!shape) return Error(shape.error());
  context.set(0, dtype, std::move(*shape));
  pass_contents(context, 0, 0);
  return {};
}

Result<void> flatten(RuleContext& context) {
  const Shape* data = context.shape(0);
  if (data == nullptr) return give_up_extents(context, 0, context.dtype(0), 2, 0);
  const std::int64_t axis = context.attributes.int_or("axis", 1);
  Result<std::size_t> first = data->size();
  // Unlike elsewhere, axis may be the rank itself: everything is then in the rows.
  if (axis != static_cast<std::int64_t>(data->size())) first = normalize_axis(axis, data->size());
  if (!first) return Error(first.error());
  const auto middle = data->begin() + static_cast<std::ptrdiff_t>(*first);
  context.set(0, context.dtype(0),
              {element_count(Shape(data->begin(), middle)), element_count(Shape(middle, data->end()))});
  return {};
}

}  // namespace padproof::model::shapes
