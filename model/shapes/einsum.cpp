// SPDX-License-Identifier: Apache-2.0
// Einsum. An ellipsis stands for the axes that a term does not name; they broadcast.
#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <utility>

#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

constexpr char kEllipsis = '.';

/// A term with blanks removed and its ellipsis as a single dot.
std::string simplified(std::string_view term) {
  std::string text;
  for (std::size_t i = 0; i < term.size(); ++i) {
    if (term[i] == ' ') continue;
    text += term[i];
    if (term.substr(i, 3) == "...") i += 2;
  }
  return text;
}

struct Labels {
  std::map<char, Extent> extents;  // in the order of an implicit output
  std::map<char, int> uses;
  Shape ellipsis;
};

Result<void> read_label(Labels& labels, char label, const Extent& extent) {
  const auto [place, added] = labels.extents.emplace(label, extent);
  ++labels.uses[label];
  if (added) return {};
  // An axis that is 1 long broadcasts against the others of its label.
  auto merged = broadcast({place->second}, {extent});
  if (!merged) return Error(merged.error());
  place->second = std::move(merged->front());
  return {};
}

Error bad_equation(std::string what, const std::string& term) {
  return bad_attribute("equation", std::move(what), printable(term), "letters and one ellipsis per term");
}

Result<void> read_term(Labels& labels, const std::string& term, const Shape& shape) {
  const auto named = static_cast<std::size_t>(
      std::count_if(term.begin(), term.end(), [](char c) { return c != kEllipsis; }));
  const bool open = named != term.size();
  if (named > shape.size() || (!open && named != shape.size())) {
    return malformed("rank", "a term does not fit its operand", to_string(shape), printable(term));
  }
  auto next = shape.begin();
  for (const char label : term) {
    if (label == kEllipsis) {
      const auto end = next + static_cast<std::ptrdiff_t>(shape.size() - named);
      auto wider = broadcast(labels.ellipsis, Shape(next, end));
      if (!wider) return Error(wider.error());
      labels.ellipsis = std::move(*wider);
      next = end;
    } else if (auto ok = read_label(labels, label, *next++); !ok) {
      return ok;
    }
  }
  return {};
}

Result<void> check_term(const std::string& term) {
  const auto is_letter = [](char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == kEllipsis;
  };
  if (!std::all_of(term.begin(), term.end(), is_letter) ||
      std::count(term.begin(), term.end(), kEllipsis) > 1) {
    return bad_equation("a term is malformed", term);
  }
  return {};
}

/// Without `->`: the ellipsis, then the labels that occur once, in order.
std::string implicit_output(const Labels& labels) {
  std::string term(1, kEllipsis);
  for (const auto& [label, uses] : labels.uses) {
    if (uses == 1) term += label;
  }
  return term;
}

Result<Shape> output_shape(const Labels& labels, const std::string& term) {
  Shape shape;
  for (const char label : term) {
    if (label == kEllipsis) {
      shape.insert(shape.end(), labels.ellipsis.begin(), labels.ellipsis.end());
      continue;
    }
    const auto found = labels.extents.find(label);
    if (found == labels.extents.end()) return bad_equation("the output names a label that no term has", term);
    shape.push_back(found->second);
  }
  return shape;
}

std::vector<std::string> split_terms(std::string_view terms) {
  std::vector<std::string> split;
  for (std::size_t begin = 0; begin <= terms.size();) {
    const std::size_t end = std::min(terms.find(',', begin), terms.size());
    split.push_back(simplified(terms.substr(begin, end - begin)));
    begin = end + 1;
  }
  return split;
}

}  // namespace

Result<void> einsum(RuleContext& context) {
  const std::string_view equation = context.attributes.string_or("equation", "");
  const std::size_t arrow = equation.find("->");
  const auto terms = split_terms(equation.substr(0, arrow));
  if (terms.size() != context.input_count()) {
    return bad_attribute("equation", "it does not have one term per operand", std::to_string(terms.size()),
                         std::to_string(context.input_count()));
  }
  Labels labels;
  for (std::size_t input = 0; input < terms.size(); ++input) {
    if (auto ok = check_term(terms[input]); !ok) return ok;
    const Shape* shape = context.shape(input);
    if (shape == nullptr) return give_up(context, 0, context.dtype(0), input);
    if (auto ok = read_term(labels, terms[input], *shape); !ok) return ok;
  }
  const std::string output =
      arrow == std::string_view::npos ? implicit_output(labels) : simplified(equation.substr(arrow + 2));
  if (auto ok = check_term(output); !ok) return ok;
  auto shape = output_shape(labels, output);
  if (!shape) return Error(shape.error());
  context.set(0, context.dtype(0), std::move(*shape));
  return {};
}

}  // namespace padproof::model::shapes
