// SPDX-License-Identifier: Apache-2.0
// Operators that are linear in their data: errors go through the kernel itself, without what is added.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "verifier/rounding/rule.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

/// What an operand is to the error of the output.
enum class Role : char {
  kData = 'd',
  kNegated = 'n',  // data that is subtracted
  kWeight = 'w',   // multiplies the data
  kOffset = 'b',   // is added
  kMean = 'm',     // is subtracted
  kOther = 'k',    // axes, pads, variances
};

struct SumRow {
  std::string_view op_type;
  std::string_view roles;  // one letter for each operand; the last stands for all that follow
};

constexpr std::array kSums = {
    SumRow{"AveragePool", "d"},
    SumRow{"BatchNormalization", "dwbmk"},
    SumRow{"Conv", "dwb"},
    SumRow{"Gemm", "dwb"},
    SumRow{"GlobalAveragePool", "d"},
    SumRow{"MatMul", "dw"},
    SumRow{"ReduceMean", "dk"},
    SumRow{"Sub", "dn"},
    SumRow{"Add", "d"},
    SumRow{"Concat", "d"},
    SumRow{"Dropout", "dk"},
    SumRow{"Flatten", "d"},
    SumRow{"Identity", "d"},
    SumRow{"Pad", "dkbk"},
    SumRow{"Reshape", "dk"},
    SumRow{"Squeeze", "dk"},
    SumRow{"Transpose", "d"},
    SumRow{"Unsqueeze", "dk"},
};

Role role_of(const RuleContext& context, std::size_t input) {
  const auto row = std::find_if(kSums.begin(), kSums.end(),
                                [&](const SumRow& each) { return each.op_type == context.node.op_type; });
  return static_cast<Role>(row->roles[std::min(input, row->roles.size() - 1)]);
}

bool is_data(Role role) { return role == Role::kData || role == Role::kNegated; }

/// Operands made one by one; omitted ones stay omitted.
template <class Make>
std::vector<Tensor> operands_of(const RuleContext& context, Make&& make) {
  std::vector<Tensor> operands(context.inputs.size());
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (context.inputs[i] != nullptr) operands[i] = make(role_of(context, i), *context.inputs[i]);
  }
  return operands;
}

Result<Tensor> run_on(const RuleContext& context, const std::vector<Tensor>& operands) {
  std::vector<const Tensor*> pointers;
  for (const Tensor& operand : operands) pointers.push_back(operand.is_set() ? &operand : nullptr);
  return context.run(pointers);
}

Tensor zeros_like(const Tensor& tensor) { return {tensor.dtype(), tensor.dims()}; }

Tensor magnitude_of(Role role, const UncertainValue& value) {
  if (role == Role::kOther || !value.is_float()) return value.exact;
  Tensor size = map(value.exact, [](double x) { return std::abs(x); });
  if (value.has_error()) size = map(size, value.reach, std::plus<>());
  const bool subtracted = role == Role::kMean || role == Role::kNegated;
  return subtracted ? map(size, std::negate<>()) : size;
}

/// The samples of all data carried through the kernel.
Result<std::vector<Tensor>> carried_samples(const RuleContext& context) {
  std::vector<Tensor> samples;
  const bool has_error =
      std::any_of(context.inputs.begin(), context.inputs.end(),
                  [](const UncertainValue* value) { return value != nullptr && value->has_error(); });
  for (std::size_t k = 0; has_error && k < kSamples; ++k) {
    auto sample = run_on(context, operands_of(context, [&](Role role, const UncertainValue& value) {
                           if (!value.is_float()) return value.exact;
                           if (is_data(role))
                             return value.has_error() ? value.samples[k] : zeros_like(value.single);
                           return role == Role::kOffset || role == Role::kMean ? zeros_like(value.single)
                                                                               : value.single;
                         }));
    if (!sample) return Error(sample.error());
    samples.push_back(std::move(*sample));
  }
  return samples;
}

