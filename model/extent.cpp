// SPDX-License-Identifier: Apache-2.0
#include "model/extent.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "model/extent_terms.h"
#include "model/result.h"

namespace padproof::model {
namespace {

// A hostile graph can square an extent at every node; beyond these limits nobody would read the expression
// either.
constexpr std::size_t kMaxTerms = 16;
constexpr std::size_t kMaxDegree = 8;
constexpr std::size_t kMaxNameBytes = 256;

/// No character of an expression, so that a name cannot be taken for one. Brackets and the like occur in
/// exporters' names (`input_1:0`, `images[2]`).
bool is_plain(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto later = [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') ||
           std::string_view(".:[]#@$").find(c) != std::string_view::npos;
  };
  return letter(name[0]) && std::all_of(name.begin(), name.end(), later);
}

std::string quoted(std::string_view name) {
  std::string text = "'";
  for (const char c : name) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  // What is not text becomes \xNN; a backslash of the name's own is doubled by now, so names stay apart.
  return printable(text, std::string_view::npos) + "'";
}

std::string term_text(std::int64_t coefficient, const ExtentTerms::Atoms& atoms) {
  std::string text;
  if (coefficient == -1) {
    text = "-";
  } else if (coefficient != 1) {
    text = std::to_string(coefficient) + "*";
  }
  for (const auto& atom : atoms) {
    if (&atom != &atoms.front()) text += '*';
    text += atom->name;
  }
  return text;
}

bool same_atom(const std::shared_ptr<const ExtentTerms::Atom>& left,
               const std::shared_ptr<const ExtentTerms::Atom>& right) {
  return left == right || left->name == right->name;
}

}  // namespace

bool ExtentTerms::before(const Atoms& left, const Atoms& right) {
  if (left.size() != right.size()) return left.size() > right.size();
  return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(),
                                      [](const auto& a, const auto& b) { return a->name < b->name; });
}

bool ExtentTerms::same(const Atoms& left, const Atoms& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), same_atom);
}

Extent ExtentTerms::sum(std::int64_t constant, std::vector<Term> terms) {
  std::sort(terms.begin(), terms.end(),
            [](const Term& a, const Term& b) { return before(a.atoms, b.atoms); });
  Extent result(constant);
  for (Term& term : terms) {
    if (term.atoms.size() > kMaxDegree) return {};
    if (result.terms_.empty() || !same(result.terms_.back().atoms, term.atoms)) {
      result.terms_.push_back(std::move(term));
    } else {
      const auto merged = checked_add(result.terms_.back().coefficient, term.coefficient);
      if (!merged) return {};
      result.terms_.back().coefficient = *merged;
    }
    if (result.terms_.back().coefficient == 0) result.terms_.pop_back();
  }
  return result.terms_.size() <= kMaxTerms ? result : Extent();
}

Extent ExtentTerms::of_term(Term term) {
  std::vector<Term> terms;
  terms.push_back(std::move(term));
  return sum(0, std::move(terms));
}

Extent ExtentTerms::of_atom(Atom atom) {
  if (atom.name.size() > kMaxNameBytes) return {};
  return of_term({1, {std::make_shared<const Atom>(std::move(atom))}});
}

Extent Extent::symbol(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes) return {};
  return ExtentTerms::of_atom(
      {AtomKind::kSymbol, is_plain(name) ? std::string(name) : quoted(name), Extent(), Extent()});
}

std::optional<std::int64_t> Extent::constant() const {
  return is_constant() ? std::optional<std::int64_t>(constant_) : std::nullopt;
}

std::string Extent::to_string() const {
  if (!known_) return "?";
  std::string text;
  for (const Term& term : terms_) {
    if (!text.empty() && term.coefficient > 0) text += '+';
    text += term_text(term.coefficient, term.atoms);
  }
  if (terms_.empty()) return std::to_string(constant_);
  if (constant_ > 0) text += '+';
  if (constant_ != 0) text += std::to_string(constant_);
  return terms_.size() > 1 || constant_ != 0 ? "(" + text + ")" : text;
}

bool Extent::same_as(const Extent& other) const {
  const auto same = [](const Term& left, const Term& right) {
    return left.coefficient == right.coefficient && ExtentTerms::same(left.atoms, right.atoms);
  };
  return known_ && other.known_ && constant_ == other.constant_ &&
         std::equal(terms_.begin(), terms_.end(), other.terms_.begin(), other.terms_.end(), same);
}

bool Extent::may_equal(const Extent& other) const {
  const Extent difference = *this - other;
  if (!difference.known_) return true;
  if (difference.terms_.empty()) return difference.constant_ == 0;
  return lower_bound(difference).value_or(0) <= 0 && lower_bound(other - *this).value_or(0) <= 0;
}

Extent operator+(const Extent& left, const Extent& right) {
  if (!left.known_ || !right.known_) return {};
  const auto constant = checked_add(left.constant_, right.constant_);
  if (!constant) return {};
  if (left.terms_.empty() && right.terms_.empty()) return *constant;
  std::vector<Extent::Term> terms = left.terms_;
  terms.insert(terms.end(), right.terms_.begin(), right.terms_.end());
  return ExtentTerms::sum(*constant, std::move(terms));
}

Extent operator-(const Extent& left, const Extent& right) { return left + right * Extent(-1); }

Extent operator*(const Extent& left, const Extent& right) {
  if (!left.known_ || !right.known_) return {};
  const auto constant = checked_multiply(left.constant_, right.constant_);
  if (!constant) return {};
  std::vector<Extent::Term> terms;
  // Adds coefficient * product(a, b), where either side may be the bare constant (no atoms).
  const auto add = [&](std::int64_t a, std::int64_t b, const Extent::Atoms& x, const Extent::Atoms& y) {
    const auto coefficient = checked_multiply(a, b);
    if (!coefficient) return false;
    Extent::Term& term = terms.emplace_back(Extent::Term{*coefficient, {}});
    std::merge(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(term.atoms),
               [](const auto& p, const auto& q) { return p->name < q->name; });
    if (*coefficient == 0) terms.pop_back();
    return true;
  };
  for (const Extent::Term& x : left.terms_) {
    if (!add(x.coefficient, right.constant_, x.atoms, {})) return {};
    for (const Extent::Term& y : right.terms_) {
      if (!add(x.coefficient, y.coefficient, x.atoms, y.atoms)) return {};
    }
  }
  for (const Extent::Term& y : right.terms_) {
    if (!add(left.constant_, y.coefficient, {}, y.atoms)) return {};
  }
  return ExtentTerms::sum(*constant, std::move(terms));
}

std::optional<std::int64_t> checked_multiply(std::int64_t left, std::int64_t right) {
  std::int64_t product = 0;
  return __builtin_mul_overflow(left, right, &product) ? std::nullopt : std::optional(product);
}

std::optional<std::int64_t> checked_add(std::int64_t left, std::int64_t right) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(left, right, &sum) ? std::nullopt : std::optional(sum);
}

std::string to_string(const Shape& shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (const Extent& extent : shape) {
    if (&extent != &shape.front()) text += 'x';
    text += extent.to_string();
  }
  return text;
}

Extent element_count(const Shape& shape) {
  Extent count(1);
  for (const Extent& extent : shape) count = count * extent;
  return count;
}

}  // namespace padproof::model
