// SPDX-License-Identifier: Apache-2.0
// Bounds what a small file may unfold into: functions called in cascades, values of a thousand axes, loops
// that forget one extent in every turn. Everything is counted in units of about a node or two hundred bytes.
#pragma once

#include <cstddef>

#include "model/deadline.h"
#include "model/facts.h"
#include "model/result.h"

namespace padproof::model {

/// Shapes of more axes are not followed: no runtime has them, and every value would carry one.
inline constexpr std::size_t kMaxRank = 64;

/// Graphs within calls within graphs; every level costs stack.
inline constexpr std::size_t kMaxInstanceDepth = 100;

class InferenceBudget {
 public:
  InferenceBudget(std::size_t limit, const Deadline& deadline) : limit_(limit), deadline_(deadline) {}

  /// kUnsupported once more than the limit has been spent, or the deadline has passed.
  Result<void> spend(std::size_t units);

  /// Enters one level of nesting for the life of the guard; an error beyond kMaxInstanceDepth.
  class Level {
   public:
    explicit Level(std::size_t& depth) : depth_(depth) { ++depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    ~Level() { --depth_; }
    [[nodiscard]] Result<void> check() const;

   private:
    std::size_t& depth_;
  };
  Level enter() { return Level(depth_); }

 private:
  std::size_t limit_;
  Deadline deadline_;
  std::size_t spent_ = 0;
  std::size_t depth_ = 0;
};

/// What it costs to hold and to handle the facts.
std::size_t units_of(const ValueFacts& facts);

/// What it costs to decode the constants of a node or a graph once.
std::size_t units_of(const TensorRef& tensor);

}  // namespace padproof::model
