// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/padded_array.h"

#include <algorithm>
#include <limits>

namespace padproof::verifier::testing {
namespace {

std::int64_t span_of(const AxisCase& axis) { return 1 + axis.dilation * (axis.kernel - 1); }

std::int64_t volume(const Dims& dims) {
  std::int64_t product = 1;
  for (const std::int64_t extent : dims) product *= extent;
  return product;
}

/// A spatial plane of its own; cells that are padding hold `nothing`.
struct Plane {
  Dims dims;
  std::vector<double> cells;

  Plane(Dims extents, double fill)
      : dims(std::move(extents)), cells(static_cast<std::size_t>(volume(dims)), fill) {}

  [[nodiscard]] std::size_t offset(const Dims& place) const {
    std::int64_t at = 0;
    for (std::size_t i = 0; i < dims.size(); ++i) at = at * dims[i] + place[i];
    return static_cast<std::size_t>(at);
  }
  /// Calls visit(place) for every place in row-major order.
  template <class Visit>
  static void for_each_place(const Dims& extents, Visit visit) {
    Dims place(extents.size(), 0);
    for (std::int64_t i = 0; i < volume(extents); ++i) {
      visit(place);
      for (std::size_t k = place.size(); k-- > 0 && ++place[k] == extents[k];) place[k] = 0;
    }
  }
};

/// The input's plane with `gap`-1 empty cells between neighbours and the pads around it.
Plane spread(const Dims& in, const std::vector<AxisCase>& axes, const Dims& gaps, const float* cells,
             double fill) {
  Dims extents;
  for (std::size_t i = 0; i < in.size(); ++i)
    extents.push_back((in[i] - 1) * gaps[i] + 1 + axes[i].pad_begin + axes[i].pad_end);
  Plane plane(extents, fill);
  Plane::for_each_place(in, [&](const Dims& place) {
    Dims to;
    for (std::size_t i = 0; i < in.size(); ++i) to.push_back(place[i] * gaps[i] + axes[i].pad_begin);
    plane.cells[plane.offset(to)] = static_cast<double>(*cells++);
  });
  return plane;
}

Dims inputs_of(const Layer& layer) {
  Dims extents;
  for (const AxisCase& axis : layer.axes) extents.push_back(axis.in);
  return extents;
}

Dims kernels_of(const Layer& layer) {
  Dims extents;
  for (const AxisCase& axis : layer.axes) extents.push_back(axis.kernel);
  return extents;
}

Dims outputs_of(const Plane& padded, const Layer& layer) {
  Dims extents;
  for (std::size_t i = 0; i < layer.axes.size(); ++i)
    extents.push_back((padded.dims[i] - span_of(layer.axes[i])) / layer.axes[i].stride + 1);
  return extents;
}

/// Calls window(cells under the window in row-major order) for each output place of one channel.
template <class Window>
void for_each_window(const Plane& padded, const Layer& layer, Window window) {
  Plane::for_each_place(outputs_of(padded, layer), [&](const Dims& place) {
    std::vector<double> cells;
    Plane::for_each_place(kernels_of(layer), [&](const Dims& tap) {
      Dims at;
      for (std::size_t i = 0; i < tap.size(); ++i)
        at.push_back(place[i] * layer.axes[i].stride + tap[i] * layer.axes[i].dilation);
      cells.push_back(padded.cells[padded.offset(at)]);
    });
    window(cells);
  });
}

}  // namespace

void fill_same_pads(Layer& layer) {
  for (AxisCase& axis : layer.axes) {
    const std::int64_t windows = (axis.in + axis.stride - 1) / axis.stride;
    std::int64_t total = 0;
    while ((windows - 1) * axis.stride + span_of(axis) > axis.in + total) ++total;
    const std::int64_t half = total / 2;
    axis.pad_begin = layer.auto_pad == "SAME_UPPER" ? half : total - half;
    axis.pad_end = total - axis.pad_begin;
  }
}

std::vector<double> padded_convolution(const Layer& layer, const Tensor& data, const Tensor& weights) {
  const Dims in = inputs_of(layer);
  const std::int64_t channels = data.dims()[1];
  const std::int64_t filters = weights.dims()[0];
  const std::int64_t taps = volume(kernels_of(layer));
  std::vector<double> result;
  for (std::int64_t n = 0; n < data.dims()[0]; ++n)
    for (std::int64_t m = 0; m < filters; ++m) {
      std::vector<double> sums;
      const std::int64_t g = m / (filters / layer.group);
      for (std::int64_t c = 0; c < channels / layer.group; ++c) {
        const std::int64_t channel = g * (channels / layer.group) + c;
        const Plane padded = spread(in, layer.axes, Dims(in.size(), 1),
                                    data.data<float>().data() + (n * channels + channel) * volume(in), 0);
        const float* const filter = weights.data<float>().data() + (m * (channels / layer.group) + c) * taps;
        std::size_t output = 0;
        for_each_window(padded, layer, [&](const std::vector<double>& cells) {
          double sum = 0;
          for (std::size_t t = 0; t < cells.size(); ++t) sum += cells[t] * static_cast<double>(filter[t]);
          if (c == 0) sums.push_back(0);
          sums[output++] += sum;
        });
      }
      result.insert(result.end(), sums.begin(), sums.end());
    }
  return result;
}

std::vector<double> padded_transposed_convolution(const Layer& layer, const Tensor& data,
                                                  const Tensor& weights) {
  // Stride becomes a gap between input cells; the crop becomes what is left of a full border; the kernel is
  // mirrored.
  Layer plain = layer;
  Dims gaps;
  for (AxisCase& axis : plain.axes) {
    gaps.push_back(axis.stride);
    axis.pad_begin = span_of(axis) - 1 - axis.pad_begin;
    axis.pad_end = span_of(axis) - 1 - axis.pad_end + axis.output_padding;
    axis.stride = 1;
  }
  const Dims in = inputs_of(layer);
  const std::int64_t channels = data.dims()[1];
  const std::int64_t group_filters = weights.dims()[1];
  const std::int64_t taps = volume(kernels_of(layer));
  std::vector<double> result;
  for (std::int64_t n = 0; n < data.dims()[0]; ++n)
    for (std::int64_t m = 0; m < group_filters * layer.group; ++m) {
      std::vector<double> sums;
      const std::int64_t g = m / group_filters;
      for (std::int64_t c = 0; c < channels / layer.group; ++c) {
        const std::int64_t channel = g * (channels / layer.group) + c;
        const Plane padded = spread(in, plain.axes, gaps,
                                    data.data<float>().data() + (n * channels + channel) * volume(in), 0);
        const float* const filter =
            weights.data<float>().data() + (channel * group_filters + m % group_filters) * taps;
        std::size_t output = 0;
        for_each_window(padded, plain, [&](const std::vector<double>& cells) {
          double sum = 0;
          for (std::size_t t = 0; t < cells.size(); ++t)
            sum += cells[t] * static_cast<double>(filter[cells.size() - 1 - t]);
          if (c == 0) sums.push_back(0);
          sums[output++] += sum;
        });
      }
      result.insert(result.end(), sums.begin(), sums.end());
    }
  return result;
}

std::vector<double> padded_max_pool(const Layer& layer, const Tensor& data) {
  const Dims in = inputs_of(layer);
  std::vector<double> result;
  for (std::int64_t plane = 0; plane < data.dims()[0] * data.dims()[1]; ++plane) {
    const Plane padded =
        spread(in, layer.axes, Dims(in.size(), 1), data.data<float>().data() + plane * volume(in),
               -std::numeric_limits<double>::infinity());
    for_each_window(padded, layer, [&](const std::vector<double>& cells) {
      result.push_back(*std::max_element(cells.begin(), cells.end()));
    });
  }
  return result;
}

std::vector<double> padded_average_pool(const Layer& layer, const Tensor& data, bool count_include_pad) {
  const Dims in = inputs_of(layer);
  const double nothing = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> result;
  for (std::int64_t plane = 0; plane < data.dims()[0] * data.dims()[1]; ++plane) {
    const Plane padded =
        spread(in, layer.axes, Dims(in.size(), 1), data.data<float>().data() + plane * volume(in), nothing);
    for_each_window(padded, layer, [&](const std::vector<double>& cells) {
      double sum = 0;
      std::size_t counted = 0;
      for (const double cell : cells)
        if (cell == cell) {
          sum += cell;
          ++counted;
        }
      result.push_back(sum / static_cast<double>(count_include_pad ? cells.size() : counted));
    });
  }
  return result;
}

}  // namespace padproof::verifier::testing
