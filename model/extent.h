// SPDX-License-Identifier: Apache-2.0
// Extents: sizes of axes, as integers or symbols. One arithmetic for shapes, plan and proof.
//
// A known extent is a polynomial over symbols with integer coefficients. What is not one (`ceil(H/2)`,
// `min(H,7)`) is an atom of its own whose name is the canonical expression, so that equal expressions are
// equal extents: `ceil(ceil(H/2)/2)` is `ceil(H/4)`, and `floor((H-1)/2)+1` is `ceil(H/2)`. A symbol stands
// for a size of at least 1. The unknown extent equals nothing, itself included. Arithmetic that leaves 64
// bits, or expressions that grow beyond reason (names come from untrusted files), give the unknown extent.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace padproof::model {

class Extent {
 public:
  /// The unknown extent.
  Extent() = default;
  /// A constant; negative values are allowed so that contents of shape tensors (-1) can be held.
  Extent(std::int64_t value) : known_(true), constant_(value) {}  // NOLINT(google-explicit-constructor)
  /// A size known by name only; unknown if the name is empty. A name that is not an identifier is quoted, so
  /// that no name can pass for an expression.
  static Extent symbol(std::string_view name);

  [[nodiscard]] bool is_known() const { return known_; }
  [[nodiscard]] bool is_constant() const { return known_ && terms_.empty(); }
  /// Requires is_constant().
  [[nodiscard]] std::int64_t value() const { return constant_; }
  [[nodiscard]] std::optional<std::int64_t> constant() const;
  /// `?` when unknown, otherwise `3`, `N`, `2*N`, `(H+3)`, `ceil(H/2)`.
  [[nodiscard]] std::string to_string() const;

  /// Same expression, hence equal for every binding of the symbols. False when either is unknown.
  [[nodiscard]] bool same_as(const Extent& other) const;
  /// False only if no sizes that the symbols can stand for make the two equal.
  [[nodiscard]] bool may_equal(const Extent& other) const;

  friend Extent operator*(const Extent& left, const Extent& right);
  friend Extent operator+(const Extent& left, const Extent& right);
  friend Extent operator-(const Extent& left, const Extent& right);

 private:
  friend struct ExtentTerms;
  struct Atom;
  using Atoms = std::vector<std::shared_ptr<const Atom>>;  // sorted by name; repeated for powers
  struct Term {
    std::int64_t coefficient;  // not 0
    Atoms atoms;               // not empty
  };

  bool known_ = false;
  std::int64_t constant_ = 0;
  std::vector<Term> terms_;  // higher degrees first, then by name; no two of the same atoms
};

/// numerator / denominator when it is exact for every binding, otherwise nothing. The denominator must not be
/// 0.
std::optional<Extent> divide_exactly(const Extent& numerator, const Extent& denominator);

/// floor(numerator / divisor), divisor > 0; symbolic results carry a canonical name.
Extent floor_div(const Extent& numerator, std::int64_t divisor);

/// ceil(numerator / divisor), divisor > 0; ceil(ceil(H/a)/b) is ceil(H/(a*b)).
Extent ceil_div(const Extent& numerator, std::int64_t divisor);

/// The smaller, the larger of two; an atom `min(...)`, `max(...)` if that depends on the symbols.
Extent min_of(const Extent& left, const Extent& right);
Extent max_of(const Extent& left, const Extent& right);

/// A bound that holds for all sizes >= 1, if one is evident.
std::optional<std::int64_t> lower_bound(const Extent& extent);

/// extent mod modulus, in [0, modulus), if it is the same for every binding; modulus > 0.
std::optional<std::int64_t> residue(const Extent& extent, std::int64_t modulus);

/// `extent` with every occurrence of a symbol replaced; 32*q+r for H makes residues of ceil(H/4) evident.
Extent substitute(const Extent& extent, std::string_view symbol, const Extent& value);
/// The same of a symbol that is there already.
Extent substitute(const Extent& extent, const Extent& symbol, const Extent& value);

/// Constant arithmetic that overflows 64 bits gives nothing.
std::optional<std::int64_t> checked_multiply(std::int64_t left, std::int64_t right);
std::optional<std::int64_t> checked_add(std::int64_t left, std::int64_t right);

using Shape = std::vector<Extent>;

/// `1x3xHxW`; `scalar` for rank 0.
std::string to_string(const Shape& shape);

/// Product of all extents; 1 for rank 0; unknown if any is.
Extent element_count(const Shape& shape);

}  // namespace padproof::model
