// SPDX-License-Identifier: Apache-2.0
// Reading pages that a mapped file has lost, because it was cut short or its disk fails, raises SIGBUS, which
// ends the process. In a program that asked for guarding such pages read as zeros, and the mapping knows.
#pragma once

#include "model/bytes.h"

namespace padproof::model {

/// Guards all GuardedMappings of the process from now on; a SIGBUS elsewhere does what it did. For programs:
/// a library leaves signals alone.
void guard_mappings();

/// A mapping (all of it) for as long as it lives.
class GuardedMapping {
 public:
  explicit GuardedMapping(Bytes mapping);
  GuardedMapping(const GuardedMapping&) = delete;
  GuardedMapping& operator=(const GuardedMapping&) = delete;
  ~GuardedMapping();

  /// Whether zeros were read where pages should have been.
  [[nodiscard]] bool has_lost_pages() const;

  class Entry;

 private:
  Entry* entry_;
};

}  // namespace padproof::model
