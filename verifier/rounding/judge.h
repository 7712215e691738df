// SPDX-License-Identifier: Apache-2.0
// One tensor against what it should be, element by element.
//
// NaN equals NaN, an infinity the same infinity; against anything else they are a difference, but for an
// infinity that the exact value, moved by its bound, would round to. An element without a finite bound is
// decided only if it is equal, or just what the reference engine gives.
#pragma once

#include <cstddef>
#include <optional>

#include "verifier/engine/tensor.h"

namespace padproof::verifier {

struct ElementDifference {
  std::size_t element = 0;
  double computed = 0;
  double expected = 0;
  double distance = 0;  // NaN if one of them is
  double bound = 0;
};

struct Judgement {
  bool is_equal = true;       // every element
  double used = 0;            // the largest part of the bound, of the elements that differ and are within
  std::size_t beyond = 0;     // elements
  std::size_t undecided = 0;  // elements that differ and have no finite bound
  std::optional<ElementDifference> worst;  // the one furthest beyond its bound
};

/// `computed` and `bound` are double; `bound` may be unset: everything must be equal. `expected` is of any
/// numeric type up to 64 bits as floats and 32 as integers; requires equal dims. An element that is just what
/// the reference engine gives (`reference`, may be null) is within, whatever the bound: float32 can give it.
Judgement judge(const Tensor& computed, const Tensor& bound, const Tensor& expected,
                const Tensor* reference = nullptr);

/// For types that have no exact doubles: equal bits, or everything is beyond.
Judgement judge_bits(const Tensor& computed, const Tensor& expected);

}  // namespace padproof::verifier
