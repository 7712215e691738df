// SPDX-License-Identifier: Apache-2.0
// Cast and CastLike between numbers and booleans.
//
// To integers: truncated, then the nearest value of the type where a float is out of range (the specification
// leaves that open); between integers: modulo 2^bits. To float types: rounded once, halves to even. To bool:
// not 0. Sources: ONNX Cast-1 to -25, CastLike-15 to -25. Strings, float8 and 4-bit types are not
// implemented.
#include <array>
#include <cstring>

#include "verifier/engine/half.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/saturate.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

constexpr std::int64_t kOperationsOfCast = 16;  // to 16 bits

template <class From, class To>
To converted(From value) {
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>)
    return saturate<To>(static_cast<double>(value));
  else
    return static_cast<To>(value);
}

template <class From>
void to_half(const Tensor& input, Tensor* output) {
  const bool is_ieee = output->dtype() == DataType::kFloat16;
  const auto from = input.data<From>();
  const auto to = elements<std::uint16_t>(output);
  for_each_in_time(input.size(), kOperationsOfCast, [&](std::int64_t at) {
    const auto i = static_cast<std::size_t>(at);
    const auto value = static_cast<double>(from[i]);
    to[i] = is_ieee ? to_float16(value) : to_bfloat16(value);
  });
}

template <class From>
bool convert(const Tensor& input, Tensor* output) {
  const auto from = input.data<From>();
  if (is_half(output->dtype())) {
    to_half<From>(input, output);
    return true;
  }
  if (output->dtype() == DataType::kBool) {
    const auto flags = elements<std::uint8_t>(output);
    for_each_in_time(input.size(), 1, [&](std::int64_t at) {
      const auto i = static_cast<std::size_t>(at);
      flags[i] = from[i] != From{0} ? 1 : 0;
    });
    return true;
  }
  return dispatch(NumericTypes{}, output->dtype(), [&]<class To>(std::type_identity<To>) {
    const auto to = elements<To>(output);
    for_each_in_time(input.size(), 1, [&](std::int64_t at) {
      const auto i = static_cast<std::size_t>(at);
      to[i] = converted<From, To>(from[i]);
    });
  });
}

Result<void> cast_to(KernelContext& context, DataType dtype) {
  const Tensor& input = context.present(0);
  if (dtype == input.dtype()) {
    context.outputs[0] = input;
    return {};
  }
  const auto output = make_output(context, 0, dtype, input.dims());
  if (!output) return Error(output.error());
  auto source = is_half(input.dtype()) ? widened(context.memory, input) : Result<Tensor>(input);
  if (!source) return Error(source.error());
  bool converts = false;
  const bool known = dispatch(AllTypes{}, source->dtype(), [&]<class From>(std::type_identity<From>) {
    converts = convert<From>(*source, *output);
  });
  if (!known) return type_not_in_engine(context, input.dtype());
  if (!converts) return type_not_in_engine(context, dtype);
  return {};
}

/// How Cast-1 gives the type: by its name in TensorProto.
Result<DataType> type_named(std::string_view name) {
  struct Row {
    std::string_view name;
    DataType dtype;
  };
  static constexpr std::array kRows = {
      Row{"FLOAT", DataType::kFloat},   Row{"UINT8", DataType::kUint8},   Row{"INT8", DataType::kInt8},
      Row{"UINT16", DataType::kUint16}, Row{"INT16", DataType::kInt16},   Row{"INT32", DataType::kInt32},
      Row{"INT64", DataType::kInt64},   Row{"BOOL", DataType::kBool},     Row{"FLOAT16", DataType::kFloat16},
      Row{"DOUBLE", DataType::kDouble}, Row{"UINT32", DataType::kUint32}, Row{"UINT64", DataType::kUint64},
  };
  for (const Row& row : kRows)
    if (row.name == name) return row.dtype;
  return bad_value("type to cast to", model::printable(name));
}

}  // namespace

Result<void> cast(KernelContext& context) {
  if (context.opset < 6) {
    const auto dtype = type_named(context.attributes.string_or("to", ""));
    return dtype ? cast_to(context, *dtype) : Result<void>(Error(dtype.error()));
  }
  return cast_to(context, static_cast<DataType>(context.attributes.int_or("to", 0)));
}

Result<void> cast_like(KernelContext& context) { return cast_to(context, context.input(1)->dtype()); }

}  // namespace padproof::verifier
