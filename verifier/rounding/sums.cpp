// SPDX-License-Identifier: Apache-2.0
// Operators that are linear in each operand: errors go through the kernel itself, without what is added.
#include <algorithm>
#include <cmath>
#include <functional>

#include "verifier/rounding/rules.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

/// Operands made one by one; omitted ones stay omitted.
template <class Make>
std::vector<Tensor> operands_made(const RuleContext& context, Make&& make) {
  std::vector<Tensor> operands(context.inputs.size());
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (context.inputs[i] != nullptr) operands[i] = make(context.role(i), *context.inputs[i]);
  }
  return operands;
}

Result<Tensor> run_on(const RuleContext& context, const std::vector<Tensor>& operands) {
  std::vector<const Tensor*> pointers;
  pointers.reserve(operands.size());
  for (const Tensor& operand : operands) pointers.push_back(operand.is_set() ? &operand : nullptr);
  return context.run(pointers);
}

Tensor zeros_like(const Tensor& tensor) { return {tensor.dtype(), tensor.dims()}; }

Tensor reach_or_zero(const UncertainValue& value) {
  return value.has_error() ? value.reach : zeros_like(value.exact);
}

bool is_subtracted(Role role) { return role == Role::kMean || role == Role::kNegated; }

Tensor size_of(Role role, const UncertainValue& value) {
  if (role == Role::kOther || !value.is_float()) return value.exact;
  Tensor size = map(value.exact, [](double x) { return std::abs(x); });
  if (value.has_error()) size = map(size, value.reach, std::plus<>());
  return is_subtracted(role) ? map(size, std::negate<>()) : size;
}

/// The k-th sample of everything that is added up, weights as they are.
Tensor term_sample(Role role, const UncertainValue& value, std::size_t k) {
  if (!value.is_float()) return value.exact;
  if (role == Role::kWeight || role == Role::kOther) return value.single;
  return value.has_error() ? value.samples[k] : zeros_like(value.single);
}

/// The k-th sample of the weights, over the data as they are.
Tensor weight_sample(Role role, const UncertainValue& value, std::size_t k) {
  if (!value.is_float()) return value.exact;
  if (role == Role::kWeight) return value.has_error() ? value.samples[k] : zeros_like(value.single);
  const bool is_added = role == Role::kOffset || role == Role::kMean;
  return is_added ? zeros_like(value.single) : value.single;
}

/// What has errors among the operands.
struct Uncertain {
  bool terms = false;
  bool weights = false;
};

Result<Uncertain> uncertain_operands(const RuleContext& context) {
  Uncertain uncertain;
  for (std::size_t i = 0; i < context.inputs.size(); ++i) {
    if (context.inputs[i] == nullptr || !context.inputs[i]->has_error()) continue;
    if (context.role(i) == Role::kOther)
      return no_bound("an operand that is neither data nor weight has an error");
    (context.role(i) == Role::kWeight ? uncertain.weights : uncertain.terms) = true;
  }
  return uncertain;
}

