// SPDX-License-Identifier: Apache-2.0
#include "verifier/rounding/judge.h"

#include <cmath>
#include <limits>

#include "verifier/rounding/elements.h"

namespace padproof::verifier {
namespace {

/// Halfway between the largest float and what would follow it: rounds to infinity.
constexpr double kOverflow = 0x1.ffffffp127;

bool overflows_to(double computed, double bound, double expected) {
  if (!std::isinf(expected) || !std::isfinite(computed)) return false;
  return expected > 0 ? computed + bound >= kOverflow : computed - bound <= -kOverflow;
}

class Judge {
 public:
  void add(const ElementDifference& element, bool is_reference) {
    const double computed = element.computed;
    const double expected = element.expected;
    if (computed == expected || (std::isnan(computed) && std::isnan(expected))) return;
    judgement_.is_equal = false;
    // What overflows on the way may be anything; beside an infinity it may be NaN, but no number.
    if (!is_reference && !std::isfinite(element.bound) && (std::isfinite(computed) || std::isnan(expected))) {
      ++judgement_.undecided;
    } else if (std::isfinite(element.distance) && element.distance <= element.bound) {
      judgement_.used = std::max(judgement_.used, element.distance / element.bound);
    } else if (is_reference || overflows_to(computed, element.bound, expected)) {
      judgement_.used = std::max(judgement_.used, 1.0);
    } else {
      add_beyond(element);
    }
  }
  Judgement take() { return judgement_; }

 private:
  void add_beyond(const ElementDifference& element) {
    ++judgement_.beyond;
    // How many times the bound; what is no number, or has no bound, outdoes every number.
    double times = element.bound > 0 ? element.distance / element.bound : element.distance;
    if (!std::isfinite(times)) times = std::numeric_limits<double>::infinity();
    if (judgement_.worst && times <= most_times_) return;
    most_times_ = times;
    judgement_.worst = element;
  }

  Judgement judgement_;
  double most_times_ = 0;
};

}  // namespace

Judgement judge(const Tensor& computed, const Tensor& bound, const Tensor& expected,
                const Tensor* reference) {
  const auto wide = as_doubles(expected);
  const bool is_comparable =
      reference != nullptr && reference->dtype() == expected.dtype() && reference->dims() == expected.dims();
  const auto known = is_comparable ? as_doubles(*reference) : std::nullopt;
  Judge judge;
  const auto mine = computed.data<double>();
  const auto theirs = wide->data<double>();
  for (std::size_t i = 0; i < mine.size(); ++i) {
    const double limit = bound.is_set() ? bound.data<double>()[i] : 0;
    const double ours = known ? known->data<double>()[i] : 0;
    const bool is_reference = known && (ours == theirs[i] || (std::isnan(ours) && std::isnan(theirs[i])));
    judge.add({i, mine[i], theirs[i], std::abs(mine[i] - theirs[i]), limit}, is_reference);
  }
  return judge.take();
}

Judgement judge_bits(const Tensor& computed, const Tensor& expected) {
  Judgement judgement;
  if (same_bits(computed, expected)) return judgement;
  judgement.is_equal = false;
  judgement.beyond = 1;
  const std::size_t unit = std::max<std::size_t>(1, element_bytes(expected.dtype()));
  std::size_t at = 0;
  while (computed.bytes()[at] == expected.bytes()[at]) ++at;
  judgement.worst = ElementDifference{at / unit, 0, 0, std::numeric_limits<double>::quiet_NaN(), 0};
  return judgement;
}

}  // namespace padproof::verifier
