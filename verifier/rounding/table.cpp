// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "verifier/rounding/rules.h"

namespace padproof::verifier {
namespace {

// operator, errors followed through, worst case alone, roles of the operands, roundings beside the sum's
constexpr std::array kRoundingRows = {
    RoundingRow{"Abs", bound_kink, worst_copy},
    RoundingRow{"Add", bound_add, worst_relative},
    RoundingRow{"AveragePool", bound_sum, worst_sum, "d", 2},
    RoundingRow{"BatchNormalization", bound_sum, worst_sum, "dwbmk", 6},
    RoundingRow{"Clip", bound_clamp, worst_copy},
    RoundingRow{"Concat", bound_copy, worst_copy},
    RoundingRow{"Conv", bound_sum, worst_sum, "dwb", 1},
    RoundingRow{"ConvTranspose", bound_sum, worst_sum, "dwb", 1},
    RoundingRow{"DepthToSpace", bound_copy, worst_copy},
    RoundingRow{"DequantizeLinear", nullptr, worst_dequantize, "d", 2},
    RoundingRow{"Div", bound_product, worst_relative, "dk", 3},
    RoundingRow{"Dropout", bound_copy, worst_copy, "dk"},
    RoundingRow{"Elu", bound_curve, worst_function},
    RoundingRow{"Erf", bound_curve, worst_function},
    RoundingRow{"Exp", bound_curve, worst_function},
    RoundingRow{"Expand", bound_copy, worst_copy, "dk"},
    RoundingRow{"Flatten", bound_copy, worst_copy},
    RoundingRow{"Gather", bound_copy, worst_copy, "dk"},
    RoundingRow{"Gelu", bound_curve, worst_function},
    RoundingRow{"Gemm", bound_sum, worst_sum, "dwb", 3},
    RoundingRow{"GlobalAveragePool", bound_sum, worst_sum, "d", 4},
    RoundingRow{"GlobalLpPool", nullptr, worst_relative, "d", 4},
    RoundingRow{"GlobalMaxPool", nullptr, worst_copy},
    RoundingRow{"GroupNormalization", bound_normalization, worst_normalization},
    RoundingRow{"HardSigmoid", bound_clamp, worst_function},
    RoundingRow{"HardSwish", bound_curve, worst_function},
    RoundingRow{"Identity", bound_copy, worst_copy},
    RoundingRow{"InstanceNormalization", bound_normalization, worst_normalization},
    RoundingRow{"LRN", nullptr, worst_response_normalization},
    RoundingRow{"LayerNormalization", bound_normalization, worst_normalization},
    RoundingRow{"LeakyRelu", bound_kink, worst_relative},
    RoundingRow{"Log", bound_curve, worst_function},
    RoundingRow{"LogSoftmax", nullptr, worst_softmax},
    RoundingRow{"LpPool", nullptr, worst_relative, "d", 4},
    RoundingRow{"MatMul", bound_sum, worst_sum, "dw", 1},
    RoundingRow{"Max", nullptr, worst_copy},
    RoundingRow{"MaxPool", bound_max_pool, worst_copy},
    RoundingRow{"Mean", bound_sum, worst_sum, "d", 2},
    RoundingRow{"Min", nullptr, worst_copy},
    RoundingRow{"Mul", bound_product, worst_relative, "dw"},
    RoundingRow{"Neg", bound_copy, worst_copy},
    RoundingRow{"PRelu", bound_kink, worst_relative, "dk"},
    RoundingRow{"Pad", bound_copy, worst_copy, "dkbk"},
    RoundingRow{"Pow", bound_power, worst_power, "dk"},
    RoundingRow{"QuantizeLinear", nullptr, worst_quantize},
    RoundingRow{"Reciprocal", bound_curve, worst_relative, "d", 3},
    RoundingRow{"ReduceL1", nullptr, worst_relative, "dk", 4},
    RoundingRow{"ReduceL2", nullptr, worst_relative, "dk", 4},
    RoundingRow{"ReduceMax", nullptr, worst_copy, "dk"},
    RoundingRow{"ReduceMean", bound_sum, worst_sum, "dk", 4},
    RoundingRow{"ReduceMin", nullptr, worst_copy, "dk"},
    RoundingRow{"ReduceSum", bound_sum, worst_sum, "dk", 4},
    RoundingRow{"ReduceSumSquare", nullptr, worst_relative, "dk", 4},
    RoundingRow{"Relu", bound_clamp, worst_copy},
    RoundingRow{"Reshape", bound_copy, worst_copy, "dk"},
    RoundingRow{"Resize", bound_resize, worst_resize, "dk", 16},
    RoundingRow{"Shape", bound_shape, worst_copy},
    RoundingRow{"Sigmoid", bound_curve, worst_function},
    RoundingRow{"Size", bound_shape, worst_copy},
    RoundingRow{"Slice", bound_copy, worst_copy, "dk"},
    RoundingRow{"Softmax", bound_softmax, worst_softmax},
    RoundingRow{"Softplus", bound_curve, worst_function},
    RoundingRow{"SpaceToDepth", bound_copy, worst_copy},
    RoundingRow{"Split", bound_copy, worst_copy, "dk"},
    RoundingRow{"Sqrt", bound_curve, worst_relative, "d", 3},
    RoundingRow{"Squeeze", bound_copy, worst_copy, "dk"},
    RoundingRow{"Sub", bound_sum, worst_relative, "dn"},
    RoundingRow{"Sum", bound_sum, worst_sum, "d", 1},
    RoundingRow{"Swish", bound_curve, worst_function},
    RoundingRow{"Tanh", bound_curve, worst_function},
    RoundingRow{"Tile", bound_copy, worst_copy, "dk"},
    RoundingRow{"Transpose", bound_copy, worst_copy},
    RoundingRow{"Unsqueeze", bound_copy, worst_copy, "dk"},
    RoundingRow{"Upsample", bound_resize, worst_resize, "dk", 16},
    RoundingRow{"Where", nullptr, worst_copy},
};

/// A bound that is omitted is that of the model's type, not of the one that it is run on.
void clip_to_floats(Tensor* tensor) {
  constexpr double kMost = std::numeric_limits<double>::max();
  constexpr double kMostFloat = std::numeric_limits<float>::max();
  for (double& value : tensor->mutable_data<double>())
    if (std::abs(value) == kMost) value = std::copysign(kMostFloat, value);
}

std::vector<std::string> names_where(bool (*holds)(const RoundingRow& row)) {
  std::vector<std::string> names;
  for (const RoundingRow& row : kRoundingRows) {
    if (holds(row)) names.emplace_back(row.op_type);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

const RoundingRow* find_rounding_row(std::string_view op_type) {
  const auto row = std::find_if(kRoundingRows.begin(), kRoundingRows.end(),
                                [&](const RoundingRow& each) { return each.op_type == op_type; });
  return row == kRoundingRows.end() ? nullptr : &*row;
}

std::vector<std::string> operators_bounded_alone() {
  return names_where([](const RoundingRow&) { return true; });
}

std::vector<std::string> operators_bounded_through() {
  return names_where([](const RoundingRow& row) { return row.propagate != nullptr; });
}

model::Error no_bound(std::string what) { return model::unsupported("no-bound", std::move(what)); }

model::Result<Tensor> RuleContext::run(const std::vector<const Tensor*>& operands) const {
  return with_engine(operands, [&](KernelContext& engine) -> model::Result<Tensor> {
    if (auto done = meter.run(op, engine); !done) return model::Error(done.error());
    Tensor& result = engine.outputs[output];
    if (node.op_type == "Clip" && result.dtype() == model::DataType::kDouble) clip_to_floats(&result);
    return std::move(result);
  });
}

std::vector<const Tensor*> RuleContext::exact_operands() const {
  std::vector<const Tensor*> operands;
  for (const UncertainValue* value : inputs) operands.push_back(value == nullptr ? nullptr : &value->exact);
  return operands;
}

std::vector<const Tensor*> RuleContext::single_operands() const {
  std::vector<const Tensor*> operands;
  for (const UncertainValue* value : inputs) {
    const bool is_float = value != nullptr && value->is_float();
    operands.push_back(value == nullptr ? nullptr : is_float ? &value->single : &value->exact);
  }
  return operands;
}

Role RuleContext::role(std::size_t input) const {
  return static_cast<Role>(row->roles[std::min(input, row->roles.size() - 1)]);
}

}  // namespace padproof::verifier
