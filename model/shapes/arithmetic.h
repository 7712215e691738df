// SPDX-License-Identifier: Apache-2.0
// Arithmetic of two known elements, as the operators define it.
#pragma once

#include "model/extent.h"
#include "model/shapes/rule.h"

namespace padproof::model::shapes {

/// What an operator does to whole numbers, and to floats; null for what is not followed.
struct Arithmetic {
  Extent (*whole)(const Extent&, const Extent&);
  float (*real)(float, float);
};

extern const Arithmetic kAddition;
extern const Arithmetic kSubtraction;
extern const Arithmetic kMultiplication;
extern const Arithmetic kIntegerDivision;  // towards zero
extern const Arithmetic kRealDivision;
extern const Arithmetic kFlooredRemainder;    // Mod with fmod=0: the divisor's sign
extern const Arithmetic kTruncatedRemainder;  // Mod with fmod=1: the dividend's sign
extern const Arithmetic kMinimum;
extern const Arithmetic kMaximum;

// Booleans are the numbers 0 and 1; what cannot be decided is unknown.
extern const Arithmetic kEqual;
extern const Arithmetic kLess;
extern const Arithmetic kLessOrEqual;
extern const Arithmetic kGreater;
extern const Arithmetic kGreaterOrEqual;
extern const Arithmetic kAnd;
extern const Arithmetic kOr;
extern const Arithmetic kXor;

/// Folds the contents of all inputs, each broadcast to `shape`, into those of output 0, which has that shape.
void fold_contents(RuleContext& context, const Shape& shape, const Arithmetic& arithmetic);

}  // namespace padproof::model::shapes
