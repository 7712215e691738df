// SPDX-License-Identifier: Apache-2.0
// The operators that the engine claims: each with every attribute of every version up to kNewestOpset, or an
// answer kUnsupported.
#include <algorithm>
#include <array>

#include "verifier/engine/kernels.h"

namespace padproof::verifier {
namespace {

constexpr std::string_view kNone;
constexpr std::string_view kLegacyBroadcast = "axis:i broadcast:i consumed_inputs:I";
constexpr std::string_view kReduce = "axes:I keepdims:i noop_with_empty_axes:i";
constexpr std::string_view kBatchNormalization =
    "consumed_inputs:I epsilon:f is_test:i momentum:f spatial:i training_mode:i";
constexpr std::string_view kWindow = "auto_pad:s dilations:I group:i kernel_shape:I pads:I strides:I";
constexpr std::string_view kTransposedWindow =
    "auto_pad:s dilations:I group:i kernel_shape:I output_padding:I output_shape:I pads:I strides:I";
constexpr std::string_view kMaxPool =
    "auto_pad:s ceil_mode:i dilations:I kernel_shape:I pads:I storage_order:i strides:I";
constexpr std::string_view kAveragePool =
    "auto_pad:s ceil_mode:i count_include_pad:i dilations:I kernel_shape:I pads:I strides:I";
constexpr std::string_view kLpPool = "auto_pad:s ceil_mode:i dilations:I kernel_shape:I p:* pads:I strides:I";
constexpr std::string_view kResize =
    "antialias:i axes:I coordinate_transformation_mode:s cubic_coeff_a:f exclude_outside:i "
    "extrapolation_value:f "
    "keep_aspect_ratio_policy:s mode:s nearest_mode:s";

// operator, kernel, required inputs, most inputs, most outputs, attributes; sorted by domain and name
constexpr std::array kOperators = {
    Operator{"", "Abs", absolute, 1, 1, 1, "consumed_inputs:I"},
    Operator{"", "Acos", acos, 1, 1, 1, kNone},
    Operator{"", "Acosh", acosh, 1, 1, 1, kNone},
    Operator{"", "Add", add, 2, 2, 1, kLegacyBroadcast},
    Operator{"", "And", logical_and, 2, 2, 1, "axis:i broadcast:i"},
    Operator{"", "ArgMax", arg_max, 1, 1, 1, "axis:i keepdims:i select_last_index:i"},
    Operator{"", "ArgMin", arg_min, 1, 1, 1, "axis:i keepdims:i select_last_index:i"},
    Operator{"", "Asin", asin, 1, 1, 1, kNone},
    Operator{"", "Asinh", asinh, 1, 1, 1, kNone},
    Operator{"", "Atan", atan, 1, 1, 1, kNone},
    Operator{"", "Atanh", atanh, 1, 1, 1, kNone},
    Operator{"", "AveragePool", average_pool, 1, 1, 1, kAveragePool},
    Operator{"", "BatchNormalization", batch_normalization, 5, 5, 5, kBatchNormalization},
    Operator{"", "BitShift", bit_shift, 2, 2, 1, "direction:s"},
    Operator{"", "BitwiseAnd", bitwise_and, 2, 2, 1, kNone},
    Operator{"", "BitwiseNot", bitwise_not, 1, 1, 1, kNone},
    Operator{"", "BitwiseOr", bitwise_or, 2, 2, 1, kNone},
    Operator{"", "BitwiseXor", bitwise_xor, 2, 2, 1, kNone},
    Operator{"", "Cast", cast, 1, 1, 1, "to:* saturate:i round_mode:s"},
    Operator{"", "CastLike", cast_like, 2, 2, 1, "saturate:i round_mode:s"},
    Operator{"", "Ceil", ceil, 1, 1, 1, "consumed_inputs:I"},
    Operator{"", "Celu", celu, 1, 1, 1, "alpha:f"},
    Operator{"", "Clip", clip, 1, 3, 1, "consumed_inputs:I max:f min:f"},
    Operator{"", "Compress", compress, 2, 2, 1, "axis:i"},
    Operator{"", "Concat", concat, 1, kAnyNumber, 1, "axis:i"},
    Operator{"", "Constant", constant, 0, 0, 1,
             "sparse_value:* value:* value_float:f value_floats:F value_int:i value_ints:I value_string:s "
             "value_strings:S"},
    Operator{"", "ConstantOfShape", constant_of_shape, 1, 1, 1, "value:t"},
    Operator{"", "Conv", conv, 2, 3, 1, kWindow, 1},
    Operator{"", "ConvInteger", conv_integer, 2, 4, 1, kWindow},
    Operator{"", "ConvTranspose", conv, 2, 3, 1, kTransposedWindow},
    Operator{"", "Cos", cos, 1, 1, 1, kNone},
    Operator{"", "Cosh", cosh, 1, 1, 1, kNone},
    Operator{"", "CumSum", cum_sum, 2, 2, 1, "exclusive:i reverse:i"},
    Operator{"", "DepthToSpace", depth_to_space, 1, 1, 1, "blocksize:i mode:s"},
    Operator{"", "DequantizeLinear", dequantize_linear, 2, 3, 1, "axis:i block_size:i output_dtype:i"},
    Operator{"", "Div", divide, 2, 2, 1, kLegacyBroadcast},
    Operator{"", "Dropout", dropout, 1, 3, 2, "consumed_inputs:I is_test:i ratio:f seed:i"},
    Operator{"", "DynamicQuantizeLinear", dynamic_quantize_linear, 1, 1, 3, kNone},
    Operator{"", "Elu", elu, 1, 1, 1, "alpha:f consumed_inputs:I"},
    Operator{"", "Equal", equal, 2, 2, 1, "axis:i broadcast:i"},
    Operator{"", "Erf", erf, 1, 1, 1, kNone},
    Operator{"", "Exp", exp, 1, 1, 1, "consumed_inputs:I"},
    Operator{"", "Expand", expand, 2, 2, 1, kNone},
    Operator{"", "EyeLike", eye_like, 1, 1, 1, "dtype:i k:i"},
    Operator{"", "Flatten", flatten, 1, 1, 1, "axis:i"},
    Operator{"", "Floor", floor, 1, 1, 1, "consumed_inputs:I"},
    Operator{"", "Gather", gather, 2, 2, 1, "axis:i"},
    Operator{"", "GatherElements", gather_elements, 2, 2, 1, "axis:i"},
    Operator{"", "GatherND", gather_nd, 2, 2, 1, "batch_dims:i"},
    Operator{"", "Gelu", gelu, 1, 1, 1, "approximate:s"},
    Operator{"", "Gemm", gemm_of_numbers, 2, 3, 1, "alpha:f beta:f broadcast:i transA:i transB:i", 1},
    Operator{"", "GlobalAveragePool", global_average_pool, 1, 1, 1, kNone},
    Operator{"", "GlobalLpPool", global_lp_pool, 1, 1, 1, "p:*"},
    Operator{"", "GlobalMaxPool", global_max_pool, 1, 1, 1, kNone},
    Operator{"", "Greater", greater, 2, 2, 1, "axis:i broadcast:i"},
    Operator{"", "GreaterOrEqual", greater_or_equal, 2, 2, 1, kNone},
    Operator{"", "GroupNormalization", group_normalization, 3, 3, 1, "epsilon:f num_groups:i stash_type:i"},
    Operator{"", "HardSigmoid", hard_sigmoid, 1, 1, 1, "alpha:f beta:f consumed_inputs:I"},
    Operator{"", "HardSwish", hard_swish, 1, 1, 1, kNone},
    Operator{"", "Hardmax", hardmax, 1, 1, 1, "axis:i"},
    Operator{"", "Identity", identity, 1, 1, 1, kNone},
    Operator{"", "If", nullptr, 1, 1, kAnyNumber, "else_branch:g then_branch:g"},
    Operator{"", "InstanceNormalization", instance_normalization, 3, 3, 1, "consumed_inputs:I epsilon:f"},
    Operator{"", "IsInf", is_inf, 1, 1, 1, "detect_negative:i detect_positive:i"},
    Operator{"", "IsNaN", is_nan, 1, 1, 1, kNone},
    Operator{"", "LRN", lrn, 1, 1, 1, "alpha:f beta:f bias:f size:i"},
    Operator{"", "LayerNormalization", layer_normalization, 2, 3, 3, "axis:i epsilon:f stash_type:i"},
    Operator{"", "LeakyRelu", leaky_relu, 1, 1, 1, "alpha:f consumed_inputs:I"},
    Operator{"", "Less", less, 2, 2, 1, "axis:i broadcast:i"},
    Operator{"", "LessOrEqual", less_or_equal, 2, 2, 1, kNone},
    Operator{"", "Log", log, 1, 1, 1, "consumed_inputs:I"},
    Operator{"", "LogSoftmax", log_softmax, 1, 1, 1, "axis:i"},
    Operator{"", "Loop", nullptr, 0, kAnyNumber, kAnyNumber, "body:g"},
    Operator{"", "LpNormalization", lp_normalization, 1, 1, 1, "axis:i p:i"},
    Operator{"", "LpPool", lp_pool, 1, 1, 1, kLpPool},
    Operator{"", "MatMul", matmul_of_numbers, 2, 2, 1, kNone, 1},
    Operator{"", "MatMulInteger", matmul_integer, 2, 4, 1, kNone},
    Operator{"", "Max", maximum, 1, kAnyNumber, 1, "consumed_inputs:I"},
    Operator{"", "MaxPool", max_pool, 1, 1, 2, kMaxPool},
    Operator{"", "Mean", mean, 1, kAnyNumber, 1, "consumed_inputs:I"},
    Operator{"", "Min", minimum, 1, kAnyNumber, 1, "consumed_inputs:I"},
    Operator{"", "Mish", mish, 1, 1, 1, kNone},
    Operator{"", "Mod", mod, 2, 2, 1, "fmod:i"},
    Operator{"", "Mul", multiply, 2, 2, 1, kLegacyBroadcast},
    Operator{"", "Neg", negate, 1, 1, 1, "consumed_inputs:I"},
    Operator{"", "NonMaxSuppression", non_max_suppression, 2, 5, 1, "center_point_box:i"},
    Operator{"", "NonZero", non_zero, 1, 1, 1, kNone},
    Operator{"", "Not", logical_not, 1, 1, 1, kNone},
    Operator{"", "OneHot", one_hot, 3, 3, 1, "axis:i"},
    Operator{"", "Or", logical_or, 2, 2, 1, "axis:i broadcast:i"},
    Operator{"", "PRelu", prelu, 2, 2, 1, "consumed_inputs:I"},
    Operator{"", "Pad", pad, 1, 4, 1, "mode:s paddings:I pads:I value:f"},
    Operator{"", "Pow", pow, 2, 2, 1, "axis:i broadcast:i"},
    Operator{"", "QLinearConv", qlinear_conv, 8, 9, 1, kWindow},
    Operator{"", "QLinearMatMul", qlinear_matmul, 8, 8, 1, kNone},
    Operator{"", "QuantizeLinear", quantize_linear, 2, 3, 1,
             "axis:i block_size:i output_dtype:i precision:i saturate:i"},
    Operator{"", "Range", range, 3, 3, 1, kNone},
    Operator{"", "Reciprocal", reciprocal, 1, 1, 1, "consumed_inputs:I"},
    Operator{"", "ReduceL1", reduce_l1, 1, 2, 1, kReduce},
    Operator{"", "ReduceL2", reduce_l2, 1, 2, 1, kReduce},
    Operator{"", "ReduceLogSum", reduce_log_sum, 1, 2, 1, kReduce},
    Operator{"", "ReduceLogSumExp", reduce_log_sum_exp, 1, 2, 1, kReduce},
    Operator{"", "ReduceMax", reduce_maximum, 1, 2, 1, kReduce},
    Operator{"", "ReduceMean", reduce_mean, 1, 2, 1, kReduce},
    Operator{"", "ReduceMin", reduce_minimum, 1, 2, 1, kReduce},
    Operator{"", "ReduceProd", reduce_product, 1, 2, 1, kReduce},
    Operator{"", "ReduceSum", reduce_sum, 1, 2, 1, kReduce},
    Operator{"", "ReduceSumSquare", reduce_sum_square, 1, 2, 1, kReduce},
    Operator{"", "Relu", relu, 1, 1, 1, "consumed_inputs:I"},
    Operator{"", "Reshape", reshape, 1, 2, 1, "allowzero:i consumed_inputs:I shape:I"},
    Operator{"", "Resize", resize, 1, 4, 1, kResize},
    Operator{"", "Round", round, 1, 1, 1, kNone},
    Operator{"", "Scatter", scatter_elements, 3, 3, 1, "axis:i"},
    Operator{"", "ScatterElements", scatter_elements, 3, 3, 1, "axis:i reduction:s"},
    Operator{"", "ScatterND", scatter_nd, 3, 3, 1, "reduction:s"},
    Operator{"", "Selu", selu, 1, 1, 1, "alpha:f consumed_inputs:I gamma:f"},
    Operator{"", "Shape", shape, 1, 1, 1, "end:i start:i"},
    Operator{"", "Shrink", shrink, 1, 1, 1, "bias:f lambd:f"},
    Operator{"", "Sigmoid", sigmoid, 1, 1, 1, "consumed_inputs:I"},
    Operator{"", "Sign", sign, 1, 1, 1, kNone},
    Operator{"", "Sin", sin, 1, 1, 1, kNone},
    Operator{"", "Sinh", sinh, 1, 1, 1, kNone},
    Operator{"", "Size", size, 1, 1, 1, kNone},
    Operator{"", "Slice", slice, 1, 5, 1, "axes:I ends:I starts:I"},
    Operator{"", "Softmax", softmax, 1, 1, 1, "axis:i"},
    Operator{"", "Softplus", softplus, 1, 1, 1, kNone},
    Operator{"", "Softsign", softsign, 1, 1, 1, kNone},
    Operator{"", "SpaceToDepth", space_to_depth, 1, 1, 1, "blocksize:i mode:s"},
    Operator{"", "Split", split, 1, 2, kAnyNumber, "axis:i num_outputs:i split:I"},
    Operator{"", "Sqrt", square_root, 1, 1, 1, "consumed_inputs:I"},
    Operator{"", "Squeeze", squeeze, 1, 2, 1, "axes:I"},
    Operator{"", "Sub", subtract, 2, 2, 1, kLegacyBroadcast},
    Operator{"", "Sum", sum, 1, kAnyNumber, 1, "consumed_inputs:I"},
    Operator{"", "Swish", swish, 1, 1, 1, "alpha:f"},
    Operator{"", "Tan", tan, 1, 1, 1, kNone},
    Operator{"", "Tanh", tanh, 1, 1, 1, "consumed_inputs:I"},
    Operator{"", "ThresholdedRelu", thresholded_relu, 1, 1, 1, "alpha:f"},
    Operator{"", "Tile", tile, 2, 3, 1, kNone},
    Operator{"", "TopK", top_k, 1, 2, 2, "axis:i k:i largest:i sorted:i"},
    Operator{"", "Transpose", transpose, 1, 1, 1, "perm:I"},
    Operator{"", "Trilu", trilu, 1, 2, 1, "upper:i"},
    Operator{"", "Unsqueeze", unsqueeze, 1, 2, 1, "axes:I"},
    Operator{"", "Upsample", resize, 1, 2, 1, "mode:s scales:F"},
    Operator{"", "Where", where, 3, 3, 1, kNone},
    Operator{"", "Xor", logical_xor, 2, 2, 1, "axis:i broadcast:i"},
    Operator{"com.microsoft", "QGemm", qgemm, 1, 9, 1, "alpha:f transA:i transB:i"},
    Operator{"com.microsoft", "QLinearAdd", qlinear_add, 1, 8, 1, kNone},
    Operator{"com.microsoft", "QLinearConcat", qlinear_concat, 1, kAnyNumber, 1, "axis:i"},
    Operator{"com.microsoft", "QLinearGlobalAveragePool", qlinear_global_average_pool, 1, 5, 1,
             "channels_last:i"},
    Operator{"com.microsoft", "QLinearLeakyRelu", qlinear_leaky_relu, 1, 5, 1, "alpha:f"},
    Operator{"com.microsoft", "QLinearMul", qlinear_multiply, 1, 8, 1, kNone},
    Operator{"com.microsoft", "QLinearSigmoid", qlinear_sigmoid, 1, 5, 1, kNone},
    Operator{"com.microsoft", "QLinearSoftmax", qlinear_softmax, 1, 5, 1, "axis:i opset:i"},
    Operator{"com.microsoft", "QLinearWhere", qlinear_where, 2, 9, 1, kNone},
};

}  // namespace

const Operator* find_operator(std::string_view domain, std::string_view op_type) {
  const auto* const found = std::find_if(kOperators.begin(), kOperators.end(), [&](const Operator& row) {
    return row.op_type == op_type && row.domain == domain;
  });
  return found == kOperators.end() ? nullptr : found;
}

std::vector<std::string> claimed_operators() {
  std::vector<std::string> names;
  names.reserve(kOperators.size());
  for (const Operator& row : kOperators)
    names.push_back(std::string(row.domain) + (row.domain.empty() ? "" : ".") + std::string(row.op_type));
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace padproof::verifier
