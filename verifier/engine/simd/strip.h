// SPDX-License-Identifier: Apache-2.0
// The inner loop of convolutions and matrix products: rows of weights times a strip of cells, on the widest
// instruction set there is.
//
// The bits are those of the scalar oracle: each output's terms are added one after the other in ascending
// depth, each fused. Only different outputs are worked on at once; without hardware FMA it is std::fma lane
// by lane.
#pragma once

#include <cstddef>
#include <cstdint>

namespace padproof::verifier::simd {

/// What happens to a sum after its last term, each step rounded: + bias, + addend, then the clamp of Relu and
/// Clip (x < least ? least : x, and x > most ? most : x; NaN passes).
struct Finish {
  const float* bias = nullptr;    // one for each row
  const float* addend = nullptr;  // laid out as the outputs
  bool has_least = false;
  bool has_most = false;
  float least = 0;
  float most = 0;
};

/// outputs[r][c] += sum over k of weights[r][k] * cells[terms[k] + c].
struct Strip {
  const std::byte* weights = nullptr;   // floats at any address: the bytes of a model file
  std::int64_t weight_step = 0;         // elements between rows
  const float* cells = nullptr;         // at any address, only ever loaded as vectors
  const std::int64_t* terms = nullptr;  // `depth` of them
  std::int64_t depth = 0;
  float* outputs = nullptr;
  std::int64_t output_step = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 0;        // at most most_columns()
  bool from_zero = true;           // the sums start at +0, not at what outputs hold
  const Finish* finish = nullptr;  // null: more terms follow
};

/// Whether all sums are finite, with bias and addend and before the clamp.
bool run_strip(const Strip& strip);

/// Lanes of a vector, and columns of the widest strip.
std::int64_t lanes();
std::int64_t most_columns();

}  // namespace padproof::verifier::simd
