// SPDX-License-Identifier: Apache-2.0
#include "report/comparison_text.h"

#include <fmt/format.h>

#include "report/table.h"

namespace padproof::report {
namespace {

using schemas::Comparison;

std::string models_of_rounding(const Comparison& comparison) {
  if (comparison.method() == "tolerance") return "";
  std::string text;
  const auto add = [&](std::int32_t count, std::string_view what) {
    if (count != 0) text += fmt::format(", {} by {}", count, what);
  };
  add(comparison.worst_case(), "the worst case of one node");
  add(comparison.statistical(), "the statistical bound of several nodes");
  add(comparison.reference(), "equality with the reference engine");
  if (comparison.beyond() != 0) text += fmt::format(", {} beyond", comparison.beyond());
  if (comparison.unknown() != 0) text += fmt::format(", {} without a bound", comparison.unknown());
  return text;
}

std::string difference_of(const Comparison& comparison) {
  const schemas::Difference& first = comparison.first();
  const bool is_tolerance = comparison.method() == "tolerance";
  return fmt::format("first beyond: '{}' of {}{}{}: {:.9g} {}, {:.9g} expected, {:.3g} apart, {} {:.3g}; {} of {} elements",
                     first.value(), first.alone() || is_tolerance ? "" : "or before ", first.node(),
                     first.place().empty() ? "" : " at " + first.place(), first.computed(),
                     is_tolerance ? "computed" : "exactly", first.expected(), first.distance(),
                     is_tolerance ? "tolerance" : "bound", first.bound(), first.elements(), first.size());
}

}  // namespace

std::vector<std::string> comparison_lines(const Comparison& comparison, bool color) {
  const std::string& outcome = comparison.outcome();
  const std::string& style = outcome == "within" ? kGreen : outcome == "beyond" ? kRed : kYellow;
  const std::string subject = comparison.subject() == "model" ? "" : " of the " + comparison.subject();
  const std::string method = comparison.method() == "tolerance" ? "the tolerance" : "rounding";
  std::vector<std::string> lines{fmt::format(
      "expected{}: {}{}: {} value{}{}", subject, styled(outcome, style, color),
      outcome == "unknown" ? "" : " " + method, comparison.values(), comparison.values() == 1 ? "" : "s",
      models_of_rounding(comparison))};
  if (!comparison.tightest().empty())
    lines.push_back(fmt::format("closest to its {}: '{}', {:.2g} % used",
                                comparison.method() == "tolerance" ? "tolerance" : "bound",
                                comparison.tightest(), 100 * comparison.used()));
  if (comparison.has_first()) lines.push_back(difference_of(comparison));
  if (!comparison.reason().empty()) lines.push_back("not judged: " + comparison.reason());
  return lines;
}

}  // namespace padproof::report
