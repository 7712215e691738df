// SPDX-License-Identifier: Apache-2.0
// Resize and Upsample. With C the cells that a result cell may be made from (resize_reach.h):
//   nearest        max C - min C: a copy, of whichever cell the rounded place lies in
//   linear, cubic  (max C - min C) / 2 times what the weights move by, max |C| times what they are rounded
//   by,
//                  and gamma_n of the sum
// Where rounding decides whether a cell lies in the region of interest, either side is allowed.
#include <algorithm>
#include <cmath>
#include <functional>

#include "verifier/engine/in_time.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/resize_request.h"
#include "verifier/rounding/elements.h"
#include "verifier/rounding/resize_reach.h"
#include "verifier/rounding/rules.h"
#include "verifier/rounding/worst_case.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

struct Reaches {
  ResizeStyle style;
  double extrapolation = 0;
  std::vector<std::vector<PlaceReach>> axes;  // by axis, by result cell
};

Result<Reaches> reaches_of(const RuleContext& context) {
  return context.with_engine(context.exact_operands(), [&](const KernelContext& engine) -> Result<Reaches> {
    const auto request = resize_request(engine);
    if (!request) return Error(request.error());
    Reaches reaches{request->style, 0, {}};
    reaches.extrapolation =
        std::abs(static_cast<double>(context.attributes.float_or("extrapolation_value", 0.0F)));
    const std::size_t rank = request->axes.size();
    for (std::size_t axis = 0; axis < rank; ++axis)
      reaches.axes.push_back(place_reaches(request->style, request->axes[axis], axis + 2 >= rank));
    return reaches;
  });
}

/// The largest of the cells that each result cell may be made from, along one axis.
Tensor highest_along(const Tensor& cells, std::size_t axis, const std::vector<PlaceReach>& reaches) {
  Dims dims = cells.dims();
  const std::int64_t in = dims[axis];
  dims[axis] = static_cast<std::int64_t>(reaches.size());
  const std::int64_t step = extent_product(dims, axis + 1, dims.size());
  Tensor highest(DataType::kDouble, dims);
  const double* const from = cells.data<double>().data();
  double* to = highest.mutable_data<double>().data();
  Watch watch;
  for (std::int64_t outer = 0; outer < extent_product(dims, 0, axis); ++outer) {
    for (const PlaceReach& reach : reaches) {
      if (watch.is_over(step * (reach.last - reach.first + 1))) return highest;
      for (std::int64_t inner = 0; inner < step; ++inner, ++to) {
        const double* const line = from + outer * in * step + inner;
        *to = line[reach.first * step];
        for (std::int64_t cell = reach.first + 1; cell <= reach.last; ++cell)
          *to = std::max(*to, line[cell * step]);
      }
    }
  }
  return highest;
}

Tensor highest_of(Tensor cells, const Reaches& reaches) {
  for (std::size_t axis = 0; axis < reaches.axes.size(); ++axis)
    cells = highest_along(cells, axis, reaches.axes[axis]);
  return cells;
}

/// The data's largest values if `sign` is 1, its least if it is -1, both times the sign; infinite where the
/// data is no number.
Tensor signed_limit(const UncertainValue& x, const Tensor& doubles, double sign) {
  Tensor limit = map(doubles, [=](double value) { return std::isfinite(value) ? sign * value : kUnbounded; });
  return x.has_error() ? map(limit, x.reach, std::plus<>()) : limit;
}

/// One result cell: what all axes together make of it.
struct Product {
  Side side = Side::kInside;
  double size = 1;
  double moved = 0;
  double rounded = 0;
  double terms = 1;

  void multiply(const PlaceReach& reach) {
    const bool is_decided = side == Side::kOutside || reach.side == Side::kInside;
    if (!is_decided) side = reach.side;
    moved = moved * reach.most() + size * reach.moved;
    rounded = rounded * reach.most() + size * reach.rounded;
    size *= reach.most();
    terms *= reach.cells();
  }
};

