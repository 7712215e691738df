// SPDX-License-Identifier: Apache-2.0
// How far rounding can take one node whose operands are known: a bound that assumes nothing.
//
// Claim: an engine that evaluates the node in float32 as defined, its sums in any order, with or without
// fused multiply-add, gives every element within `bound` of `exact`, which is evaluated in double.
//
// Formulas, with u = 2^-24 and gamma_n = n u / (1 - n u) (Higham, "Accuracy and stability of numerical
// algorithms", 2nd ed., section 3.1):
//   copies (MaxPool, Relu, Transpose, ...)   0
//   sums of n products (Conv, MatMul, ...)   gamma_(n + r) (|W||x| + |b|)
//   products, quotients, norms               gamma_(n + r) |y|
//   Resize, normalisations                   resize.cpp, normalization.cpp
//   functions                                what implementations are known to keep to (functions.h)
// r counts the roundings of a term beside those of its sum, the table's last column. Everything is raised by
// 2^-20 of itself, which covers that it is evaluated in double, and by what flushing subnormal numbers to
// zero can do. Where float32 may overflow on the way, the bound is infinite.
//
// Not covered: algorithms that are not a sum of the definition's products (Winograd's, FFT), and arithmetic
// of less precision than float32 (TF32, bfloat16 accumulation): these show as differences, which they are.
#pragma once

#include <limits>

#include "verifier/rounding/rule.h"

namespace padproof::verifier {

inline constexpr double kMostFloat = std::numeric_limits<float>::max();
inline constexpr double kLeastNormal = std::numeric_limits<float>::min();
inline constexpr double kUnbounded = std::numeric_limits<double>::infinity();

/// kUnsupported (`no-bound`) where the table has no row for the operator or its use. Operands must have no
/// errors.
model::Result<OneNode> worst_case(const RuleContext& context);

/// False for integers alone, but for operators that compute places.
bool may_round(const RuleContext& context);

/// n u / (1 - n u); infinite from n = 2^24 on.
double gamma_of(double roundings);

}  // namespace padproof::verifier
