// SPDX-License-Identifier: Apache-2.0
// Part of a batch, for one of several machines: which models belong to it depends on their paths alone, so
// that every machine decides alike whatever the others find.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/result.h"

namespace padproof::converter {

struct Shard {
  std::uint64_t index = 1;  // from 1 to count
  std::uint64_t count = 1;

  /// Of the path below the folder that was given.
  [[nodiscard]] bool holds(std::string_view relative_path) const;
};

/// `2/8`.
model::Result<Shard> parse_shard(const std::string& text);

}  // namespace padproof::converter