struct ResizeErrors {
  double of_weights = 0;
  double of_sum = 0;
};

ResizeErrors errors_of(const Reaches& reaches, const Product& product, double highest, double lowest) {
  const double most = std::max(std::abs(highest), std::abs(lowest));
  if (product.side == Side::kOutside) return {};
  if (!(product.size * most < kMostFloat)) return {kUnbounded, 0};
  if (product.side == Side::kEither) return {reaches.extrapolation + 2 * product.size * most, 0};
  if (reaches.style.interpolation == Interpolation::kNearest)
    return {product.terms > 1 ? highest - lowest : 0, 0};
  const double roundings = product.terms + static_cast<double>(reaches.axes.size()) + 2;
  return {(highest - lowest) / 2 * product.moved + most * product.rounded,
          gamma_of(roundings) * product.size * most};
}

struct ResizeBound {
  Tensor of_weights;
  Tensor of_sum;
};

Result<ResizeBound> resize_bound(const RuleContext& context, const Dims& dims) {
  const auto reaches = reaches_of(context);
  if (!reaches) return Error(reaches.error());
  const UncertainValue& x = context.data();
  const auto doubles = as_doubles(x.exact);
  if (!doubles) return no_bound("an element type that the rule does not cover");
  ResizeBound bound{Tensor(DataType::kDouble, dims), Tensor(DataType::kDouble, dims)};
  if (bound.of_sum.size() == 0) return bound;
  const Tensor highest = highest_of(signed_limit(x, *doubles, 1), *reaches);
  const Tensor lowest = highest_of(signed_limit(x, *doubles, -1), *reaches);
  const Dims strides = row_major_strides(dims);
  Watch watch;
  for (std::size_t i = 0;
       i < static_cast<std::size_t>(bound.of_sum.size()) && !watch.is_over(std::ssize(dims)); ++i) {
    Product product;
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
      const std::int64_t place = static_cast<std::int64_t>(i) / strides[axis] % dims[axis];
      product.multiply(reaches->axes[axis][static_cast<std::size_t>(place)]);
    }
    const ResizeErrors errors =
        errors_of(*reaches, product, highest.data<double>()[i], -lowest.data<double>()[i]);
    bound.of_weights.mutable_data<double>()[i] = errors.of_weights;
    bound.of_sum.mutable_data<double>()[i] = errors.of_sum;
  }
  return bound;
}

bool is_nothing(const Tensor& bound) {
  const auto elements = bound.data<double>();
  return std::all_of(elements.begin(), elements.end(), [](double element) { return element == 0; });
}

}  // namespace

Result<RuleResult> bound_resize(const RuleContext& context) {
  const bool is_offset = context.attributes.float_or("extrapolation_value", 0.0F) != 0;
  if (is_offset && context.data().has_error()) return no_bound("an extrapolation value other than 0");
  auto result = bound_copy(context);
  if (!result) return result;
  auto bound = resize_bound(context, result->exact.dims());
  if (!bound) return Error(bound.error());
  const auto weights = bound->of_weights.data<double>();
  if (std::any_of(weights.begin(), weights.end(), [](double each) { return std::isinf(each); }))
    return no_bound("weights that float32 may get wrong altogether");
  if (result->exact.dtype() != DataType::kDouble) {
    if (is_nothing(bound->of_weights)) return result;
    return no_bound("integers from places at a tie");
  }
  if (!is_nothing(bound->of_weights)) result->error.one_sided = std::move(bound->of_weights);
  if (!is_nothing(bound->of_sum)) result->error.independent = std::move(bound->of_sum);
  return result;
}

Result<OneNode> worst_resize(const RuleContext& context) {
  auto exact = context.run_exact();
  if (!exact) return Error(exact.error());
  const auto bound = resize_bound(context, exact->dims());
  if (!bound) return Error(bound.error());
  return OneNode{std::move(*exact), map(bound->of_weights, bound->of_sum, std::plus<>())};
}

}  // namespace padproof::verifier
