// SPDX-License-Identifier: Apache-2.0
// What Instance-, Layer- and GroupNormalization normalise together: runs of cells in row-major order, with
// their moments and how far float32 may take these. Formulas in normalization.cpp.
#pragma once

#include <span>

#include "verifier/rounding/rule.h"

namespace padproof::verifier {

struct NormalizedRows {
  std::int64_t count = 0;
  std::int64_t cells = 0;  // of a row
  double epsilon = 0;
  std::vector<double> scale;  // for each cell of the data
  std::vector<double> bias;

  /// visit(element, its scale, its bias)
  template <class Visit>
  void for_each_cell(std::int64_t row, Visit&& visit) const {
    const auto first = static_cast<std::size_t>(row * cells);
    for (std::size_t i = first; i < first + static_cast<std::size_t>(cells); ++i) visit(i, scale[i], bias[i]);
  }
};

/// Requires operands that the engine accepts. kUnsupported if others than the data have errors, or if a row
/// has no variance and epsilon is 0.
model::Result<NormalizedRows> normalized_rows(const RuleContext& context);

struct RowMoments {
  double mean = 0;
  double mean_size = 0;
  double mean_square = 0;
  double total = 0;  // variance + epsilon
};

RowMoments moments_of_row(const NormalizedRows& rows, std::int64_t row, std::span<const double> x);

struct RowErrors {
  double most_mean = 0;  // |mean| and its error
  double of_mean = 0;
  double inverse = 0;
  double of_inverse = 0;  // may be infinite
};

/// `factor`: what a mean of terms of one sign is off by, relatively.
RowErrors errors_of_row(const RowMoments& moments, double factor);

}  // namespace padproof::verifier