void add_to(Tensor& sum, const Tensor& tensor) {
  const auto to = sum.mutable_data<float>();
  const auto from = tensor.data<float>();
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

/// The samples of all errors carried through the kernel.
Result<std::vector<Tensor>> carried_samples(const RuleContext& context, const Uncertain& uncertain) {
  std::vector<Tensor> samples;
  for (std::size_t k = 0; (uncertain.terms || uncertain.weights) && k < kSamples; ++k) {
    Tensor sample;
    for (auto* const take : {term_sample, weight_sample}) {
      if (!(take == term_sample ? uncertain.terms : uncertain.weights)) continue;
      auto part = run_on(context, operands_made(context, [&](Role role, const UncertainValue& value) {
                           return take(role, value, k);
                         }));
      if (!part) return Error(part.error());
      if (sample.is_set())
        add_to(sample, *part);
      else
        sample = std::move(*part);
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

/// The product of two errors, which no slope knows of.
Result<Tensor> second_order(const RuleContext& context) {
  return run_on(context, operands_made(context, [](Role role, const UncertainValue& value) {
                  if (!value.is_float()) return value.exact;
                  const bool is_added = role == Role::kOffset || role == Role::kMean;
                  return is_added ? zeros_like(value.exact) : reach_or_zero(value);
                }));
}

Result<RuleResult> carried(const RuleContext& context) {
  if (auto checked = check_sum(context); !checked) return Error(checked.error());
  const auto uncertain = uncertain_operands(context);
  if (!uncertain) return Error(uncertain.error());
  auto exact = context.run_exact();
  if (!exact) return Error(exact.error());
  RuleResult result{std::move(*exact), {}};
  if (result.exact.dtype() != DataType::kDouble) return result;
  auto samples = carried_samples(context, *uncertain);
  if (!samples) return Error(samples.error());
  result.error.samples = std::move(*samples);
  if (!uncertain->terms || !uncertain->weights) return result;
  auto product = second_order(context);
  if (!product) return Error(product.error());
  result.error.one_sided = std::move(*product);
  return result;
}

}  // namespace

Result<void> check_sum(const RuleContext& context) {
  const bool trains = context.attributes.int_or("training_mode", 0) != 0;
  const bool is_old_norm = context.node.op_type == "BatchNormalization" && context.opset < 7;
  const bool is_negative = context.node.op_type == "Gemm" && (context.attributes.float_or("alpha", 1) < 0 ||
                                                              context.attributes.float_or("beta", 1) < 0);
  if (trains || is_old_norm || is_negative) return no_bound("attributes that the rule does not cover");
  return {};
}

Result<Tensor> sum_of_sizes(const RuleContext& context) {
  return run_on(context, operands_made(context, size_of));
}

double terms_of(const RuleContext& context, const Tensor& output) {
  const std::string_view op = context.node.op_type;
  if (op == "BatchNormalization") return 4;
  if (output.size() == 0) return 1;
  const Tensor& data = context.data().exact;
  std::int64_t terms = std::max<std::int64_t>(1, data.size() / output.size());  // of a reduction
  if (op == "Sum" || op == "Mean") terms = static_cast<std::int64_t>(context.inputs.size());
  if (op == "Conv" || op == "ConvTranspose") {
    const Tensor& weights = context.inputs[1]->exact;
    const std::int64_t groups = op == "Conv" ? 1 : context.attributes.int_or("group", 1);
    const std::int64_t outputs = op == "Conv" ? weights.dims()[0] : weights.dims()[1] * groups;
    terms = weights.size() / std::max<std::int64_t>(1, outputs);
  }
  if (op == "Gemm") terms = data.size() / output.dims()[0];
  if (op == "MatMul") terms = data.dims().back();
  if (op == "AveragePool" || op == "LpPool") {
    terms = 1;
    for (const std::int64_t extent : context.attributes.ints("kernel_shape")) terms *= extent;
  }
  return static_cast<double>(terms);
}

Result<RuleResult> bound_copy(const RuleContext& context) { return carried(context); }

Result<RuleResult> bound_sum(const RuleContext& context) {
  auto result = carried(context);
  if (!result || result->exact.dtype() != DataType::kDouble) return result;
  const auto sizes = sum_of_sizes(context);
  if (!sizes) return Error(sizes.error());
  const double terms = terms_of(context, result->exact) + 4;
  result->error.independent = map(*sizes, result->exact, [&](double size, double y) {
    const double part = (size + std::abs(y)) / 2;
    return kUnitRoundoff * std::sqrt(terms * part * part + size * size);
  });
  return result;
}

Result<RuleResult> bound_add(const RuleContext& context) {
  auto result = carried(context);
  if (!result || result->exact.dtype() != DataType::kDouble) return result;
  const auto reach =
      run_on(context,
             operands_made(context, [](Role, const UncertainValue& value) { return reach_or_zero(value); }));
  if (!reach) return Error(reach.error());
  result->error.independent =
      map(result->exact, *reach, [](double y, double e) { return kUnitRoundoff * (std::abs(y) + e); });
  return result;
}

Result<RuleResult> bound_product(const RuleContext& context) {
  auto result = carried(context);
  if (!result || result->exact.dtype() != DataType::kDouble) return result;
  const auto size = sum_of_sizes(context);
  if (!size) return Error(size.error());
  const double roundings = 1 + context.row->roundings;
  result->error.independent = map(*size, [=](double y) { return roundings * kUnitRoundoff * std::abs(y); });
  return result;
}

}  // namespace padproof::verifier
