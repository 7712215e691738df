// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cli/batch_work.h"
#include "cli/conversion.h"

namespace padproof::cli {

/// A model of a batch, from its place in the list to its line in the report.
struct BatchJob {
  BatchItem item;
  std::uint64_t bytes = 0;
  schemas::Model message;
  Conversion conversion;
  bool is_started = false;
  bool is_up_to_date = false;

  /// As in the manifest, or up_to_date, not_started.
  [[nodiscard]] std::string status() const;
};

}  // namespace padproof::cli
