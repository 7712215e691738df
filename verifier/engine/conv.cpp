// SPDX-License-Identifier: Apache-2.0
// Conv and ConvTranspose on float and double.
//
// Order of each output's sum: from +0, input channels ascending, then taps row-major over the kernel, each
// term fused; taps on padding are skipped; the bias is added last, a plain addition. Sources: ONNX
// Conv-1/-11/-22, ConvTranspose-1/-11/-22.
#include "verifier/engine/convolution.h"
#include "verifier/engine/fused.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/simd/convolve.h"
#include "verifier/engine/simd/planes.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

template <class T>
void add_bias(const Tensor& bias, std::int64_t plane, Tensor* output) {
  const auto values = bias.data<T>();
  auto out = elements<T>(output);
  for_each_in_time(output->size(), 1, [&](std::int64_t at) {
    const auto i = static_cast<std::size_t>(at);
    out[i] += values[i / static_cast<std::size_t>(plane) % values.size()];
  });
}

template <class T>
void convolve(const Window& window, const ConvSizes& sizes, const Tensor& data, const Tensor& weights,
              Tensor* output) {
  const bool transposed = window.kind == WindowKind::kTransposedConv;
  const TapRows rows(window);
  const T* const x = data.data<T>().data();
  const T* const w = weights.data<T>().data();
  T* const y = elements<T>(output).data();
  for_each_channel_pair(sizes, transposed, [&](std::int64_t in, std::int64_t out, std::int64_t weight) {
    const T* const from = x + in * sizes.in_plane;
    T* const to = y + out * sizes.out_plane;
    Watch watch;
    for (std::int64_t tap = 0; tap < rows.taps() && !watch.is_over(); ++tap) {
      const T factor = w[weight * rows.taps() + tap];
      rows.visit(tap, [&](std::int64_t cell, std::int64_t position, std::int64_t step, std::int64_t count) {
        if (watch.is_over(count)) return;
        for_each_piece_in_time(count, kOperationsAtOnce, [&](std::int64_t begin, std::int64_t end) {
          const T* const inputs = from + (transposed ? cell + begin : position + begin * step);
          T* const outputs = to + (transposed ? position + begin * step : cell + begin);
          fused_axpy(factor, {inputs, transposed ? 1 : step}, {outputs, transposed ? step : 1}, end - begin);
        });
      });
    }
  });
}

/// What comes after the last term, if the nodes behind may be done on the way.
simd::Finish finish_of(const KernelContext& context, bool follows) {
  simd::Finish finish;
  if (context.input(2) != nullptr) finish.bias = context.present(2).data<float>().data();
  if (!follows) return finish;
  const Followers& followers = *context.followers;
  if (followers.addend != nullptr) finish.addend = followers.addend->data<float>().data();
  finish.has_least = followers.least.has_value();
  finish.least = followers.least.value_or(0.0F);
  finish.has_most = followers.most.has_value();
  finish.most = followers.most.value_or(0.0F);
  return finish;
}

/// The fast path. False if it is not for these operands, or does not vouch for the bits.
bool convolve_fast(KernelContext& context, const Window& window, const ConvSizes& sizes, Tensor* output) {
  const Tensor& data = context.present(0);
  if (context.oracle || data.dtype() != model::DataType::kFloat || data.size() == 0 || output->size() == 0)
    return false;
  const bool is_product = simd::can_convolve(window, sizes);
  const bool is_depthwise =
      sizes.in_channels == 1 && window.kind == WindowKind::kConv && simd::can_slide(window);
  if (!is_product && !is_depthwise) return false;
  const float* const x = data.data<float>().data();
  const auto* const w = reinterpret_cast<const std::byte*>(context.present(1).bytes().data());
  float* const y = elements<float>(output).data();
  Followers* const followers = context.followers;
  const bool follows =
      followers != nullptr && (followers->addend == nullptr || followers->addend->dims() == output->dims());
  const simd::Finish finish = finish_of(context, follows);
  const std::int64_t channels = sizes.group * sizes.out_channels;
  const bool good =
      is_product ? simd::convolve(window, sizes, {x, w, y, finish})
                 : simd::slide_depthwise(
                       window, {{x, y, sizes.batch * channels}, w, sizes.out_channels, channels, finish});
  if (good && follows) followers->done = true;
  return good;
}

/// As the contract of the bits says, one output after the other.
Result<void> convolve_scalar(const KernelContext& context, const Window& window, const ConvSizes& sizes,
                             Tensor* output) {
  const Tensor& data = context.present(0);
  const auto weights = aligned(context, context.present(1));
  if (!weights) return Error(weights.error());
  fill_in_time(output->mutable_bytes(), 0, output->bytes().size());
  // Kernel extents are bounded by the elements behind them; without elements they may be anything.
  const bool empty = data.size() == 0 || weights->size() == 0;
  const bool known = dispatch(FloatTypes{}, data.dtype(), [&]<class T>(std::type_identity<T>) {
    if (!empty) convolve<T>(window, sizes, data, *weights, output);
    if (context.input(2) != nullptr) add_bias<T>(context.present(2), sizes.out_plane, output);
  });
  if (!known) return type_not_in_engine(context, data.dtype());
  return {};
}

}  // namespace

Result<void> conv(KernelContext& context) {
  const Tensor& data = context.present(0);
  const Tensor& weights = context.present(1);
  const Tensor* const bias = context.input(2);
  const auto window = window_of(context, data, &weights);
  if (!window) return Error(window.error());
  const auto sizes = conv_sizes(*window, data.dims(), weights.dims());
  if (!sizes) return Error(sizes.error());
  if (auto checked = check_bias(bias, *sizes); !checked) return checked;
  if (auto checked = same_types(context, 3); !checked) return checked;
  const auto output = make_output(context, 0, data.dtype(), sizes->output, Contents::kAnything);
  if (!output) return Error(output.error());
  if (convolve_fast(context, *window, *sizes, *output)) return {};
  return convolve_scalar(context, *window, *sizes, *output);
}

}  // namespace padproof::verifier
