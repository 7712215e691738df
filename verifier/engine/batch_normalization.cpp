// SPDX-License-Identifier: Apache-2.0
// BatchNormalization: y = (x - mean) / sqrt(variance + epsilon) * scale + bias for each channel, every step
// rounded, in this order. Training (opset 14 and later): mean and variance of the batch, cells in row-major
// order, see moments.h; running values are old*momentum + new*(1 - momentum), every step rounded. Sources:
// ONNX BatchNormalization-1/-6/-7/-9/-14/-15. Training before opset 14 and spatial=0 are not implemented.
#include "verifier/engine/half.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/moments.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/simd/elementwise.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

struct BatchShape {
  std::int64_t batch;
  std::int64_t channels;
  std::int64_t plane;
};

Result<BatchShape> batch_shape(const KernelContext& context) {
  const Dims& dims = context.input(0)->dims();
  if (dims.empty()) return bad_shape("data is a scalar", dims, "rank 1 or more");
  const std::int64_t channels = dims.size() > 1 ? dims[1] : 1;
  for (std::size_t i = 1; i < 5; ++i)
    if (context.input(i)->dims() != Dims{channels})
      return bad_shape("input " + std::to_string(i) + " is not one value for each channel",
                       context.input(i)->dims(), std::to_string(channels));
  return BatchShape{dims[0], channels,
                    extent_product(dims, std::min<std::size_t>(2, dims.size()), dims.size())};
}

bool trains(const KernelContext& context) {
  if (context.opset >= 14) return context.attributes.int_or("training_mode", 0) != 0;
  if (context.opset < 7) return context.attributes.int_or("is_test", 0) == 0;
  return context.wants(1) || context.wants(2) || context.wants(3) || context.wants(4);
}

template <class T>
class BatchNormalization {
 public:
  BatchNormalization(KernelContext& context, BatchShape shape) : context_(context), shape_(shape) {}

  Result<void> run() {
    const auto output = make_output(context_, 0, context_.input(0)->dtype(), context_.input(0)->dims());
    if (!output) return Error(output.error());
    if (run_fast(*output)) return {};
    const auto y = elements<T>(*output);
    const float epsilon = context_.attributes.float_or("epsilon", 1e-5F);
    for (std::int64_t c = 0; c < shape_.channels && !is_cut_off(); ++c) {
      const Moments<T> moments = trains(context_) ? batch_moments(c) : given_moments(c);
      const Normalizer<T> normalize(moments, epsilon, value(1, c), value(2, c));
      for_each_in_time(cells(), kOperationsOfPlace,
                       [&](std::int64_t i) { y[place(c, i)] = normalize(x_[place(c, i)]); });
    }
    return trains(context_) ? update_running() : Result<void>{};
  }

 private:
  // Vectors over the cells of each channel; only for given moments.
  bool run_fast(Tensor* output) const {
    if constexpr (std::is_same_v<T, float>) {
      if (context_.oracle || trains(context_)) return false;
      std::vector<float> deviations;
      for (std::int64_t c = 0; c < shape_.channels; ++c)
        deviations.push_back(std::sqrt(value(4, c) + context_.attributes.float_or("epsilon", 1e-5F)));
      const auto numbers = [&](std::size_t input) {
        return context_.input(input)->template data<float>().data();
      };
      return simd::normalize_planes({numbers(3), deviations.data(), numbers(1), numbers(2)}, shape_.channels,
                                    shape_.batch * shape_.channels, shape_.plane, x_.data(),
                                    elements<float>(output).data());
    }
    return false;
  }

  [[nodiscard]] std::int64_t cells() const { return shape_.batch * shape_.plane; }

  /// Where cell i of a channel is, cells counted over batch and plane.
  [[nodiscard]] std::size_t place(std::int64_t c, std::int64_t i) const {
    const std::int64_t image = i / shape_.plane;
    return static_cast<std::size_t>((image * shape_.channels + c) * shape_.plane + i % shape_.plane);
  }

  [[nodiscard]] T value(std::size_t input, std::int64_t c) const {
    return context_.input(input)->data<T>()[static_cast<std::size_t>(c)];
  }

  [[nodiscard]] Moments<T> given_moments(std::int64_t c) const { return {value(3, c), value(4, c)}; }

  [[nodiscard]] Moments<T> batch_moments(std::int64_t c) const {
    return moments_of<T>(cells(), [&](std::int64_t i) { return x_[place(c, i)]; });
  }

  Result<void> update_running() {
    const T momentum = static_cast<T>(context_.attributes.float_or("momentum", 0.9F));
    for (std::size_t output = 1; output < 3; ++output) {
      const auto made = make_output(context_, output, context_.input(0)->dtype(), Dims{shape_.channels});
      if (!made) return Error(made.error());
      for (std::int64_t c = 0; c < shape_.channels && !is_cut_off(); ++c) {
        const Moments<T> moments = batch_moments(c);
        const T fresh = output == 1 ? moments.mean : moments.variance;
        elements<T>(*made)[static_cast<std::size_t>(c)] =
            value(output + 2, c) * momentum + fresh * (1 - momentum);
      }
    }
    return {};
  }

  KernelContext& context_;
  BatchShape shape_;
  std::span<const T> x_ = context_.input(0)->template data<T>();
};

}  // namespace

Result<void> batch_normalization(KernelContext& context) {
  if (context.opset < 9 && context.attributes.int_or("spatial", 1) == 0)
    return unsupported_in_engine(context, "spatial", "0");
  if (context.opset < 14 && trains(context))
    return unsupported_in_engine(context, "training before opset 14", "");
  // Half data beside float statistics: all of it is widened.
  if (is_half(context.input(0)->dtype())) return type_not_in_engine(context, context.input(0)->dtype());
  if (auto same = same_types(context, 5); !same)
    return unsupported_in_engine(context, "inputs of several types", "");
  const auto shape = batch_shape(context);
  if (!shape) return Error(shape.error());
  if (trains(context) && shape->batch * shape->plane == 0)
    return bad_shape("training on an empty batch", context.input(0)->dims());
  Result<void> done;
  const auto dtype = context.input(0)->dtype();
  const bool known = dispatch(FloatTypes{}, dtype, [&]<class T>(std::type_identity<T>) {
    done = BatchNormalization<T>(context, *shape).run();
  });
  if (!known) return type_not_in_engine(context, dtype);
  return done;
}

}  // namespace padproof::verifier
