// SPDX-License-Identifier: Apache-2.0
#include "verifier/rounding/rule.h"

#include <algorithm>
#include <array>

namespace padproof::verifier {
namespace {

struct RuleRow {
  std::string_view op_type;
  Rule rule;
};

constexpr std::array kRules = {
    RuleRow{"Add", bound_add},
    RuleRow{"AveragePool", bound_sum},
    RuleRow{"BatchNormalization", bound_sum},
    RuleRow{"Clip", bound_clamp},
    RuleRow{"Concat", bound_copy},
    RuleRow{"Conv", bound_sum},
    RuleRow{"Dropout", bound_copy},
    RuleRow{"Flatten", bound_copy},
    RuleRow{"Gemm", bound_sum},
    RuleRow{"GlobalAveragePool", bound_sum},
    RuleRow{"Identity", bound_copy},
    RuleRow{"MatMul", bound_sum},
    RuleRow{"MaxPool", bound_max_pool},
    RuleRow{"Mul", bound_product},
    RuleRow{"Pad", bound_copy},
    RuleRow{"ReduceMean", bound_sum},
    RuleRow{"Relu", bound_clamp},
    RuleRow{"Reshape", bound_copy},
    RuleRow{"Sigmoid", bound_sigmoid},
    RuleRow{"Softmax", bound_softmax},
    RuleRow{"Squeeze", bound_copy},
    RuleRow{"Sub", bound_sum},
    RuleRow{"Transpose", bound_copy},
    RuleRow{"Unsqueeze", bound_copy},
};

}  // namespace

Rule find_rule(std::string_view op_type) {
  const auto row = std::find_if(kRules.begin(), kRules.end(),
                                [&](const RuleRow& each) { return each.op_type == op_type; });
  return row == kRules.end() ? nullptr : row->rule;
}

model::Error no_bound(std::string what) { return model::unsupported("no-bound", std::move(what)); }

model::Result<Tensor> RuleContext::run(const std::vector<const Tensor*>& operands) const {
  return with_engine(operands, [&](KernelContext& engine) -> model::Result<Tensor> {
    if (auto done = run_kernel(op, engine); !done) return model::Error(done.error());
    return std::move(engine.outputs.front());
  });
}

std::vector<const Tensor*> RuleContext::exact_operands() const {
  std::vector<const Tensor*> operands;
  for (const UncertainValue* value : inputs) operands.push_back(value == nullptr ? nullptr : &value->exact);
  return operands;
}

}  // namespace padproof::verifier
