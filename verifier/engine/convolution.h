// SPDX-License-Identifier: Apache-2.0
// What the convolution kernels share: the operands' sizes and the order in which terms are added.
#pragma once

#include <tbb/parallel_for.h>

#include <cstdint>

#include "verifier/engine/kernel.h"
#include "verifier/engine/tap_rows.h"
#include "verifier/window.h"

namespace padproof::verifier {

/// Sizes of a grouped convolution; planes are one channel's spatial elements.
struct ConvSizes {
  std::int64_t batch = 0;
  std::int64_t group = 1;
  std::int64_t in_channels = 0;   // per group
  std::int64_t out_channels = 0;  // per group
  std::int64_t in_plane = 0;
  std::int64_t out_plane = 0;
  Dims output;  // [N, M, spatial...]
};

/// Sizes for data [N,C,...] and weights laid out as the window's kind says.
model::Result<ConvSizes> conv_sizes(const Window& window, const Dims& data, const Dims& weights);

/// The node's window for these operands.
model::Result<Window> window_of(const KernelContext& context, const Tensor& data, const Tensor* weights);

/// Checks that `bias` is one value for each output channel; null is fine.
model::Result<void> check_bias(const Tensor* bias, const ConvSizes& sizes);

/// Calls term(input plane, output plane, weight plane) for every pair of channels that meet; for each output
/// plane the input channels come in ascending order, from one thread. Weight planes number [M, C/group],
/// transposed [C, M/group].
template <class Term>
void for_each_channel_pair(const ConvSizes& sizes, bool transposed, const Term& term) {
  const std::int64_t planes = sizes.batch * sizes.group * sizes.out_channels;
  tbb::parallel_for(std::int64_t{0}, planes, [&](std::int64_t plane) {
    const std::int64_t block = plane / sizes.out_channels;
    const std::int64_t m = plane % sizes.out_channels;
    const std::int64_t g = block % sizes.group;
    for (std::int64_t c = 0; c < sizes.in_channels && !is_cut_off(); ++c)
      term(block * sizes.in_channels + c, plane,
           transposed ? (g * sizes.in_channels + c) * sizes.out_channels + m
                      : (g * sizes.out_channels + m) * sizes.in_channels + c);
  });
}

}  // namespace padproof::verifier
