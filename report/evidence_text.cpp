// SPDX-License-Identifier: Apache-2.0
#include "report/evidence_text.h"

#include <fmt/format.h>

#include "report/table.h"
#include "verifier/rounding/compare.h"

namespace padproof::report {
namespace {

using schemas::Comparison;

/// `2 values, by the worst case of one node`, or how many by what.
std::string judged(const Comparison& comparison) {
  std::string text = plural(static_cast<std::size_t>(comparison.values()), "value");
  if (comparison.method() == "tolerance") return text;
  std::string parts;
  const auto add = [&](std::int32_t count, std::string_view what) {
    if (count == 0) return;
    const std::string number = count == comparison.values() ? "" : std::to_string(count) + " ";
    parts += fmt::format(", {}{}", number, what);
  };
  add(comparison.worst_case(), "by the worst case of one node");
  add(comparison.statistical(), "by the statistical bound of several nodes");
  add(comparison.reference(), "by equality with the reference engine");
  if (comparison.beyond() < comparison.values()) add(comparison.beyond(), "beyond");
  add(comparison.unknown(), "without a bound");
  return text + parts;
}

std::string difference_of(const Comparison& comparison) {
  const schemas::Difference& first = comparison.first();
  const bool is_tolerance = comparison.method() == "tolerance";
  return fmt::format(
      "first beyond: '{}' of {}{}{}: {:.9g} {}, {:.9g} expected, {:.3g} apart, {} {:.3g}; {} of {} elements",
      first.value(), first.alone() || is_tolerance ? "" : "or before ", first.node(),
      first.place().empty() ? "" : " at " + first.place(), first.computed(),
      is_tolerance ? "computed" : "exactly", first.expected(), first.distance(),
      is_tolerance ? "tolerance" : "bound", first.bound(), first.elements(), first.size());
}

}  // namespace

std::vector<std::string> proof_lines(const schemas::Proof& proof, bool color) {
  std::vector<std::string> lines;
  for (const std::string& problem : proof.problems()) lines.push_back(styled(problem, kYellow, color));
  for (const std::string& assumption : proof.assumptions()) lines.push_back("rests on: " + assumption);
  std::string text =
      fmt::format("proof: {} identical, {} by index map", proof.identical(), proof.index_map());
  if (proof.composed_pad() != 0) text += fmt::format(", {} with Pad nodes folded in", proof.composed_pad());
  if (proof.unreached() != 0) text += fmt::format(", {} that reach no output", proof.unreached());
  lines.push_back(text);
  return lines;
}

std::vector<std::string> execution_lines(const schemas::Execution& execution, bool color) {
  const std::string outcome = styled(execution.outcome(), style_of(execution.outcome()), color);
  if (execution.outcome() == "identical")
    return {fmt::format("execution: {}, bit for bit, over {} from seed {}{}", outcome,
                        plural(static_cast<std::size_t>(execution.samples()), "sample"), execution.seed(),
                        execution.has_nan() ? " (outputs hold NaN)" : "")};
  if (execution.outcome() != "different")
    return {fmt::format("execution: {}: {}", outcome, execution.reason())};
  std::vector<std::string> lines{
      fmt::format("execution: {} at seed {}: {}", outcome, execution.seed(), execution.output())};
  if (!execution.has_first()) return lines;
  const auto& first = execution.first();
  const bool is_said = execution.output().starts_with("'" + first.value() + "': ");
  lines.push_back(fmt::format("first node that differs: {}, value '{}'{}", execution.first_node(),
                              first.value(), is_said ? "" : ": " + first.text()));
  return lines;
}

std::vector<std::string> comparison_lines(const Comparison& comparison, bool color) {
  const std::string& outcome = comparison.outcome();
  const std::string subject = comparison.subject() == "model" ? "" : " of the " + comparison.subject();
  const std::string method = comparison.method() == "tolerance" ? "the tolerance" : "rounding";
  std::vector<std::string> lines{fmt::format("expected{}: {}{}: {}", subject,
                                             styled(outcome, style_of(outcome), color),
                                             outcome == "unknown" ? "" : " " + method, judged(comparison))};
  if (!comparison.tightest().empty())
    lines.push_back(fmt::format("closest to its {}: '{}', {} % used",
                                comparison.method() == "tolerance" ? "tolerance" : "bound",
                                comparison.tightest(), verifier::percent_of(comparison.used())));
  if (comparison.has_first()) lines.push_back(difference_of(comparison));
  if (!comparison.reason().empty()) lines.push_back("not judged: " + comparison.reason());
  return lines;
}

}  // namespace padproof::report
