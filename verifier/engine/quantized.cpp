// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/quantized.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>

#include "verifier/engine/half.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/saturate.h"
#include "verifier/engine/simd/integers.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

/// Element of the cyclic sequence of blocks that element `i` of a tensor belongs to.
template <class V>
const V& of_block(const std::vector<V>& values, std::size_t i, std::int64_t block) {
  return values.size() == 1 ? values[0] : values[i / static_cast<std::size_t>(block) % values.size()];
}

bool has_count(const Tensor& tensor, std::int64_t count) {
  return tensor.size() == 1 || (tensor.rank() == 1 && tensor.size() == count);
}

// Shorter blocks do not pay for a call each.
constexpr std::int64_t kLeastBlock = 16;
// Elements of a task, at least.
constexpr std::int64_t kLeastTask = 16384;

/// The fast path; false if it is not for these operands.
bool requantize_fast(const Tensor& accumulator, const std::vector<double>& multipliers,
                     const std::vector<std::int32_t>& points, std::int64_t block, Tensor* output) {
  if (multipliers.size() == 1 && points.size() == 1) block = std::min(accumulator.size(), kLeastTask);
  const bool is_signed = output->dtype() == DataType::kInt8;
  if ((!is_signed && output->dtype() != DataType::kUint8) || block < kLeastBlock ||
      !std::all_of(multipliers.begin(), multipliers.end(), [](double one) { return std::isfinite(one); }))
    return false;
  const std::int32_t* const sums = accumulator.data<std::int32_t>().data();
  auto* const bytes = reinterpret_cast<std::byte*>(output->mutable_bytes());
  const std::int64_t blocks = (accumulator.size() + block - 1) / block;
  const auto grain = static_cast<std::size_t>(std::max<std::int64_t>(1, kLeastTask / block));
  tbb::parallel_for(tbb::blocked_range<std::int64_t>(0, blocks, grain), [&](const auto& range) {
    for (std::int64_t i = range.begin(); i < range.end(); ++i) {
      const auto at = static_cast<std::size_t>(i);
      const simd::Requantized as{multipliers[at % multipliers.size()], points[at % points.size()], is_signed};
      simd::requantize(sums + i * block, std::min(block, accumulator.size() - i * block), as,
                       bytes + i * block);
    }
  });
  return true;
}

}  // namespace

Result<std::vector<std::int32_t>> zero_points(const Tensor* zero_point, const Tensor& of,
                                              std::int64_t count) {
  if (zero_point == nullptr) return std::vector<std::int32_t>{0};
  if (zero_point->dtype() != of.dtype())
    return model::malformed("input-type", "zero point differs in type from its tensor",
                            model::to_string(zero_point->dtype()), model::to_string(of.dtype()));
  if (zero_point->rank() > 1 && zero_point->size() != 1)
    return model::unsupported("not-in-engine", "zero point of more than one axis",
                              to_string(zero_point->dims()));
  if (!has_count(*zero_point, count))
    return bad_shape("zero point is neither one value nor one for each channel", zero_point->dims(),
                     std::to_string(count));
  std::vector<std::int32_t> points;
  const bool known = dispatch(ByteTypes{}, zero_point->dtype(), [&]<class T>(std::type_identity<T>) {
    const auto data = zero_point->data<T>();
    points.assign(data.begin(), data.end());
  });
  if (!known)
    return model::malformed("input-type", "zero point is not of 8 bits", model::to_string(of.dtype()));
  return points;
}

Result<std::vector<double>> scales(const Tensor* scale, std::int64_t count) {
  if (!has_count(*scale, count))
    return model::unsupported("not-in-engine", "scale is neither one value nor one for each channel",
                              to_string(scale->dims()), std::to_string(count));
  std::vector<double> values;
  if (scale->dtype() == DataType::kFloat) {
    const auto data = scale->data<float>();
    values.assign(data.begin(), data.end());
  } else if (is_half(scale->dtype())) {
    for (const std::uint16_t bits : scale->data<std::uint16_t>())
      values.push_back(scale->dtype() == DataType::kFloat16 ? from_float16(bits) : from_bfloat16(bits));
  } else {
    return model::unsupported("not-in-engine", "scale is not of a float type",
                              model::to_string(scale->dtype()));
  }
  return values;
}

Result<Tensor> centered(const KernelContext& context, const Tensor& tensor,
                        const std::vector<std::int32_t>& points, std::int64_t block) {
  auto result = context.memory.allocate(DataType::kInt32, tensor.dims());
  if (!result) return result;
  const auto out = result->mutable_data<std::int32_t>();
  const bool known = dispatch(ByteTypes{}, tensor.dtype(), [&]<class T>(std::type_identity<T>) {
    const auto data = tensor.data<T>();
    for_each_in_time(result->size(), 1, [&](std::int64_t at) {
      const auto i = static_cast<std::size_t>(at);
      out[i] = data[i] - of_block(points, i, block);
    });
  });
  if (!known) return type_not_in_engine(context, tensor.dtype());
  return result;
}

Result<void> requantize(KernelContext& context, const Tensor& accumulator,
                        const std::vector<double>& multipliers, const std::vector<std::int32_t>& points,
                        std::int64_t block, DataType dtype) {
  const auto output = make_output(context, 0, dtype, accumulator.dims());
  if (!output) return Error(output.error());
  if (!context.oracle && requantize_fast(accumulator, multipliers, points, block, *output)) return {};
  const auto sums = accumulator.data<std::int32_t>();
  const bool known = dispatch(ByteTypes{}, dtype, [&]<class T>(std::type_identity<T>) {
    auto out = elements<T>(*output);
    for_each_in_time(accumulator.size(), kOperationsOfPlace, [&](std::int64_t at) {
      const auto i = static_cast<std::size_t>(at);
      const double scaled = std::nearbyint(sums[i] * of_block(multipliers, i, block));
      out[i] = saturate<T>(scaled + of_block(points, i, block));
    });
  });
  if (!known) return type_not_in_engine(context, dtype);
  return {};
}

}  // namespace padproof::verifier
