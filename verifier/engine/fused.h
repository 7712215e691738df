// SPDX-License-Identifier: Apache-2.0
// The fused multiply-add over a run of outputs that every convolution and matrix product is made of.
//
// One output's terms are added one after the other, each with a single rounding; only different outputs may
// be worked on at once. So the bits do not depend on the instruction set, nor on whether it has a fused
// instruction.
#pragma once

#include <cstdint>

namespace padproof::verifier {

/// A run of `count` elements `step` apart.
template <class T>
struct Run {
  T* first;
  std::int64_t step;
};

/// y[i] = fma(weight, x[i], y[i]) for i in [0,count). The runs must not overlap.
void fused_axpy(float weight, Run<const float> x, Run<float> y, std::int64_t count);
void fused_axpy(double weight, Run<const double> x, Run<double> y, std::int64_t count);

/// Sum of x[i]*y[i] in ascending i from `start`, each term fused.
float fused_dot(float start, Run<const float> x, Run<const float> y, std::int64_t count);
double fused_dot(double start, Run<const double> x, Run<const double> y, std::int64_t count);

}  // namespace padproof::verifier
