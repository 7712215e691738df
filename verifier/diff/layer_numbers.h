// SPDX-License-Identifier: Apache-2.0
// By how much, and where, the values of one layer differ between two models.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "verifier/engine/tensor.h"

namespace padproof::verifier {

/// The outputs of one layer, or of the batch normalisation behind it.
struct LayerNumbers {
  bool is_known = false;  // both sides gave it, of one type and with the same extents
  std::int64_t elements = 0;
  std::int64_t differing = 0;  // in any bit
  double max_absolute = 0;
  double mean_absolute = 0;          // over all elements; those that are NaN on a side count nothing
  double largest = 0;                // magnitude in the source: what the difference is to be seen against
  bool has_border = false;           // a map [N,C,spatial...]; the others below are for maps only
  std::int64_t border_elements = 0;  // at the first or last cell of a spatial axis
  std::int64_t on_border = 0;        // of those that differ
  double border_part = 0;            // of the summed difference; 0 where that is not finite
  std::vector<std::string> heat;     // heat.h; none where no number differs
  bool is_beyond_rounding = false;   // the layer's own values, explain.h
};

/// Requires equal types and dims. Not known for types that are no numbers.
LayerNumbers measure(const Tensor& source, const Tensor& target);

}  // namespace padproof::verifier