Result<void> check_roles(const RuleContext& context) {
  for (std::size_t i = 0; i < context.inputs.size(); ++i) {
    const UncertainValue* const value = context.inputs[i];
    if (value != nullptr && value->has_error() && !is_data(role_of(context, i)))
      return no_bound("an operand that is not data has an error");
  }
  const bool trains = context.attributes.int_or("training_mode", 0) != 0;
  const bool is_old_norm = context.node.op_type == "BatchNormalization" && context.opset < 7;
  const bool is_negative =
      context.attributes.float_or("alpha", 1) < 0 || context.attributes.float_or("beta", 1) < 0;
  if (trains || is_old_norm || is_negative) return no_bound("attributes that the rule does not cover");
  return {};
}

/// The largest number of terms that an element of the output sums.
double terms_of(const RuleContext& context, const Tensor& output) {
  const std::string_view op = context.node.op_type;
  if (op == "BatchNormalization") return 4;
  if (op == "Sub" || output.size() == 0) return 1;
  const Tensor& data = context.inputs[0]->exact;
  std::int64_t terms = data.size() / output.size();  // of a mean
  if (op == "Conv") terms = context.inputs[1]->exact.size() / context.inputs[1]->exact.dims()[0];
  if (op == "Gemm") terms = data.size() / output.dims()[0];
  if (op == "MatMul") terms = data.dims().back();
  if (op == "AveragePool") {
    terms = 1;
    for (const std::int64_t extent : context.attributes.ints("kernel_shape")) terms *= extent;
  }
  return static_cast<double>(terms);
}

Result<RuleResult> carried(const RuleContext& context) {
  if (auto checked = check_roles(context); !checked) return Error(checked.error());
  auto exact = context.run(context.exact_operands());
  if (!exact) return Error(exact.error());
  auto samples = carried_samples(context);
  if (!samples) return Error(samples.error());
  return RuleResult{std::move(*exact), {std::move(*samples), {}, {}}};
}

Tensor reach_or_zero(const UncertainValue& value) {
  return value.has_error() ? value.reach : zeros_like(value.exact);
}

}  // namespace

Result<RuleResult> bound_copy(const RuleContext& context) { return carried(context); }

Result<RuleResult> bound_sum(const RuleContext& context) {
  auto result = carried(context);
  if (!result || result->exact.dtype() != DataType::kDouble) return result;
  const auto sizes = run_on(context, operands_of(context, magnitude_of));
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
  const auto reach = run_on(
      context, operands_of(context, [](Role, const UncertainValue& value) { return reach_or_zero(value); }));
  if (!reach) return Error(reach.error());
  result->error.independent =
      map(result->exact, *reach, [](double y, double e) { return kUnitRoundoff * (std::abs(y) + e); });
  return result;
}

Result<RuleResult> bound_product(const RuleContext& context) {
  const UncertainValue& x = *context.inputs[0];
  const UncertainValue& z = *context.inputs[1];
  auto exact = context.run(context.exact_operands());
  if (!exact) return Error(exact.error());
  RuleResult result{std::move(*exact), {}};
  if (result.exact.dtype() != DataType::kDouble) return result;
  for (std::size_t k = 0; (x.has_error() || z.has_error()) && k < kSamples; ++k) {
    auto left = x.has_error() ? context.run({&x.samples[k], &z.single}) : Tensor();
    auto right = z.has_error() ? context.run({&x.single, &z.samples[k]}) : Tensor();
    if (!left || !right) return Error(left ? right.error() : left.error());
    if (left->is_set() && right->is_set()) {
      const auto to = left->mutable_data<float>();
      for (std::size_t i = 0; i < to.size(); ++i) to[i] += right->data<float>()[i];
    }
    result.error.samples.push_back(left->is_set() ? std::move(*left) : std::move(*right));
  }
  const Tensor x_size = magnitude_of(Role::kData, x);
  const Tensor z_size = magnitude_of(Role::kData, z);
  const auto size = context.run({&x_size, &z_size});
  if (!size) return Error(size.error());
  result.error.independent = map(*size, [](double y) { return kUnitRoundoff * y; });
  if (!x.has_error() || !z.has_error()) return result;
  auto second_order = context.run({&x.reach, &z.reach});
  if (!second_order) return Error(second_order.error());
  result.error.one_sided = std::move(*second_order);
  return result;
}

}  // namespace padproof::verifier
