// SPDX-License-Identifier: Apache-2.0
// The other way to compute sliding windows: the padded array is made, then indexed. Written for tests only,
// and unlike the engine on purpose: SAME pads are found by trying totals, transposed convolutions by
// spreading the input out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "verifier/engine/tensor.h"

namespace padproof::verifier::testing {

/// One spatial axis as a test states it.
struct AxisCase {
  std::int64_t in;
  std::int64_t kernel;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t pad_begin = 0;
  std::int64_t pad_end = 0;
  std::int64_t output_padding = 0;
};

struct Layer {
  std::string auto_pad = "NOTSET";
  std::int64_t group = 1;
  std::vector<AxisCase> axes;
};

/// Pads of SAME: the least total with which ceil(in/stride) windows fit.
void fill_same_pads(Layer& layer);

/// Data [N,C,...], weights [M,C/group,...], sums in double without bias.
std::vector<double> padded_convolution(const Layer& layer, const Tensor& data, const Tensor& weights);
/// Weights [C,M/group,...]; pads crop.
std::vector<double> padded_transposed_convolution(const Layer& layer, const Tensor& data,
                                                  const Tensor& weights);
std::vector<double> padded_max_pool(const Layer& layer, const Tensor& data);
std::vector<double> padded_average_pool(const Layer& layer, const Tensor& data, bool count_include_pad);

}  // namespace padproof::verifier::testing
