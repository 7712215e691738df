// SPDX-License-Identifier: Apache-2.0
// QuantizeLinear to 8 and 16 bits, DynamicQuantizeLinear.
//
// x / scale rounded in the attribute `precision`, which is the scale's type unless given; then to the nearest
// integer, halves to even, plus the zero point, saturated. Sources: ONNX QuantizeLinear-10 to -28,
// DynamicQuantizeLinear-11. Types of less than 8 bits and float8 are not implemented.
#include <algorithm>
#include <cmath>

#include "verifier/engine/granularity.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/saturate.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

using QuantizedTypes = TypeList<DataType::kUint8, DataType::kInt8, DataType::kUint16, DataType::kInt16>;

constexpr std::int64_t kOperationsOfQuantizing = 16;

template <class Q>
Q quantized(double quotient, Q zero_point) {
  return saturate<Q>(std::nearbyint(quotient) + static_cast<double>(zero_point));
}

Result<DataType> quantized_type(const KernelContext& context) {
  const auto asked = static_cast<DataType>(context.attributes.int_or("output_dtype", 0));
  if (context.input(2) == nullptr) return asked == DataType::kUndefined ? DataType::kUint8 : asked;
  const DataType given = context.input(2)->dtype();
  if (asked != DataType::kUndefined && asked != given)
    return model::malformed("attribute-value", "output_dtype differs from the zero point's type");
  return given;
}

/// The type that the division is rounded in.
Result<DataType> precision_of(const KernelContext& context) {
  const DataType scale = context.input(1)->dtype();
  const auto asked = static_cast<DataType>(context.attributes.int_or("precision", 0));
  if (asked == DataType::kUndefined) return scale;
  if (asked != DataType::kFloat && !is_half(asked))
    return unsupported_in_engine(context, "precision", model::to_string(asked));
  return asked;
}

/// value_at(i) and scale_at(i) are elements of the data and of the scale.
template <class Q, class ValueAt, class ScaleAt>
void quantize_all(const KernelContext& context, const Granularity& granularity, DataType precision,
                  ValueAt value_at, ScaleAt scale_at, std::span<Q> output) {
  const Tensor* const points = context.input(2);
  for_each_in_time(std::ssize(output), kOperationsOfQuantizing, [&](std::int64_t place) {
    const auto i = static_cast<std::size_t>(place);
    const std::size_t at = granularity.index(place);
    const Q point = points == nullptr ? Q{0} : points->data<Q>()[at];
    const double dividend = rounded_to(precision, value_at(i));
    // A double quotient of such numbers, rounded again, is the quotient rounded once.
    output[i] = quantized(rounded_to(precision, dividend / rounded_to(precision, scale_at(at))), point);
  });
}

/// The range of values including 0, as the specification's algorithm has it.
std::pair<float, float> range_with_zero(std::span<const float> values) {
  float least = 0;
  float most = 0;
  for_each_in_time(std::ssize(values), 1, [&](std::int64_t i) {
    least = std::min(least, values[static_cast<std::size_t>(i)]);
    most = std::max(most, values[static_cast<std::size_t>(i)]);
  });
  return {least, most};
}

}  // namespace

Result<void> quantize_linear(KernelContext& context) {
  const Tensor& input = context.present(0);
  const auto granularity = Granularity::of(context);
  if (!granularity) return Error(granularity.error());
  const auto dtype = quantized_type(context);
  if (!dtype) return Error(dtype.error());
  const auto precision = precision_of(context);
  if (!precision) return Error(precision.error());
  const auto output = make_output(context, 0, *dtype, input.dims());
  if (!output) return Error(output.error());
  bool known = false;
  dispatch(QuantizedTypes{}, *dtype, [&]<class Q>(std::type_identity<Q>) {
    visit_reals(input, [&](auto value_at) {
      known = visit_reals(context.present(1), [&](auto scale_at) {
        quantize_all(context, *granularity, *precision, value_at, scale_at, elements<Q>(*output));
      });
    });
  });
  if (!known)
    return unsupported_in_engine(context, "types",
                                 std::string(model::to_string(input.dtype())) + " by " +
                                     model::to_string(context.input(1)->dtype()) + " to " +
                                     model::to_string(*dtype));
  return {};
}

Result<void> dynamic_quantize_linear(KernelContext& context) {
  const Tensor& input = context.present(0);
  if (input.dtype() != DataType::kFloat) return type_not_in_engine(context, input.dtype());
  const auto output = make_output(context, 0, DataType::kUint8, input.dims());
  if (!output) return Error(output.error());
  const auto scale = make_output(context, 1, DataType::kFloat, {});
  if (!scale) return Error(scale.error());
  const auto point = make_output(context, 2, DataType::kUint8, {});
  if (!point) return Error(point.error());
  const auto x = input.data<float>();
  const auto [least, most] = range_with_zero(x);
  const float step = (most - least) / 255.0F;
  const std::uint8_t zero = round_and_saturate<std::uint8_t>(static_cast<double>((0.0F - least) / step));
  elements<float>(*scale)[0] = step;
  elements<std::uint8_t>(*point)[0] = zero;
  const auto to = elements<std::uint8_t>(*output);
  for_each_in_time(input.size(), 1, [&](std::int64_t at) {
    const auto i = static_cast<std::size_t>(at);
    to[i] = quantized(static_cast<double>(x[i] / step), zero);
  });
  return {};
}

}  // namespace padproof::verifier
