// SPDX-License-Identifier: Apache-2.0
// The rules, by the file that holds them. What they are for is said in table.cpp.
#pragma once

#include "model/shapes/rule.h"

namespace padproof::model::shapes {

// elementwise_unary.cpp
Result<void> same_shape(RuleContext& context);
Result<void> same_shape_boolean(RuleContext& context);
Result<void> same_shape_typed_by_second(RuleContext& context);
Result<void> identity(RuleContext& context);
Result<void> negate(RuleContext& context);
Result<void> absolute(RuleContext& context);
Result<void> round_down(RuleContext& context);
Result<void> round_up(RuleContext& context);
Result<void> round_to_even(RuleContext& context);
Result<void> logical_not(RuleContext& context);
Result<void> clip(RuleContext& context);

// elementwise_binary.cpp
Result<void> broadcast_two(RuleContext& context);
Result<void> add(RuleContext& context);
Result<void> subtract(RuleContext& context);
Result<void> multiply(RuleContext& context);
Result<void> divide(RuleContext& context);
Result<void> modulo(RuleContext& context);
Result<void> equal(RuleContext& context);
Result<void> less(RuleContext& context);
Result<void> less_or_equal(RuleContext& context);
Result<void> greater(RuleContext& context);
Result<void> greater_or_equal(RuleContext& context);
Result<void> logical_and(RuleContext& context);
Result<void> logical_or(RuleContext& context);
Result<void> logical_xor(RuleContext& context);
Result<void> minimum(RuleContext& context);
Result<void> maximum(RuleContext& context);
Result<void> sum(RuleContext& context);
Result<void> mean(RuleContext& context);
Result<void> where(RuleContext& context);
Result<void> quantized_binary(RuleContext& context);
Result<void> quantized_where(RuleContext& context);

// constant.cpp
Result<void> constant(RuleContext& context);
Result<void> constant_of_shape(RuleContext& context);

// shape_of.cpp
Result<void> shape_of(RuleContext& context);
Result<void> size_of(RuleContext& context);
Result<void> range(RuleContext& context);

// cast.cpp
Result<void> cast(RuleContext& context);
Result<void> cast_like(RuleContext& context);
Result<void> bit_cast(RuleContext& context);

// random.cpp
Result<void> random_of_shape(RuleContext& context);
Result<void> random_like(RuleContext& context);
Result<void> multinomial(RuleContext& context);

// quantize.cpp
Result<void> quantize(RuleContext& context);
Result<void> dequantize(RuleContext& context);
Result<void> dynamic_quantize(RuleContext& context);

// reshape.cpp
Result<void> reshape(RuleContext& context);
Result<void> flatten(RuleContext& context);

// rank_change.cpp
Result<void> squeeze(RuleContext& context);
Result<void> unsqueeze(RuleContext& context);
Result<void> transpose(RuleContext& context);
Result<void> expand(RuleContext& context);

// slice.cpp
Result<void> slice(RuleContext& context);

// split.cpp
Result<void> split(RuleContext& context);

// concatenation.cpp
Result<void> concatenation(RuleContext& context);
Result<void> quantized_concatenation(RuleContext& context);

// gather.cpp
Result<void> gather(RuleContext& context);
Result<void> gather_elements(RuleContext& context);
Result<void> gather_nd(RuleContext& context);
Result<void> compress(RuleContext& context);

// selection.cpp
Result<void> top_k(RuleContext& context);
Result<void> one_hot(RuleContext& context);
Result<void> non_zero(RuleContext& context);
Result<void> non_max_suppression(RuleContext& context);
Result<void> unique(RuleContext& context);

// pad.cpp
Result<void> pad(RuleContext& context);
Result<void> pad_by_input(RuleContext& context);
Result<void> tile(RuleContext& context);
Result<void> center_crop_pad(RuleContext& context);

// spatial.cpp
Result<void> depth_to_space(RuleContext& context);
Result<void> space_to_depth(RuleContext& context);
Result<void> grid_sample(RuleContext& context);
Result<void> affine_grid(RuleContext& context);

// resize.cpp
Result<void> upsample(RuleContext& context);
Result<void> resize(RuleContext& context);

// reduction.cpp
Result<void> reduce(RuleContext& context);
Result<void> reduce_sum(RuleContext& context);
Result<void> reduce_product(RuleContext& context);
Result<void> reduce_maximum(RuleContext& context);
Result<void> reduce_minimum(RuleContext& context);
Result<void> quantized_reduce_mean(RuleContext& context);
Result<void> arg_reduce(RuleContext& context);

// matmul.cpp
Result<void> matrix_product(RuleContext& context);
Result<void> integer_matrix_product(RuleContext& context);
Result<void> scaled_integer_matrix_product(RuleContext& context);
Result<void> quantized_matrix_product(RuleContext& context);
Result<void> fused_matrix_product(RuleContext& context);
Result<void> gemm(RuleContext& context);
Result<void> quantized_gemm(RuleContext& context);
Result<void> determinant(RuleContext& context);

// einsum.cpp
Result<void> einsum(RuleContext& context);

// convolution.cpp
Result<void> convolution(RuleContext& context);
Result<void> integer_convolution(RuleContext& context);
Result<void> quantized_convolution(RuleContext& context);
Result<void> deformable_convolution(RuleContext& context);
Result<void> transposed_convolution(RuleContext& context);

// pooling.cpp
Result<void> max_pool(RuleContext& context);
Result<void> average_pool(RuleContext& context);
Result<void> lp_pool(RuleContext& context);
Result<void> nhwc_max_pool(RuleContext& context);
Result<void> quantized_average_pool(RuleContext& context);
Result<void> global_pool(RuleContext& context);
Result<void> quantized_global_pool(RuleContext& context);
Result<void> max_unpool(RuleContext& context);
Result<void> roi_align(RuleContext& context);
Result<void> max_roi_pool(RuleContext& context);
Result<void> columns_to_image(RuleContext& context);

// normalization.cpp
Result<void> batch_normalization(RuleContext& context);
Result<void> layer_normalization(RuleContext& context);
Result<void> dropout(RuleContext& context);

// recurrent.cpp
Result<void> recurrent(RuleContext& context);

}  // namespace padproof::model::shapes
