// SPDX-License-Identifier: Apache-2.0
// Activation functions.
//
// In the type itself: Relu, LeakyRelu, PRelu, ThresholdedRelu, Clip, Shrink; HardSigmoid clamps fma(alpha, x,
// beta) to [0,1], HardSwish multiplies x by that with alpha 1/6 and beta 1/2. All others are evaluated in
// double and rounded once. NaN passes through all of them. Sources: ONNX Relu-1 to -14 and likewise,
// Selu-1/-6/-22, Clip-1/-6/-11/-12/-13, Gelu-20, Mish-18, Swish-24.
#include <cmath>
#include <limits>
#include <numbers>

#include "verifier/engine/elementwise.h"
#include "verifier/engine/fast_elementwise.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/simd/logistic.h"
#include "verifier/engine/wrapping.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

using SignedNumbers = decltype(join(FloatTypes{}, SignedTypes{}));

double logistic(double x) { return 1.0 / (1.0 + std::exp(-x)); }

// Written so that exp never overflows.
double log_one_plus_exp(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

template <class T>
T clamp_to_unit(T x) {
  if (x < T{0}) return T{0};
  return x > T{1} ? T{1} : x;
}

/// The only element of an operand of Clip, or the fallback where it is omitted.
template <class T>
Result<T> bound(const Tensor* operand, T fallback) {
  if (operand == nullptr) return fallback;
  if (operand->size() != 1) return bad_shape("bound is not a scalar", operand->dims());
  return operand->data<T>().front();
}

template <class T>
Result<void> clip_between(KernelContext& context, T least, T most) {
  if constexpr (std::is_same_v<T, float>) {
    simd::Finish finish;
    finish.has_least = finish.has_most = true;
    finish.least = least;
    finish.most = most;
    if (clamp_fast(context, finish)) return {};
  }
  const Tensor& input = context.present(0);
  const auto output = make_output(context, 0, input.dtype(), input.dims());
  if (!output) return Error(output.error());
  const auto x = input.data<T>();
  const auto y = elements<T>(*output);
  in_parts(context, x.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const T raised = x[i] < least ? least : x[i];
      y[i] = raised > most ? most : raised;
    }
  });
  return {};
}

template <class T>
Result<void> clip_as(KernelContext& context) {
  constexpr T kLeast = std::numeric_limits<T>::lowest();
  constexpr T kMost = std::numeric_limits<T>::max();
  if (context.opset < 11) {
    if constexpr (std::is_floating_point_v<T>) {
      const bool has_min = context.attributes.has("min");
      const bool has_max = context.attributes.has("max");
      return clip_between<T>(context,
                             has_min ? static_cast<T>(context.attributes.float_or("min", 0)) : kLeast,
                             has_max ? static_cast<T>(context.attributes.float_or("max", 0)) : kMost);
    }
    return type_not_in_engine(context, context.input(0)->dtype());
  }
  const auto least = bound<T>(context.input(1), kLeast);
  if (!least) return Error(least.error());
  const auto most = bound<T>(context.input(2), kMost);
  if (!most) return Error(most.error());
  return clip_between<T>(context, *least, *most);
}

}  // namespace

Result<void> relu(KernelContext& context) {
  simd::Finish finish;
  finish.has_least = true;
  if (clamp_fast(context, finish)) return {};
  return unary(context, SignedNumbers{}, []<class T>(T x) { return x < T{0} ? T{0} : x; });
}

Result<void> leaky_relu(KernelContext& context) {
  const float alpha = context.attributes.float_or("alpha", 0.01F);
  return unary(context, FloatTypes{}, [=]<class T>(T x) { return x < T{0} ? static_cast<T>(alpha) * x : x; });
}

Result<void> thresholded_relu(KernelContext& context) {
  const float alpha = context.attributes.float_or("alpha", 1.0F);
  return unary(context, FloatTypes{}, [=]<class T>(T x) { return x <= static_cast<T>(alpha) ? T{0} : x; });
}

Result<void> prelu(KernelContext& context) {
  const Tensor& input = context.present(0);
  const Tensor& slope = context.present(1);
  BinaryDims dims{input.dims(), slope.dims(), input.dims()};
  // Before opset 7 a slope is one value or one for each channel.
  if (context.opset < 7 && slope.size() != 1 && input.rank() > 1) {
    dims.right = {slope.size()};
    dims.right.insert(dims.right.end(), input.rank() - 2, 1);
  }
  const auto common = broadcast_dims(std::array{dims.left, dims.right});
  if (!common) return Error(common.error());
  if (*common != input.dims())
    return bad_shape("slope does not fit the data", slope.dims(), to_string(input.dims()));
  if (auto same = same_types(context, 2); !same) return same;
  const auto output = make_output(context, 0, input.dtype(), input.dims());
  if (!output) return Error(output.error());
  const bool known = dispatch(SignedNumbers{}, input.dtype(), [&]<class T>(std::type_identity<T>) {
    apply_binary<T, T, T>(dims, input, slope, *output,
                          [](T x, T factor) { return x < T{0} ? wrapping_product(factor, x) : x; });
  });
  if (!known) return type_not_in_engine(context, input.dtype());
  return {};
}

