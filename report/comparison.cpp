// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "model/result.h"
#include "report/build.h"

namespace padproof::report {
namespace {

std::string_view outcome_of(verifier::Agreement agreement) {
  switch (agreement) {
    case verifier::Agreement::kNotAsked:
      return "";
    case verifier::Agreement::kWithin:
      return "within";
    case verifier::Agreement::kBeyond:
      return "beyond";
    case verifier::Agreement::kUnknown:
      return "unknown";
  }
  return "";
}

/// A JSON number; 64 bits would be a string.
template <class Number>
std::int32_t count(Number number) {
  return static_cast<std::int32_t>(std::min<Number>(number, std::numeric_limits<std::int32_t>::max()));
}

void set_difference(schemas::Difference& message, const verifier::Difference& difference) {
  message.set_value(difference.value);
  message.set_node(difference.node);
  message.set_alone(difference.is_alone);
  message.set_place(difference.place);
  message.set_computed(difference.element.computed);
  message.set_expected(difference.element.expected);
  message.set_distance(difference.element.distance);
  message.set_bound(difference.element.bound);
  message.set_elements(count(difference.elements));
  message.set_size(count(difference.size));
}

}  // namespace

void add_comparison(schemas::Model& model, std::string_view subject, const verifier::Comparison& comparison) {
  if (comparison.agreement == verifier::Agreement::kNotAsked) return;
  set_comparison(*model.add_comparisons(), subject, comparison);
}

void set_comparison(schemas::Comparison& message, std::string_view subject,
                    const verifier::Comparison& comparison) {
  message.set_subject(std::string(subject));
  message.set_outcome(std::string(outcome_of(comparison.agreement)));
  message.set_method(comparison.by_tolerance ? "tolerance" : "rounding");
  message.set_values(count(comparison.values));
  message.set_worst_case(count(comparison.worst_case));
  message.set_statistical(count(comparison.statistical));
  message.set_reference(count(comparison.reference));
  message.set_beyond(count(comparison.beyond));
  message.set_unknown(count(comparison.unknown));
  message.set_used(comparison.used);
  message.set_tightest(comparison.tightest);
  if (comparison.first) set_difference(*message.mutable_first(), *comparison.first);
  message.set_reason(model::printable(comparison.reason));
}

}  // namespace padproof::report
