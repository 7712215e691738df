// SPDX-License-Identifier: Apache-2.0
// The inside of an Extent, for the files that implement its arithmetic.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/extent.h"

namespace padproof::model {

enum class AtomKind { kSymbol, kFloorDiv, kMin, kMax };

/// What a polynomial treats as indivisible. The name identifies it: equal names are equal atoms.
struct Extent::Atom {
  AtomKind kind = AtomKind::kSymbol;
  std::string name;
  Extent left;   // kFloorDiv: the numerator; unused by symbols
  Extent right;  // kFloorDiv: the divisor, a constant
};

/// Access to the terms, and the one place that makes extents out of terms.
struct ExtentTerms {
  using Atom = Extent::Atom;
  using Atoms = Extent::Atoms;
  using Term = Extent::Term;

  static const std::vector<Term>& of(const Extent& extent) { return extent.terms_; }
  static std::int64_t constant(const Extent& extent) { return extent.constant_; }

  /// Sorts the terms and merges those of the same atoms; unknown on overflow or beyond the size limits.
  static Extent sum(std::int64_t constant, std::vector<Term> terms);
  static Extent of_term(Term term);
  static Extent of_atom(Atom atom);

  /// Higher degree first, then by names: an order that multiplication keeps.
  static bool before(const Atoms& left, const Atoms& right);
  static bool same(const Atoms& left, const Atoms& right);
};

}  // namespace padproof::model
