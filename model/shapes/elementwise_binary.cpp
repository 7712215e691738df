// SPDX-License-Identifier: Apache-2.0
// Operators that broadcast their inputs. Before opset 7 only the second input was broadcast, by the
// attributes `broadcast` and `axis`, so that the output has the shape of the first.
#include "model/shapes/arithmetic.h"
#include "model/shapes/contents.h"
#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

constexpr std::int64_t kMultidirectionalSince = 7;
constexpr std::int64_t kVariadicBroadcastSince = 8;

DataType common_dtype(const RuleContext& context) {
  const DataType first = context.dtype(0);
  return first == DataType::kUndefined ? context.dtype(1) : first;
}

bool is_float(DataType dtype) {
  return dtype == DataType::kFloat || dtype == DataType::kDouble || dtype == DataType::kFloat16 ||
         dtype == DataType::kBfloat16;
}

/// Broadcasts the given inputs in order and sets output 0. Nothing if one of them has no shape; it is given
/// up then.
Result<std::optional<Shape>> set_broadcast(RuleContext& context, DataType dtype,
                                           const std::vector<std::size_t>& inputs) {
  Shape shape;
  for (const std::size_t input : inputs) {
    const Shape* own = context.shape(input);
    if (own == nullptr) {
      if (auto given_up = give_up(context, 0, dtype, input); !given_up) return Error(given_up.error());
      return std::nullopt;
    }
    auto wider = broadcast(shape, *own);
    if (!wider) return Error(wider.error());
    shape = std::move(*wider);
  }
  context.set(0, dtype, shape);
  return shape;
}

/// Opset < 7: the shape of A, or that of B where A's is unknown and nothing is broadcast.
Result<void> legacy(RuleContext& context, DataType dtype, const Arithmetic* arithmetic) {
  const bool second = context.shape(0) == nullptr && context.attributes.int_or("broadcast", 0) == 0;
  set_like(context, 0, dtype, second ? 1 : 0);
  const Shape* shape = context.shape(0);
  const bool aligned = !context.attributes.has("axis");
  if (shape != nullptr && aligned && arithmetic != nullptr) fold_contents(context, *shape, *arithmetic);
  return {};
}

Result<void> binary(RuleContext& context, DataType dtype, const Arithmetic* arithmetic) {
  if (context.opset < kMultidirectionalSince) return legacy(context, dtype, arithmetic);
  if (context.attributes.int_or("broadcast", 0) != 0) return refuse_attribute(context, "broadcast");
  const auto shape = set_broadcast(context, dtype, {0, 1});
  if (!shape) return Error(shape.error());
  if (*shape && arithmetic != nullptr) fold_contents(context, **shape, *arithmetic);
  return {};
}

Result<void> arithmetic_rule(RuleContext& context, const Arithmetic& arithmetic) {
  return binary(context, common_dtype(context), &arithmetic);
}

Result<void> comparison(RuleContext& context, const Arithmetic& arithmetic) {
  return binary(context, DataType::kBool, &arithmetic);
}

Result<void> variadic(RuleContext& context, const Arithmetic* arithmetic) {
  std::vector<std::size_t> inputs;
  for (std::size_t input = 0; input < context.input_count(); ++input) inputs.push_back(input);
  if (inputs.empty()) return malformed("missing-input", "at least one input is needed", "0", ">= 1");
  if (context.opset < kVariadicBroadcastSince) {
    set_like(context, 0, context.dtype(0), 0);
    return {};
  }
  const auto shape = set_broadcast(context, context.dtype(0), inputs);
  if (!shape) return Error(shape.error());
  if (*shape && arithmetic != nullptr) fold_contents(context, **shape, *arithmetic);
  return {};
}

}  // namespace

Result<void> broadcast_two(RuleContext& context) { return binary(context, common_dtype(context), nullptr); }
Result<void> add(RuleContext& context) { return arithmetic_rule(context, kAddition); }
Result<void> subtract(RuleContext& context) { return arithmetic_rule(context, kSubtraction); }
Result<void> multiply(RuleContext& context) { return arithmetic_rule(context, kMultiplication); }

Result<void> divide(RuleContext& context) {
  return arithmetic_rule(context, is_float(common_dtype(context)) ? kRealDivision : kIntegerDivision);
}

Result<void> modulo(RuleContext& context) {
  const bool truncated = context.attributes.int_or("fmod", 0) != 0;
  return arithmetic_rule(context, truncated ? kTruncatedRemainder : kFlooredRemainder);
}

Result<void> equal(RuleContext& context) { return comparison(context, kEqual); }
Result<void> less(RuleContext& context) { return comparison(context, kLess); }
Result<void> less_or_equal(RuleContext& context) { return comparison(context, kLessOrEqual); }
Result<void> greater(RuleContext& context) { return comparison(context, kGreater); }
Result<void> greater_or_equal(RuleContext& context) { return comparison(context, kGreaterOrEqual); }
Result<void> logical_and(RuleContext& context) { return comparison(context, kAnd); }
Result<void> logical_or(RuleContext& context) { return comparison(context, kOr); }
Result<void> logical_xor(RuleContext& context) { return comparison(context, kXor); }

Result<void> minimum(RuleContext& context) { return variadic(context, &kMinimum); }
Result<void> maximum(RuleContext& context) { return variadic(context, &kMaximum); }
Result<void> sum(RuleContext& context) { return variadic(context, &kAddition); }
Result<void> mean(RuleContext& context) { return variadic(context, nullptr); }

Result<void> where(RuleContext& context) {
  const auto shape = set_broadcast(context, context.dtype(1), {0, 1, 2});
  if (!shape) return Error(shape.error());
  if (!*shape) return {};
  const auto elements = [&](std::size_t input) {
    const auto* contents = context.contents(input);
    return contents == nullptr ? std::nullopt
                               : read_view(broadcast_view(*context.shape(input), **shape), *contents);
  };
  const auto condition = elements(0);
  const auto chosen = elements(1);
  const auto otherwise = elements(2);
  if (!condition || !chosen || !otherwise) return {};
  std::vector<Extent> picked;
  for (std::size_t i = 0; i < condition->size(); ++i) {
    const Extent& truth = (*condition)[i];
    const bool same = (*chosen)[i].same_as((*otherwise)[i]);
    picked.push_back(same || truth.constant() == 1 ? (*chosen)[i]
                     : truth.constant() == 0       ? (*otherwise)[i]
                                                   : Extent());
  }
  context.set_contents(0, std::move(picked));
  return {};
}

Result<void> quantized_binary(RuleContext& context) {
  const auto shape = set_broadcast(context, context.dtype(0), {0, 3});
  return shape ? Result<void>() : Error(shape.error());
}

Result<void> quantized_where(RuleContext& context) {
  const auto shape = set_broadcast(context, context.dtype(1), {0, 1, 4});
  return shape ? Result<void>() : Error(shape.error());
}

}  // namespace padproof::model::shapes