Result<void> elu(KernelContext& context) {
  const double alpha = context.attributes.float_or("alpha", 1.0F);
  return real_function(context, [=](double x) { return x < 0 ? alpha * std::expm1(x) : x; });
}

Result<void> selu(KernelContext& context) {
  const bool old = context.opset < 6;
  const double alpha = context.attributes.float_or("alpha", old ? 1.6732F : 1.67326319217681884765625F);
  const double gamma = context.attributes.float_or("gamma", old ? 1.0507F : 1.05070102214813232421875F);
  return real_function(context, [=](double x) { return gamma * (x <= 0 ? alpha * std::expm1(x) : x); });
}

Result<void> celu(KernelContext& context) {
  const double alpha = context.attributes.float_or("alpha", 1.0F);
  return real_function(context, [=](double x) { return x < 0 ? alpha * std::expm1(x / alpha) : x; });
}

Result<void> sigmoid(KernelContext& context) {
  const Tensor& input = context.present(0);
  if (context.oracle || input.dtype() != model::DataType::kFloat) return real_function(context, logistic);
  const auto output = make_output(context, 0, input.dtype(), input.dims(), Contents::kAnything);
  if (!output) return Error(output.error());
  const auto x = input.data<float>();
  const auto y = elements<float>(*output);
  in_parts(context, x.size(), [&](std::size_t begin, std::size_t end) {
    simd::logistic(
        x.data() + begin, static_cast<std::int64_t>(end - begin),
        [](float one) { return static_cast<float>(logistic(static_cast<double>(one))); }, y.data() + begin);
  });
  return {};
}

Result<void> hard_sigmoid(KernelContext& context) {
  const float alpha = context.attributes.float_or("alpha", 0.2F);
  const float beta = context.attributes.float_or("beta", 0.5F);
  return unary(context, FloatTypes{}, [=]<class T>(T x) {
    return clamp_to_unit(std::fma(static_cast<T>(alpha), x, static_cast<T>(beta)));
  });
}

Result<void> hard_swish(KernelContext& context) {
  return unary(context, FloatTypes{}, []<class T>(T x) {
    return x * clamp_to_unit(std::fma(static_cast<T>(1.0F / 6.0F), x, T{0.5}));
  });
}

Result<void> softplus(KernelContext& context) { return real_function(context, log_one_plus_exp); }

Result<void> softsign(KernelContext& context) {
  return real_function(context, [](double x) { return x / (1.0 + std::fabs(x)); });
}

Result<void> mish(KernelContext& context) {
  return real_function(context, [](double x) { return x * std::tanh(log_one_plus_exp(x)); });
}

Result<void> swish(KernelContext& context) {
  const double alpha = context.attributes.float_or("alpha", 1.0F);
  return real_function(context, [=](double x) { return x * logistic(alpha * x); });
}

Result<void> gelu(KernelContext& context) {
  const std::string_view approximate = context.attributes.string_or("approximate", "none");
  if (approximate == "none")
    return real_function(context,
                         [](double x) { return 0.5 * x * (1.0 + std::erf(x / std::numbers::sqrt2)); });
  if (approximate != "tanh") return bad_value("approximation", model::printable(approximate), "none or tanh");
  return real_function(context, [](double x) {
    const double inner = std::sqrt(2.0 / std::numbers::pi) * (x + 0.044715 * x * x * x);
    return 0.5 * x * (1.0 + std::tanh(inner));
  });
}

Result<void> shrink(KernelContext& context) {
  const float bias = context.attributes.float_or("bias", 0.0F);
  const float lambd = context.attributes.float_or("lambd", 0.5F);
  return unary(context, FloatTypes{}, [=]<class T>(T x) {
    if (x < -static_cast<T>(lambd)) return x + static_cast<T>(bias);
    if (x > static_cast<T>(lambd)) return x - static_cast<T>(bias);
    return std::isnan(x) ? x : T{0};
  });
}

Result<void> clip(KernelContext& context) {
  if (auto same = same_types(context, 3); !same) return same;
  Result<void> done;
  const auto dtype = context.input(0)->dtype();
  const bool known =
      dispatch(NumericTypes{}, dtype, [&]<class T>(std::type_identity<T>) { done = clip_as<T>(context); });
  if (!known) return type_not_in_engine(context, dtype);
  return done;
}

}  // namespace padproof::verifier
