// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/pool_windows.h"

#include <algorithm>

#include "verifier/engine/operands.h"

namespace padproof::verifier {

using model::Error;
using model::Result;

Result<Pooling> pooling_of(const KernelContext& context, const Tensor& data) {
  auto window = resolve_window(context.node, context.attributes, context.opset, data.dims(), nullptr);
  if (!window) return Error(window.error());
  Pooling pooling;
  pooling.output = {data.dims()[0], data.dims()[1]};
  for (const WindowAxis& axis : window->axes) pooling.output.push_back(axis.out);
  const auto count = count_elements(pooling.output);
  if (!count) return Error(count.error());
  pooling.planes = data.dims()[0] * data.dims()[1];
  pooling.in_plane = extent_product(data.dims(), 2, data.rank());
  pooling.out_plane = extent_product(pooling.output, 2, pooling.output.size());
  pooling.window = std::move(*window);
  return pooling;
}

PoolCell::PoolCell(const Window& window) : window_(window), place_(window.axes.size(), 0) {
  for (const WindowAxis& axis : window.axes) ranges_.push_back(taps_inside(axis, 0));
}

void PoolCell::advance() {
  for (std::size_t i = place_.size(); i-- > 0;) {
    const bool carries = place_[i] + 1 == window_.axes[i].out;
    place_[i] = carries ? 0 : place_[i] + 1;
    ranges_[i] = taps_inside(window_.axes[i], place_[i]);
    if (!carries) return;
  }
}

std::int64_t PoolCell::divisor() const {
  std::int64_t count = 1;
  for (std::size_t i = 0; i < place_.size(); ++i)
    count *= counted_taps(window_.axes[i], place_[i], window_.count_include_pad);
  return count;
}

bool PoolCell::is_empty() const {
  return std::any_of(ranges_.begin(), ranges_.end(), [](const TapRange& range) { return range.size() == 0; });
}

}  // namespace padproof::verifier
