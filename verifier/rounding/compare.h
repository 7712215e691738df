// SPDX-License-Identifier: Apache-2.0
// Another engine's values against a model: does rounding explain what differs?
//
// `expected` holds graph outputs and, where they are known, intermediate values by name. A node whose
// operands are all known (constants, inputs, expected values) is judged by the worst case of that one node; a
// value behind several nodes by the statistical bound from the nearest known values. So with every
// intermediate value in hand nothing is left to statistics, and the first node that is beyond rounding is the
// one that differs. With fewer, the difference lies there or before, up to the values that were known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "verifier/rounding/judge.h"
#include "verifier/rounding/walk.h"

namespace padproof::verifier {

enum class Agreement {
  kNotAsked,
  kWithin,   ///< rounding explains every difference; or the tolerance allows it
  kBeyond,   ///< it does not: a real difference
  kUnknown,  ///< neither can be said, `reason` says of which value and why
};

/// The first value in graph order that is beyond its bound.
struct Difference {
  std::string value;
  std::string node;   // operator and name of the node that gives it: Conv 'conv1'
  std::string place;  // of the element furthest beyond, `[0,2,5,1]`; empty for a scalar
  ElementDifference element;
  std::size_t elements = 0;  // beyond
  std::size_t size = 0;      // of how many
  bool is_alone = false;     // the node's operands are known: it is this node
};

struct Comparison {
  Agreement agreement = Agreement::kNotAsked;
  bool by_tolerance = false;
  std::int64_t values = 0;      // judged, of those that were expected
  std::int64_t worst_case = 0;  // by which bound
  std::int64_t statistical = 0;
  std::int64_t reference = 0;  // without a bound, but equal to the reference engine's
  std::int64_t beyond = 0;
  std::int64_t unknown = 0;
  double used = 0;       // the largest part of its bound that a value within uses, of those that sum
  std::string tightest;  // the value that does; empty if there is none
  std::optional<Difference> first;
  std::vector<std::string> beyond_values;  // their names
  std::string reason;
  /// Which limit the comparison has reached; what it had found by then stands. Empty: none.
  std::string stopped;
};

/// What numpy.allclose takes: |computed - expected| <= absolute + relative |expected|. NaN equals NaN.
struct Tolerance {
  double absolute = 0;
  double relative = 0;
};

/// Names must be values of the main graph, all graph outputs among them, types and dims those that are
/// computed: kUsage otherwise (`expected-missing`, `expected-unknown`, `expected-mismatch`,
/// `expected-input`).
model::Result<void> check_expected(const model::Model& model, const NamedTensors& inputs,
                                   const NamedTensors& expected);

/// `reference` are the reference engine's outputs for these inputs; a value that has no bound is within if it
/// is what they hold, bit for bit. `limits` are those of one execution: walk.h says what counts.
model::Result<Comparison> compare_by_bound(const model::Model& model, const NamedTensors& inputs,
                                           const NamedTensors& expected, const NamedTensors& reference,
                                           const ExecuteOptions& limits = {});

/// Runs the model on the reference engine and compares its values.
model::Result<Comparison> compare_by_tolerance(const model::Model& model, const NamedTensors& inputs,
                                               const NamedTensors& expected, const Tolerance& tolerance,
                                               const ExecuteOptions& limits = {});

/// 0.034 as `3.4`, rounded up, and never in exponents: `< 0.01`.
std::string percent_of(double part);

/// "within rounding: used 3 % of the bound", "beyond rounding at Conv 'c': a real difference", ...
std::string summary(const Comparison& comparison);

}  // namespace padproof::verifier
