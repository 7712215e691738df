// SPDX-License-Identifier: Apache-2.0
// Loops of kernels that look at the clock: past the deadline they end early, whatever they have done, since
// nobody will look at it. Every loop whose length a file can choose is one of these, or asks is_cut_off().
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "verifier/engine/kernel.h"

namespace padproof::verifier {

/// Operations between two looks: tens of microseconds, a look takes nanoseconds.
inline constexpr std::int64_t kOperationsAtOnce = std::int64_t{1} << 16;

/// Of finding an element's place by divisions.
inline constexpr std::int64_t kOperationsOfPlace = 8;

/// Calls piece(begin, end) for parts of [0, count) in ascending order, `at_once` long.
template <class Piece>
void for_each_piece_in_time(std::int64_t count, std::int64_t at_once, Piece&& piece) {
  for (std::int64_t begin = 0; begin < count;) {
    const std::int64_t end = count - begin <= at_once ? count : begin + at_once;
    piece(begin, end);
    if (end == count || is_cut_off()) return;
    begin = end;
  }
}

/// Calls visit(i) for i = 0, 1, ... count - 1, each of which takes about `operations`.
template <class Visit>
void for_each_in_time(std::int64_t count, std::int64_t operations, Visit&& visit) {
  const std::int64_t at_once =
      std::max<std::int64_t>(1, kOperationsAtOnce / std::max<std::int64_t>(1, operations));
  for_each_piece_in_time(count, at_once, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) visit(i);
  });
}

inline void copy_in_time(void* to, const void* from, std::size_t bytes) {
  constexpr std::int64_t kBytesAtOnce = std::int64_t{1} << 24;
  for_each_piece_in_time(
      static_cast<std::int64_t>(bytes), kBytesAtOnce, [&](std::int64_t begin, std::int64_t end) {
        std::memcpy(static_cast<std::byte*>(to) + begin, static_cast<const std::byte*>(from) + begin,
                    static_cast<std::size_t>(end - begin));
      });
}

inline void fill_in_time(void* to, int byte, std::size_t bytes) {
  constexpr std::int64_t kBytesAtOnce = std::int64_t{1} << 24;
  for_each_piece_in_time(
      static_cast<std::int64_t>(bytes), kBytesAtOnce, [&](std::int64_t begin, std::int64_t end) {
        std::memset(static_cast<std::byte*>(to) + begin, byte, static_cast<std::size_t>(end - begin));
      });
}

/// For loops of other forms.
class Watch {
 public:
  /// Whether to stop, asked before `operations` more.
  bool is_over(std::int64_t operations = 1) {
    since_ += operations;
    if (since_ < kOperationsAtOnce) return is_over_;
    since_ = 0;
    return is_over_ = is_over_ || is_cut_off();
  }

 private:
  std::int64_t since_ = 0;
  bool is_over_ = false;
};

/// std::stable_sort; cut off it leaves some order of some of the elements.
template <class Iterator, class Less>
void stable_sort_in_time(Iterator first, Iterator last, Less less) {
  struct CutOff {};
  Watch watch;
  try {
    std::stable_sort(first, last, [&](const auto& left, const auto& right) {
      if (watch.is_over()) throw CutOff{};
      return less(left, right);
    });
  } catch (const CutOff&) {
    return;
  }
}

}  // namespace padproof::verifier
