// SPDX-License-Identifier: Apache-2.0
// How far rounding can take the output of a float32 evaluation from the exact one.
//
// Claim: an engine that evaluates the model in float32, each operator as defined and its sums in any order,
// gives outputs within `bound` of `exact`. A difference beyond it is not rounding: it is a finding.
//
// Model of rounding (Higham and Mary 2019, "A new approach to probabilistic rounding error analysis"): each
// elementary operation has a relative error of mean zero, at most u = 2^-24 in magnitude, that does not
// depend on the others'. Bounds that assume nothing (n*u for n terms, magnitudes propagated) are of no use
// here: on resnet50_static worst case roundings move a logit by more than all logits differ, even if only
// first-order effects count.
//
// With e(v) the error of value v, each operator gives  e(y) = J e(x) + r + a  where
//   J  the operator's derivative at the exact values, known but for kinks that lie within reach of the error;
//   r  its own roundings, independent, |r| <= d:
//        sum of n products        d^2 = u^2 ((n + 4) ((A + |y|)/2)^2 + A^2),  A = |W| (|x| + E) + |b|: a part
//                                 of a sum is at most the sum of all terms of one sign; 4 more for scales
//                                 that an exporter folded
//        Add, Mul                 d = u (|y| + E(y))
//   a  what may be of one sign everywhere, |a| <= m:
//        Relu, Clip, LeakyRelu    secant slope over [x - E, x + E], m = how far the function is from it
//        MaxPool                  the winner's error; m = by how much a loser may overtake it
//        products of x and z      m = E(x) E(z), through the operator where that is a sum
//        Sigmoid, Tanh, Exp, ...  m = E^2/2 max|f''| + what implementations are off (functions.h)
//        Resize                   m = what its weights are off (resize.cpp)
//        normalisations           m = E^2, of the data and of the moments (normalization.cpp)
//        Softmax                  m = 2 y E^2 exp(2E), E the largest over the line
//   E  the reach: |e| <= E = 8 sqrt(sum (J d)^2) + sum |J m|  over all operators before, J their derivatives
//   to here.
// The errors of one operator reach a value by many ways that partly cancel, so magnitudes must not be
// propagated from node to node. Both sums are taken by sketches instead: 96 samples of d times normal
// numbers, whose mean square estimates the first, and 96 of m times Cauchy numbers, whose median estimates
// the second. Estimates are raised by 2 and 4, which fail with a probability below 1e-13 a value; 8
// deviations are exceeded with one below 3e-14 (Hoeffding). The sketches are seeded: the same input gives the
// same bound on every run.
//
// What can be known of single nodes without all this is in worst_case.h.
//
// Where it is blunt: products of two uncertain values, one behind the other (EfficientNet).
// Not covered: constants that an exporter folded with cancellation, and algorithms that are not a sum of the
// definition's products (Winograd's).
#pragma once

#include "model/graph.h"
#include "model/result.h"
#include "verifier/engine/executor.h"

namespace padproof::verifier {

struct RoundingBound {
  NamedTensors exact;  // outputs in double precision: their own error is 2^-29 of the bound
  NamedTensors bound;  // per element, double; nothing is rounded beyond
};

/// For a model of float32 without subgraphs and functions. kUnsupported (`no-bound`) names the first node
/// whose operator has no rule: never a guess.
model::Result<RoundingBound> rounding_bound(const model::Model& model, const NamedTensors& inputs,
                                            const ExecuteOptions& limits = {});

}  // namespace padproof::verifier
