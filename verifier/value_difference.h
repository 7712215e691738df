// SPDX-License-Identifier: Apache-2.0
// How two tensors that should have the same bits differ.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "verifier/engine/tensor.h"

namespace padproof::verifier {

struct ValueDifference {
  std::string node;   // what computed the value in the target: `Conv 'name'`
  std::string value;  // the value's name
  std::string kind;   // empty, or why elements cannot be compared: another type or other extents
  std::int64_t elements = 0;
  std::int64_t differing = 0;
  std::int64_t on_border = 0;  // of the differing ones: at the first or last cell of a spatial axis
  bool has_border = false;     // the value is a map: [N,C,spatial...]
  double max_absolute = 0;     // over pairs of numbers
  double max_relative = 0;     // to the source's value
  std::uint64_t max_ulps = 0;  // steps between neighbouring numbers; 0 for integers
  std::string place;           // of the first that differs: `[0,2,5,5]`
  std::string source;          // its value there
  std::string target;
};

/// Nothing if type, extents and bits are the same. `node` and `value` are left to the caller.
std::optional<ValueDifference> difference(const Tensor& source, const Tensor& target);

/// `12544 of 12544 elements differ, by up to 16.2 (87 % of the value, 123 ulps); ...`
std::string describe(const ValueDifference& difference);

}  // namespace padproof::verifier
