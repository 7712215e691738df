// SPDX-License-Identifier: Apache-2.0
// Division, bounds and substitution of extents. Identities used, for integers and d, a > 0:
//   floor((d*q + r)/d) = q + floor(r/d)        floor((g*x + c)/(g*d)) = floor((x + floor(c/g))/d)
//   floor((floor(x/a) + y)/d) = floor((x + a*y)/(a*d))        ceil(x/d) = floor((x + d-1)/d)
#include <algorithm>
#include <numeric>
#include <utility>

#include "model/extent.h"
#include "model/extent_terms.h"

namespace padproof::model {
namespace {

using Terms = ExtentTerms;

std::int64_t floor_quotient(std::int64_t numerator, std::int64_t divisor) {
  return numerator / divisor - (numerator % divisor < 0 ? 1 : 0);
}

std::int64_t floor_remainder(std::int64_t numerator, std::int64_t divisor) {
  const std::int64_t remainder = numerator % divisor;
  return remainder < 0 ? remainder + divisor : remainder;
}

/// numerator = divisor * quotient + rest, with all numbers in `rest` within [0, divisor).
struct Reduced {
  Extent quotient;
  Extent rest;
};

Reduced reduce(const Extent& numerator, std::int64_t divisor) {
  const auto split = [&](std::int64_t number) {
    return std::pair(floor_quotient(number, divisor), floor_remainder(number, divisor));
  };
  std::vector<Terms::Term> quotients;
  std::vector<Terms::Term> rests;
  for (const Terms::Term& term : Terms::of(numerator)) {
    const auto [quotient, rest] = split(term.coefficient);
    if (quotient != 0) quotients.push_back({quotient, term.atoms});
    if (rest != 0) rests.push_back({rest, term.atoms});
  }
  const auto [quotient, rest] = split(Terms::constant(numerator));
  return {Terms::sum(quotient, std::move(quotients)), Terms::sum(rest, std::move(rests))};
}

/// The only term that is a bare floor(x/a), if there is just one.
const Terms::Term* lone_floor(const Extent& extent) {
  const Terms::Term* found = nullptr;
  for (const Terms::Term& term : Terms::of(extent)) {
    if (term.coefficient != 1 || term.atoms.size() != 1 || term.atoms[0]->kind != AtomKind::kFloorDiv)
      continue;
    if (found != nullptr) return nullptr;
    found = &term;
  }
  return found;
}

Extent floor_atom(const Extent& numerator, std::int64_t divisor) {
  std::int64_t common = divisor;
  for (const Terms::Term& term : Terms::of(numerator)) common = std::gcd(common, term.coefficient);
  std::vector<Terms::Term> terms = Terms::of(numerator);
  for (Terms::Term& term : terms) term.coefficient /= common;
  const std::int64_t d = divisor / common;
  const Extent n = Terms::sum(Terms::constant(numerator) / common, std::move(terms));
  const bool is_ceil = Terms::constant(n) == d - 1;
  const std::string over = "/" + std::to_string(d) + ")";
  std::string name = is_ceil ? "ceil(" + (n - (d - 1)).to_string() + over : "floor(" + n.to_string() + over;
  return Terms::of_atom({AtomKind::kFloorDiv, std::move(name), n, d});
}

Extent choice(AtomKind kind, std::string_view word, const Extent& left, const Extent& right) {
  std::string first = left.to_string();
  std::string second = right.to_string();
  if (second < first) std::swap(first, second);
  return Terms::of_atom({kind, std::string(word) + "(" + first + "," + second + ")", left, right});
}

bool at_least(const Extent& left, const Extent& right) { return lower_bound(left - right).value_or(-1) >= 0; }

std::optional<std::int64_t> atom_bound(const Terms::Atom& atom) {
  if (atom.kind == AtomKind::kSymbol) return 1;
  const auto left = lower_bound(atom.left);
  if (atom.kind == AtomKind::kFloorDiv) {
    return left ? std::optional(floor_quotient(*left, atom.right.value())) : std::nullopt;
  }
  const auto right = lower_bound(atom.right);
  if (left && right) return atom.kind == AtomKind::kMin ? std::min(*left, *right) : std::max(*left, *right);
  if (atom.kind == AtomKind::kMin) return std::nullopt;
  return left ? left : right;
}

std::optional<std::int64_t> term_bound(const Terms::Term& term) {
  if (term.coefficient < 0) return std::nullopt;
  std::optional<std::int64_t> bound = term.coefficient;
  for (const auto& atom : term.atoms) {
    const auto factor = atom_bound(*atom);
    if (!factor || *factor < 0 || !bound) return std::nullopt;
    bound = checked_multiply(*bound, *factor);
  }
  return bound;
}

/// The atoms of `whole` without those of `part`; nothing if `part` has others.
std::optional<Terms::Atoms> without(const Terms::Atoms& whole, const Terms::Atoms& part) {
  Terms::Atoms left;
  std::size_t taken = 0;
  for (const auto& atom : whole) {
    if (taken < part.size() && part[taken]->name == atom->name) {
      ++taken;
    } else {
      left.push_back(atom);
    }
  }
  return taken == part.size() ? std::optional(std::move(left)) : std::nullopt;
}

/// The term with which `denominator`'s leading term goes into that of `numerator`.
std::optional<Extent> leading_quotient(const Extent& numerator, const Extent& denominator) {
  static const Terms::Atoms kNoAtoms;
  const auto leading = [](const Extent& extent) {
    const auto& terms = Terms::of(extent);
    return terms.empty() ? std::pair(Terms::constant(extent), kNoAtoms)
                         : std::pair(terms[0].coefficient, terms[0].atoms);
  };
  const auto [above, atoms_above] = leading(numerator);
  const auto [below, atoms_below] = leading(denominator);
  if (below == 0 || (below == -1 ? above == INT64_MIN : above % below != 0)) return std::nullopt;
  auto atoms = without(atoms_above, atoms_below);
  if (!atoms) return std::nullopt;
  if (atoms->empty()) return Extent(above / below);
  return Terms::of_term({above / below, std::move(*atoms)});
}

/// Replaces the atom called `name`, which is that of a symbol.
Extent replace(const Extent& extent, const std::string& name, const Extent& value);

Extent replace_within(const Terms::Atom& atom, const std::string& name, const Extent& value) {
  if (atom.kind == AtomKind::kSymbol) return atom.name == name ? value : Terms::of_atom(atom);
  const Extent left = replace(atom.left, name, value);
  if (atom.kind == AtomKind::kFloorDiv) return floor_div(left, atom.right.value());
  const Extent right = replace(atom.right, name, value);
  return atom.kind == AtomKind::kMin ? min_of(left, right) : max_of(left, right);
}

Extent replace(const Extent& extent, const std::string& name, const Extent& value) {
  if (!extent.is_known()) return {};
  Extent sum(Terms::constant(extent));
  for (const Terms::Term& term : Terms::of(extent)) {
    Extent product(term.coefficient);
    for (const auto& atom : term.atoms) product = product * replace_within(*atom, name, value);
    sum = sum + product;
  }
  return sum;
}

}  // namespace

Extent floor_div(const Extent& numerator, std::int64_t divisor) {
  if (!numerator.is_known() || divisor <= 0) return {};
  if (numerator.is_constant()) return floor_quotient(numerator.value(), divisor);
  const auto [quotient, rest] = reduce(numerator, divisor);
  if (!rest.is_known() || rest.is_constant()) return rest.is_known() ? quotient : Extent();
  const Terms::Term* inner = lone_floor(rest);
  if (inner == nullptr) return quotient + floor_atom(rest, divisor);
  const Terms::Atom& atom = *inner->atoms[0];
  const auto product = checked_multiply(divisor, atom.right.value());
  if (!product) return {};
  return quotient + floor_div(atom.left + atom.right * (rest - Terms::of_term(*inner)), *product);
}

Extent ceil_div(const Extent& numerator, std::int64_t divisor) {
  if (numerator.is_constant() && divisor > 0) {
    return floor_quotient(numerator.value(), divisor) + (numerator.value() % divisor != 0 ? 1 : 0);
  }
  return floor_div(numerator + (divisor - 1), divisor);
}

std::optional<Extent> divide_exactly(const Extent& numerator, const Extent& denominator) {
  if (!numerator.is_known() || !denominator.is_known()) return std::nullopt;
  Extent quotient(0);
  Extent rest = numerator;
  // Each step removes the leading term, and multiplication keeps the order of terms, so this ends.
  while (!(rest.is_constant() && rest.value() == 0)) {
    const auto step = leading_quotient(rest, denominator);
    if (!step) return std::nullopt;
    quotient = quotient + *step;
    rest = rest - *step * denominator;
    if (!quotient.is_known() || !rest.is_known()) return std::nullopt;
  }
  return quotient;
}

Extent min_of(const Extent& left, const Extent& right) {
  if (!left.is_known() || !right.is_known()) return {};
  if (at_least(left, right)) return right;
  return at_least(right, left) ? left : choice(AtomKind::kMin, "min", left, right);
}

Extent max_of(const Extent& left, const Extent& right) {
  if (!left.is_known() || !right.is_known()) return {};
  if (at_least(left, right)) return left;
  return at_least(right, left) ? right : choice(AtomKind::kMax, "max", left, right);
}

std::optional<std::int64_t> lower_bound(const Extent& extent) {
  if (!extent.is_known()) return std::nullopt;
  std::int64_t bound = Terms::constant(extent);
  for (const Terms::Term& term : Terms::of(extent)) {
    const auto part = term_bound(term);
    const auto sum = part ? checked_add(bound, *part) : std::nullopt;
    if (!sum) return std::nullopt;
    bound = *sum;
  }
  return bound;
}

std::optional<std::int64_t> residue(const Extent& extent, std::int64_t modulus) {
  if (!extent.is_known() || modulus <= 0) return std::nullopt;
  for (const Terms::Term& term : Terms::of(extent)) {
    if (term.coefficient % modulus != 0) return std::nullopt;
  }
  return floor_remainder(Terms::constant(extent), modulus);
}

Extent substitute(const Extent& extent, std::string_view symbol, const Extent& value) {
  return substitute(extent, Extent::symbol(symbol), value);
}

Extent substitute(const Extent& extent, const Extent& symbol, const Extent& value) {
  return replace(extent, symbol.to_string(), value);
}

}  // namespace padproof::model
