// SPDX-License-Identifier: Apache-2.0
// MatMul of integers, MatMulInteger, QLinearMatMul: exact modulo 2^bits.
//
// A zero point or scale is one value, or one for each row of the left or column of the right matrix: a
// vector, or a tensor of the operand's rank with 1 along the inner axis. QLinearMatMul rounds once, in
// double, halves to even. Sources: ONNX MatMul-9/-13, MatMulInteger-10, QLinearMatMul-10/-21.
#include <array>
#include <cmath>

#include "verifier/engine/half.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/matrix_stacks.h"
#include "verifier/engine/saturate.h"
#include "verifier/engine/wrapping.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

template <class T>
void multiply_stacks(const MatrixStacks& stacks, std::span<const T> left, std::span<const T> right,
                     std::span<T> output) {
  Watch watch;
  stacks.for_each([&](std::int64_t from_left, std::int64_t from_right, std::int64_t to) {
    for (std::int64_t row = 0; row < stacks.rows; ++row)
      for (std::int64_t k = 0; k < stacks.inner; ++k) {
        if (watch.is_over(stacks.columns)) return;
        const T factor = left[static_cast<std::size_t>(from_left + row * stacks.inner + k)];
        for_each_in_time(stacks.columns, 1, [&](std::int64_t column) {
          T& sum = output[static_cast<std::size_t>(to + row * stacks.columns + column)];
          sum = wrapping_sum(
              sum, wrapping_product(
                       factor, right[static_cast<std::size_t>(from_right + k * stacks.columns + column)]));
        });
      }
  });
}

/// Dims under which a zero point or scale broadcasts over its operand: a vector lies along the rows of the
/// left operand, the columns of the right one.
Dims aligned(const Tensor& values, bool is_left) {
  Dims dims = values.dims();
  if (values.size() == 1) return {};
  if (is_left && dims.size() == 1) dims.push_back(1);
  return dims;
}

Result<Dims> aligned_over(const Tensor& values, bool is_left, const Dims& operand) {
  Dims dims = aligned(values, is_left);
  const auto common = broadcast_dims(std::array{operand, dims});
  if (!common || *common != operand)
    return bad_shape("zero point or scale does not fit its operand", values.dims(), to_string(operand));
  return dims;
}

/// Elements less their zero points, as int32.
Result<Tensor> less_zero_points(const KernelContext& context, const Tensor& tensor, const Tensor* points,
                                bool is_left, const Dims& dims) {
  if (points != nullptr && points->dtype() != tensor.dtype())
    return model::malformed("input-type", "zero point differs in type from its tensor",
                            model::to_string(points->dtype()), model::to_string(tensor.dtype()));
  const auto over = points == nullptr ? Result<Dims>(Dims{}) : aligned_over(*points, is_left, dims);
  if (!over) return Error(over.error());
  auto result = context.memory.allocate(DataType::kInt32, dims);
  if (!result) return result;
  const auto to = result->mutable_data<std::int32_t>();
  const bool known = dispatch(ByteTypes{}, tensor.dtype(), [&]<class T>(std::type_identity<T>) {
    for_each_broadcast<1>(dims, {*over}, [&](std::int64_t i, const auto& at) {
      const std::int32_t zero = points == nullptr ? 0 : points->data<T>()[static_cast<std::size_t>(at[0])];
      to[static_cast<std::size_t>(i)] = tensor.data<T>()[static_cast<std::size_t>(i)] - zero;
    });
  });
  if (!known) return type_not_in_engine(context, tensor.dtype());
  return result;
}

struct IntegerOperand {
  const Tensor& elements;
  const Tensor* zero_points;
};

/// Sums of products, of dims `full`.
Result<Tensor> integer_sums(const KernelContext& context, const MatrixStacks& stacks,
                            const IntegerOperand& left, const IntegerOperand& right) {
  const auto x = less_zero_points(context, left.elements, left.zero_points, true, stacks.left);
  if (!x) return x;
  const auto y = less_zero_points(context, right.elements, right.zero_points, false, stacks.right);
  if (!y) return y;
  auto sums = context.memory.allocate(DataType::kInt32, stacks.full);
  if (sums)
    multiply_stacks(stacks, x->data<std::int32_t>(), y->data<std::int32_t>(),
                    sums->mutable_data<std::int32_t>());
  return sums;
}

