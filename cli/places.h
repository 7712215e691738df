// SPDX-License-Identifier: Apache-2.0
// Where files finally lie, links followed: which of many a path leads to, at eight bytes for each.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace padproof::cli {

/// model::normal_path, made cheap for files that come folder by folder.
class PlaceFinder {
 public:
  [[nodiscard]] std::string place_of(const std::string& path);

 private:
  std::string folder_;
  std::string normal_folder_;
};

/// A set of places by their hashes: two that are alike are taken for one, which refuses too much and never
/// too little.
class Places {
 public:
  void add(const std::string& place) { hashes_.push_back(hash_of(place)); }
  /// Before any question.
  void sort() { std::sort(hashes_.begin(), hashes_.end()); }
  [[nodiscard]] bool holds(const std::string& place) const { return count(place) > 0; }
  [[nodiscard]] bool holds_twice(const std::string& place) const { return count(place) > 1; }

 private:
  static std::uint64_t hash_of(const std::string& place) { return std::hash<std::string>{}(place); }
  [[nodiscard]] std::ptrdiff_t count(const std::string& place) const {
    const auto [first, last] = std::equal_range(hashes_.begin(), hashes_.end(), hash_of(place));
    return last - first;
  }

  std::vector<std::uint64_t> hashes_;
};

}  // namespace padproof::cli
