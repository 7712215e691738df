// SPDX-License-Identifier: Apache-2.0
// QuantizeLinear and DequantizeLinear on 8 and 16 bits (DequantizeLinear on int32 as well),
// DynamicQuantizeLinear.
//
// Quantize: x / scale rounded in float, then to the nearest integer, halves to even, plus the zero point,
// saturated. Dequantize: (x - zero point) * scale, rounded once. Blocked quantisation and float8 are not
// implemented. Sources: ONNX QuantizeLinear-10 to -25, DequantizeLinear-10 to -25, DynamicQuantizeLinear-11.
#include <algorithm>
#include <cmath>

#include "verifier/engine/kernels.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/saturate.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

using QuantizedTypes = TypeList<DataType::kUint8, DataType::kInt8, DataType::kUint16, DataType::kInt16>;
using DequantizedTypes = decltype(join(QuantizedTypes{}, TypeList<DataType::kInt32>{}));

/// Which of the scales an element belongs to.
struct Channels {
  std::int64_t count = 1;
  std::int64_t block = 1;
  [[nodiscard]] std::size_t of(std::int64_t i) const { return static_cast<std::size_t>(i / block % count); }
};

Result<Channels> channels_of(const KernelContext& context) {
  const Tensor& input = context.present(0);
  const Tensor& scale = context.present(1);
  const Tensor* const point = context.input(2);
  if (scale.dtype() != DataType::kFloat) return type_not_in_engine(context, scale.dtype());
  if (context.attributes.int_or("block_size", 0) != 0)
    return unsupported_in_engine(context, "block_size", "");
  if (context.attributes.int_or("precision", 0) > 1) return unsupported_in_engine(context, "precision", "");
  if (point != nullptr && point->size() != scale.size())
    return bad_shape("zero point does not fit the scale", point->dims(), to_string(scale.dims()));
  if (scale.size() == 1 && scale.rank() <= 1) return Channels{};
  if (scale.rank() != 1)
    return unsupported_in_engine(context, "scale of several axes", to_string(scale.dims()));
  const auto axis = resolve_axis(context.attributes.int_or("axis", 1), input.rank());
  if (!axis) return Error(axis.error());
  if (context.opset < 13 || input.dims()[*axis] != scale.size())
    return bad_shape("scale does not fit the data", scale.dims(), to_string(input.dims()));
  return Channels{scale.size(), extent_product(input.dims(), *axis + 1, input.rank())};
}

template <class Q>
Q quantized(float value, float scale, Q zero_point) {
  return saturate<Q>(std::nearbyint(static_cast<double>(value / scale)) + static_cast<double>(zero_point));
}

template <class Q>
Result<void> quantize_to(KernelContext& context, const Channels& channels, DataType dtype) {
  const Tensor& input = context.present(0);
  const auto output = make_output(context, 0, dtype, input.dims());
  if (!output) return Error(output.error());
  const auto x = input.data<float>();
  const auto y = elements<Q>(*output);
  for (std::int64_t i = 0; i < input.size(); ++i) {
    const std::size_t c = channels.of(i);
    const Q point = context.input(2) == nullptr ? Q{0} : context.input(2)->data<Q>()[c];
    y[static_cast<std::size_t>(i)] =
        quantized(x[static_cast<std::size_t>(i)], context.input(1)->data<float>()[c], point);
  }
  return {};
}

/// The range of values including 0, as the specification's algorithm has it.
std::pair<float, float> range_with_zero(std::span<const float> values) {
  float least = 0;
  float most = 0;
  for (const float value : values) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
  return {least, most};
}

}  // namespace

Result<void> quantize_linear(KernelContext& context) {
  if (context.input(0)->dtype() != DataType::kFloat)
    return type_not_in_engine(context, context.input(0)->dtype());
  const auto channels = channels_of(context);
  if (!channels) return Error(channels.error());
  auto dtype = static_cast<DataType>(context.attributes.int_or("output_dtype", 0));
  if (context.input(2) != nullptr) {
    if (dtype != DataType::kUndefined && dtype != context.input(2)->dtype())
      return model::malformed("attribute-value", "output_dtype differs from the zero point's type");
    dtype = context.input(2)->dtype();
  }
  if (dtype == DataType::kUndefined) dtype = DataType::kUint8;
  Result<void> done;
  const bool known = dispatch(QuantizedTypes{}, dtype, [&]<class Q>(std::type_identity<Q>) {
    done = quantize_to<Q>(context, *channels, dtype);
  });
  if (!known) return unsupported_in_engine(context, "quantized type", model::to_string(dtype));
  return done;
}

Result<void> dequantize_linear(KernelContext& context) {
  const Tensor& input = context.present(0);
  const Tensor* const point = context.input(2);
  const auto channels = channels_of(context);
  if (!channels) return Error(channels.error());
  if (context.attributes.int_or("output_dtype", 1) > 1)
    return unsupported_in_engine(context, "output_dtype", "");
  if (point != nullptr && point->dtype() != input.dtype())
    return model::malformed("input-type", "zero point differs in type from the data",
                            model::to_string(point->dtype()), model::to_string(input.dtype()));
  const auto output = make_output(context, 0, DataType::kFloat, input.dims());
  if (!output) return Error(output.error());
  const auto y = elements<float>(*output);
  const bool known = dispatch(DequantizedTypes{}, input.dtype(), [&]<class Q>(std::type_identity<Q>) {
    for (std::int64_t i = 0; i < input.size(); ++i) {
      const std::size_t c = channels->of(i);
      // Differences of 32-bit integers and their products with a float's 24 bits: the one rounding is the
      // last.
      const double difference = static_cast<double>(input.data<Q>()[static_cast<std::size_t>(i)]) -
                                (point == nullptr ? 0.0 : static_cast<double>(point->data<Q>()[c]));
      y[static_cast<std::size_t>(i)] =
          static_cast<float>(difference * static_cast<double>(context.input(1)->data<float>()[c]));
    }
  });
  if (!known) return type_not_in_engine(context, input.dtype());
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
  for (std::size_t i = 0; i < x.size(); ++i) elements<std::uint8_t>(*output)[i] = quantized(x[i], step, zero);
  return {};
}

}  // namespace padproof::verifier
