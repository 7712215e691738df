// SPDX-License-Identifier: Apache-2.0
// DequantizeLinear of 8, 16 and 32 bits: (x - zero point) * scale in double, rounded once more to the type of
// the output, which is the scale's unless given. Exact but for that rounding up to 16 bits.
// Source: ONNX DequantizeLinear-10 to -28. Types of less than 8 bits and float8 are not implemented.
#include "verifier/engine/granularity.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

using DequantizedTypes =
    TypeList<DataType::kUint8, DataType::kInt8, DataType::kUint16, DataType::kInt16, DataType::kInt32>;

Result<DataType> output_type(const KernelContext& context) {
  const auto asked = static_cast<DataType>(context.attributes.int_or("output_dtype", 0));
  const DataType dtype = asked == DataType::kUndefined ? context.input(1)->dtype() : asked;
  if (dtype != DataType::kFloat && !is_half(dtype))
    return unsupported_in_engine(context, "output type", model::to_string(dtype));
  return dtype;
}

void store(Tensor* output, std::size_t i, double value) {
  if (output->dtype() == DataType::kFloat)
    elements<float>(output)[i] = static_cast<float>(value);
  else
    elements<std::uint16_t>(output)[i] =
        output->dtype() == DataType::kFloat16 ? to_float16(value) : to_bfloat16(value);
}

}  // namespace

Result<void> dequantize_linear(KernelContext& context) {
  const Tensor& input = context.present(0);
  const Tensor* const point = context.input(2);
  const auto granularity = Granularity::of(context);
  if (!granularity) return Error(granularity.error());
  if (point != nullptr && point->dtype() != input.dtype())
    return model::malformed("input-type", "zero point differs in type from the data",
                            model::to_string(point->dtype()), model::to_string(input.dtype()));
  const auto dtype = output_type(context);
  if (!dtype) return Error(dtype.error());
  const auto output = make_output(context, 0, *dtype, input.dims());
  if (!output) return Error(output.error());
  bool known = false;
  dispatch(DequantizedTypes{}, input.dtype(), [&]<class Q>(std::type_identity<Q>) {
    known = visit_reals(context.present(1), [&](auto scale_at) {
      for_each_in_time(input.size(), kOperationsOfPlace, [&](std::int64_t place) {
        const auto i = static_cast<std::size_t>(place);
        const std::size_t at = granularity->index(place);
        const double zero = point == nullptr ? 0.0 : static_cast<double>(point->data<Q>()[at]);
        store(*output, i, (static_cast<double>(input.data<Q>()[i]) - zero) * scale_at(at));
      });
    });
  });
  if (!known) return type_not_in_engine(context, input.dtype());
  return {};
}

}  // namespace padproof::verifier
