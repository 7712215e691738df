// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/convolution.h"

#include "verifier/engine/operands.h"

namespace padproof::verifier {

using model::Error;
using model::Result;

Result<ConvSizes> conv_sizes(const Window& window, const Dims& data, const Dims& weights) {
  const bool transposed = window.kind == WindowKind::kTransposedConv;
  ConvSizes sizes;
  sizes.batch = data[0];
  sizes.group = window.group;
  sizes.in_channels = data[1] / window.group;
  sizes.out_channels = transposed ? weights[1] : weights[0] / window.group;
  sizes.output = {data[0], sizes.out_channels * window.group};
  for (const WindowAxis& axis : window.axes) sizes.output.push_back(axis.out);
  const auto count = count_elements(sizes.output);
  if (!count) return Error(count.error());
  sizes.in_plane = extent_product(data, 2, data.size());
  sizes.out_plane = extent_product(sizes.output, 2, sizes.output.size());
  return sizes;
}

Result<Window> window_of(const KernelContext& context, const Tensor& data, const Tensor* weights) {
  return resolve_window(context.node, context.attributes, context.opset, data.dims(),
                        weights == nullptr ? nullptr : &weights->dims());
}

Result<void> check_bias(const Tensor* bias, const ConvSizes& sizes) {
  const Dims expected{sizes.group * sizes.out_channels};
  if (bias != nullptr && bias->dims() != expected)
    return bad_shape("bias is not one value for each output channel", bias->dims(), to_string(expected));
  return {};
}

}  // namespace padproof::verifier