Result<std::vector<double>> real_values(const KernelContext& context, const Tensor& scale) {
  std::vector<double> values;
  if (scale.dtype() == DataType::kFloat) {
    values.assign(scale.data<float>().begin(), scale.data<float>().end());
    return values;
  }
  if (!is_half(scale.dtype())) return type_not_in_engine(context, scale.dtype());
  for (const std::uint16_t bits : scale.data<std::uint16_t>())
    values.push_back(scale.dtype() == DataType::kFloat16 ? from_float16(bits) : from_bfloat16(bits));
  return values;
}

/// Output 0 from the sums: times both scales, over the result's, plus its zero point.
Result<void> give_quantized(KernelContext& context, const MatrixStacks& stacks, const Tensor& sums) {
  const Tensor& point = context.present(7);
  if (context.input(6)->size() != 1 || point.size() != 1)
    return unsupported_in_engine(context, "several scales of the result", to_string(point.dims()));
  const auto left = real_values(context, context.present(1));
  const auto right = real_values(context, context.present(4));
  const auto step = real_values(context, context.present(6));
  for (const auto* scale : {&left, &right, &step})
    if (!*scale) return Error(scale->error());
  const auto rows = aligned_over(context.present(1), true, stacks.full);
  if (!rows) return Error(rows.error());
  const auto columns = aligned_over(context.present(4), false, stacks.full);
  if (!columns) return Error(columns.error());
  const auto output = make_output(context, 0, point.dtype(), stacks.output);
  if (!output) return Error(output.error());
  const bool known = dispatch(ByteTypes{}, point.dtype(), [&]<class T>(std::type_identity<T>) {
    for_each_broadcast<2>(stacks.full, {*rows, *columns}, [&](std::int64_t i, const auto& at) {
      const double multiplier = (*left)[static_cast<std::size_t>(at[0])] *
                                (*right)[static_cast<std::size_t>(at[1])] / step->front();
      const auto index = static_cast<std::size_t>(i);
      elements<T>(*output)[index] =
          saturate<T>(std::nearbyint(sums.data<std::int32_t>()[index] * multiplier) + point.data<T>()[0]);
    });
  });
  if (!known) return type_not_in_engine(context, point.dtype());
  return {};
}

}  // namespace

Result<void> matmul_of_numbers(KernelContext& context) {
  const Tensor& left = context.present(0);
  const Tensor& right = context.present(1);
  if (!contains(IntegerTypes{}, left.dtype())) return matmul(context);
  if (auto same = same_types(context, 2); !same) return same;
  const auto stacks = MatrixStacks::of(left.dims(), right.dims());
  if (!stacks) return Error(stacks.error());
  const auto output = make_output(context, 0, left.dtype(), stacks->output);
  if (!output) return Error(output.error());
  dispatch(IntegerTypes{}, left.dtype(), [&]<class T>(std::type_identity<T>) {
    multiply_stacks(*stacks, left.data<T>(), right.data<T>(), elements<T>(*output));
  });
  return {};
}

Result<void> matmul_integer(KernelContext& context) {
  const auto stacks = MatrixStacks::of(context.input(0)->dims(), context.input(1)->dims());
  if (!stacks) return Error(stacks.error());
  auto sums = integer_sums(context, *stacks, {context.present(0), context.input(2)},
                           {context.present(1), context.input(3)});
  if (!sums) return Error(sums.error());
  context.outputs[0] = sums->reshaped(stacks->output);
  return {};
}

Result<void> qlinear_matmul(KernelContext& context) {
  const auto stacks = MatrixStacks::of(context.input(0)->dims(), context.input(3)->dims());
  if (!stacks) return Error(stacks.error());
  const auto sums = integer_sums(context, *stacks, {context.present(0), context.input(2)},
                                 {context.present(3), context.input(5)});
  if (!sums) return Error(sums.error());
  return give_quantized(context, *stacks, *sums);
}

}  // namespace padproof::verifier
