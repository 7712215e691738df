// SPDX-License-Identifier: Apache-2.0
// Conv and ConvTranspose on float and double.
//
// Order of each output's sum: from +0, input channels ascending, then taps row-major over the kernel, each
// term fused; taps on padding are skipped; the bias is added last, a plain addition. Sources: ONNX
// Conv-1/-11/-22, ConvTranspose-1/-11/-22.
#include "verifier/engine/convolution.h"
#include "verifier/engine/fused.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/operands.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

template <class T>
void add_bias(const Tensor& bias, std::int64_t plane, Tensor* output) {
  const auto values = bias.data<T>();
  auto out = elements<T>(output);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] += values[i / static_cast<std::size_t>(plane) % values.size()];
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
    for (std::int64_t tap = 0; tap < rows.taps(); ++tap) {
      const T factor = w[weight * rows.taps() + tap];
      rows.visit(tap, [&](std::int64_t cell, std::int64_t position, std::int64_t step, std::int64_t count) {
        if (transposed)
          fused_axpy(factor, {from + cell, 1}, {to + position, step}, count);
        else
          fused_axpy(factor, {from + position, step}, {to + cell, 1}, count);
      });
    }
  });
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
  const auto output = make_output(context, 0, data.dtype(), sizes->output);
  if (!output) return Error(output.error());
  // Kernel extents are bounded by the elements behind them; without elements they may be anything.
  const bool empty = data.size() == 0 || weights.size() == 0;
  const bool known = dispatch(FloatTypes{}, data.dtype(), [&]<class T>(std::type_identity<T>) {
    if (!empty) convolve<T>(*window, *sizes, data, weights, *output);
    if (bias != nullptr) add_bias<T>(*bias, sizes->out_plane, *output);
  });
  if (!known) return type_not_in_engine(context, data.dtype());
  return {};
}

}  // namespace padproof::verifier
