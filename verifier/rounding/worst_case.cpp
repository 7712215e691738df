// SPDX-License-Identifier: Apache-2.0
#include "verifier/rounding/worst_case.h"

#include <algorithm>
#include <cmath>

#include "verifier/rounding/rules.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

constexpr double kRaise = 1 + 0x1p-20;

double roundings_of(const RuleContext& context, const Tensor& output) {
  return terms_of(context, output) + context.row->roundings;
}

/// Whether the operator only selects or adds: no operand makes another larger.
bool only_adds(const RoundingRow& row) {
  if (row.worst_case == worst_copy || row.op_type == "Add" || row.op_type == "Sub") return true;
  return row.worst_case == worst_sum && row.roles.find('w') == std::string_view::npos;
}

/// What subnormal operands and products that are taken as zero add up to.
double flushed(const RuleContext& context, const Tensor& output) {
  double most = 1;
  if (only_adds(*context.row)) return kLeastNormal * (roundings_of(context, output) + 1);
  for (const UncertainValue* const value : context.inputs) {
    if (value == nullptr || !value->is_float()) continue;
    double largest = 0;
    for (const double element : value->exact.data<double>()) {
      if (std::isfinite(element)) largest = std::max(largest, std::abs(element));
    }
    most += largest;
  }
  return kLeastNormal * most * (roundings_of(context, output) + 1);
}

Result<void> check_power(const RuleContext& context) {
  const std::string_view op = context.node.op_type;
  if (op != "LpPool" && op != "GlobalLpPool") return {};
  const model::Attribute* const power = context.attributes.find("p");
  const bool is_plain =
      power == nullptr || (power->kind == model::AttributeKind::kInt && power->i >= 1 && power->i <= 2);
  if (is_plain) return {};
  return no_bound("a power that the rule does not cover");
}

}  // namespace

double gamma_of(double roundings) {
  const double total = roundings * kUnitRoundoff;
  return total < 1 ? total / (1 - total) : kUnbounded;
}

bool may_round(const RuleContext& context) {
  const auto is_float = [](const UncertainValue* value) { return value != nullptr && value->is_float(); };
  const bool has_places = context.node.op_type == "Resize" || context.node.op_type == "Upsample";
  return has_places || std::any_of(context.inputs.begin(), context.inputs.end(), is_float);
}

Result<OneNode> worst_case(const RuleContext& context) {
  if (!may_round(context)) {
    auto exact = context.run_exact();
    if (!exact) return Error(exact.error());
    if (exact->dtype() == DataType::kDouble) return no_bound("no rounding bound for values of type double");
    return OneNode{std::move(*exact), {}};
  }
  if (context.row == nullptr)
    return no_bound("no rounding bound for " + model::printable(context.node.op_type));
  auto result = context.row->worst_case(context);
  if (!result || result->exact.dtype() != DataType::kDouble) return result;
  const double lost = flushed(context, result->exact);
  if (!result->bound.is_set()) result->bound = Tensor(DataType::kDouble, result->exact.dims());
  result->bound = map(result->bound, [=](double bound) { return bound * kRaise + lost; });
  return result;
}

Result<OneNode> worst_copy(const RuleContext& context) {
  auto exact = context.run_exact();
  if (!exact) return Error(exact.error());
  return OneNode{std::move(*exact), {}};
}

Result<OneNode> worst_sum(const RuleContext& context) {
  if (auto checked = check_sum(context); !checked) return Error(checked.error());
  auto exact = context.run_exact();
  if (!exact) return Error(exact.error());
  const auto sizes = sum_of_sizes(context);
  if (!sizes) return Error(sizes.error());
  const double factor = gamma_of(roundings_of(context, *exact));
  Tensor bound = map(*sizes, [=](double size) { return size < kMostFloat ? factor * size : kUnbounded; });
  return OneNode{std::move(*exact), std::move(bound)};
}

Result<OneNode> worst_relative(const RuleContext& context) {
  if (auto checked = check_power(context); !checked) return Error(checked.error());
  auto exact = context.run_exact();
  if (!exact) return Error(exact.error());
  if (exact->dtype() != DataType::kDouble) return OneNode{std::move(*exact), {}};
  const double factor = gamma_of(roundings_of(context, *exact));
  Tensor bound = map(*exact, [=](double y) { return factor * std::abs(y); });
  return OneNode{std::move(*exact), std::move(bound)};
}

Result<OneNode> worst_response_normalization(const RuleContext& context) {
  const double alpha = static_cast<double>(context.attributes.float_or("alpha", 0.0001F));
  const double beta = static_cast<double>(context.attributes.float_or("beta", 0.75F));
  const double bias = static_cast<double>(context.attributes.float_or("bias", 1));
  if (alpha < 0 || beta < 0 || bias <= 0) return no_bound("attributes that the rule does not cover");
  auto exact = context.run_exact();
  if (!exact) return Error(exact.error());
  // All terms of the base are positive, and x / y is its power.
  const double of_base = 1.01 * beta * (static_cast<double>(context.attributes.int_or("size", 1)) + 6);
  Tensor bound = map(context.data().exact, *exact, [=](double x, double y) {
    if (y == 0) return 0.0;
    return kUnitRoundoff * std::abs(y) * (of_base + 10 + 4 * std::abs(std::log(std::abs(x / y))));
  });
  return OneNode{std::move(*exact), std::move(bound)};
}

}  // namespace padproof::verifier
