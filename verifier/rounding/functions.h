// SPDX-License-Identifier: Apache-2.0
// Functions of one real variable: how far implementations in float32 may be from them, and how they bend.
//
// What an implementation promises is not rounding: no standard bounds the error of exp or tanh. Those that
// were met (MLAS, Eigen, oneDNN, glibc) stay within 8u of the range of the function, which is what is allowed
// for; u = 2^-24.
#pragma once

#include <string_view>

namespace padproof::verifier {

struct Curvature {
  double slope;     // at x
  double distance;  // of the function from the line with that slope, at most, over [x - reach, x + reach]
};

/// `alpha`, `beta`: the operator's attributes; `alpha` is the exponent of Pow.
struct RealFunction {
  std::string_view op_type;
  float default_alpha;
  float default_beta;
  /// Largest error of an implementation where |data| <= x and |result| <= y.
  double (*own_error)(double alpha, double beta, double x, double y);
  /// Null: there is none. Infinite distance: a pole within reach.
  Curvature (*curvature)(double alpha, double x, double y, double reach);
};

/// The function that an operator of the standard domain is, or null.
const RealFunction* find_real_function(std::string_view op_type);

}  // namespace padproof::verifier
