// SPDX-License-Identifier: Apache-2.0
#include "model/shapes/arithmetic.h"

#include <algorithm>
#include <cmath>

#include "model/shapes/contents.h"

namespace padproof::model::shapes {
namespace {

bool never_negative(const Extent& value) { return lower_bound(value).value_or(-1) >= 0; }

Extent divide_whole(const Extent& left, const Extent& right) {
  if (right.is_constant() && right.value() == 0) return {};
  if (auto quotient = divide_exactly(left, right)) return *quotient;
  if (!right.is_constant()) return {};
  if (right.value() > 0 && never_negative(left)) return floor_div(left, right.value());
  if (right.value() == -1) return Extent(0) - left;
  return left.is_constant() ? Extent(left.value() / right.value()) : Extent();
}

Extent divide_real(const Extent& left, const Extent& right) {
  if (right.is_constant() && right.value() == 0) return {};
  return divide_exactly(left, right).value_or(Extent());
}

Extent floored_remainder(const Extent& left, const Extent& right) {
  if (!right.is_constant() || right.value() == 0 || right.value() == INT64_MIN) return {};
  if (right.value() > 0) return left - right * floor_div(left, right.value());
  return Extent(0) - floored_remainder(Extent(0) - left, Extent(-right.value()));
}

Extent truncated_remainder(const Extent& left, const Extent& right) {
  const Extent divisor = right.is_constant() && right.value() < 0 ? Extent(0) - right : right;
  if (never_negative(left)) return floored_remainder(left, divisor);
  return never_negative(Extent(0) - left) ? Extent(0) - floored_remainder(Extent(0) - left, divisor)
                                          : Extent();
}

Extent equal(const Extent& left, const Extent& right) {
  if (left.same_as(right)) return 1;
  return left.may_equal(right) ? Extent() : Extent(0);
}

Extent less(const Extent& left, const Extent& right) {
  if (lower_bound(right - left).value_or(0) >= 1) return 1;
  return never_negative(left - right) ? Extent(0) : Extent();
}

Extent negated(const Extent& truth) { return Extent(1) - truth; }

/// `decides` settles the result whatever the other operand is.
Extent connect(const Extent& left, const Extent& right, std::int64_t decides) {
  if (left.constant() == decides || right.constant() == decides) return decides;
  return left.is_constant() && right.is_constant() ? Extent(1 - decides) : Extent();
}

/// The elements of all inputs, each broadcast to `shape`, folded by `operation`.
template <class T, class Elements, class Operation>
std::optional<std::vector<T>> fold(const RuleContext& context, const Shape& shape, Elements elements,
                                   Operation operation) {
  std::optional<std::vector<T>> result;
  for (std::size_t input = 0; input < context.input_count(); ++input) {
    const Shape* from = context.shape(input);
    const std::optional<std::vector<T>> own = elements(input);
    if (from == nullptr || !own) return std::nullopt;
    auto repeated = read_view(broadcast_view(*from, shape), *own);
    if (!repeated) return std::nullopt;
    if (result) {
      std::transform(result->begin(), result->end(), repeated->begin(), result->begin(), operation);
    } else {
      result = std::move(repeated);
    }
  }
  return result;
}

}  // namespace

const Arithmetic kAddition = {[](const Extent& a, const Extent& b) { return a + b; },
                              [](float a, float b) { return a + b; }};
const Arithmetic kSubtraction = {[](const Extent& a, const Extent& b) { return a - b; },
                                 [](float a, float b) { return a - b; }};
const Arithmetic kMultiplication = {[](const Extent& a, const Extent& b) { return a * b; },
                                    [](float a, float b) { return a * b; }};
const Arithmetic kIntegerDivision = {divide_whole, nullptr};
const Arithmetic kRealDivision = {divide_real, [](float a, float b) { return a / b; }};
const Arithmetic kFlooredRemainder = {floored_remainder, nullptr};
const Arithmetic kTruncatedRemainder = {truncated_remainder, nullptr};
const Arithmetic kMinimum = {min_of, [](float a, float b) { return std::fmin(a, b); }};
const Arithmetic kMaximum = {max_of, [](float a, float b) { return std::fmax(a, b); }};

const Arithmetic kEqual = {equal, nullptr};
const Arithmetic kLess = {less, nullptr};
const Arithmetic kLessOrEqual = {[](const Extent& a, const Extent& b) { return negated(less(b, a)); },
                                 nullptr};
const Arithmetic kGreater = {[](const Extent& a, const Extent& b) { return less(b, a); }, nullptr};
const Arithmetic kGreaterOrEqual = {[](const Extent& a, const Extent& b) { return negated(less(a, b)); },
                                    nullptr};
const Arithmetic kAnd = {[](const Extent& a, const Extent& b) { return connect(a, b, 0); }, nullptr};
const Arithmetic kOr = {[](const Extent& a, const Extent& b) { return connect(a, b, 1); }, nullptr};
const Arithmetic kXor = {[](const Extent& a, const Extent& b) {
                           const bool constants = a.is_constant() && b.is_constant();
                           return constants ? Extent(a.value() == b.value() ? 0 : 1) : Extent();
                         },
                         nullptr};

void fold_contents(RuleContext& context, const Shape& shape, const Arithmetic& arithmetic) {
  const auto floats = [&](std::size_t input) {
    const auto* known = context.floats(input);
    return known == nullptr ? std::nullopt : std::optional(*known);
  };
  const auto whole = [&](std::size_t input) { return whole_numbers(context, input); };
  if (arithmetic.real != nullptr) {
    if (auto folded = fold<float>(context, shape, floats, arithmetic.real)) {
      return context.set_floats(0, std::move(*folded));
    }
  }
  if (auto folded = fold<Extent>(context, shape, whole, arithmetic.whole)) {
    context.set_contents(0, std::move(*folded));
  }
}

}  // namespace padproof::model::shapes
