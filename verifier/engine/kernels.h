// SPDX-License-Identifier: Apache-2.0
// The kernels that the table of operators lists, by the file that holds them.
#pragma once

#include "verifier/engine/kernel.h"

namespace padproof::verifier {

// activation.cpp
model::Result<void> clip_as(KernelContext& context);
model::Result<void> relu(KernelContext& context);
model::Result<void> leaky_relu(KernelContext& context);
model::Result<void> thresholded_relu(KernelContext& context);
model::Result<void> prelu(KernelContext& context);
model::Result<void> elu(KernelContext& context);
model::Result<void> selu(KernelContext& context);
model::Result<void> celu(KernelContext& context);
model::Result<void> sigmoid(KernelContext& context);
model::Result<void> hard_sigmoid(KernelContext& context);
model::Result<void> hard_swish(KernelContext& context);
model::Result<void> softplus(KernelContext& context);
model::Result<void> softsign(KernelContext& context);
model::Result<void> mish(KernelContext& context);
model::Result<void> swish(KernelContext& context);
model::Result<void> gelu(KernelContext& context);
model::Result<void> shrink(KernelContext& context);
model::Result<void> clip(KernelContext& context);

// arithmetic.cpp
model::Result<void> add(KernelContext& context);
model::Result<void> subtract(KernelContext& context);
model::Result<void> multiply(KernelContext& context);
model::Result<void> divide(KernelContext& context);
model::Result<void> mod(KernelContext& context);
model::Result<void> pow(KernelContext& context);
model::Result<void> bit_shift(KernelContext& context);

// batch_normalization.cpp
model::Result<void> batch_normalization(KernelContext& context);

// cast.cpp
model::Result<void> cast(KernelContext& context);
model::Result<void> cast_like(KernelContext& context);

// concat.cpp
model::Result<void> concat(KernelContext& context);
model::Result<void> split(KernelContext& context);

// constant.cpp
model::Result<void> give_range(KernelContext& context);
model::Result<void> constant(KernelContext& context);
model::Result<void> constant_of_shape(KernelContext& context);
model::Result<void> shape(KernelContext& context);
model::Result<void> size(KernelContext& context);
model::Result<void> range(KernelContext& context);
model::Result<void> eye_like(KernelContext& context);
model::Result<void> trilu(KernelContext& context);

// conv.cpp
model::Result<void> conv(KernelContext& context);

// conv_integer.cpp
model::Result<void> conv_integer(KernelContext& context);
model::Result<void> qlinear_conv(KernelContext& context);

// gather.cpp
model::Result<void> gather(KernelContext& context);
model::Result<void> gather_elements(KernelContext& context);
model::Result<void> gather_nd(KernelContext& context);
model::Result<void> compress(KernelContext& context);
model::Result<void> non_zero(KernelContext& context);
model::Result<void> one_hot(KernelContext& context);

// global_pool.cpp
model::Result<void> global_average_pool(KernelContext& context);
model::Result<void> global_max_pool(KernelContext& context);
model::Result<void> global_lp_pool(KernelContext& context);

// integer_gemm.cpp
model::Result<void> gemm_of_numbers(KernelContext& context);

// integer_matmul.cpp
model::Result<void> matmul_of_numbers(KernelContext& context);
model::Result<void> matmul_integer(KernelContext& context);
model::Result<void> qlinear_matmul(KernelContext& context);

// logic.cpp
model::Result<void> equal(KernelContext& context);
model::Result<void> less(KernelContext& context);
model::Result<void> less_or_equal(KernelContext& context);
model::Result<void> greater(KernelContext& context);
model::Result<void> greater_or_equal(KernelContext& context);
model::Result<void> logical_and(KernelContext& context);
model::Result<void> logical_or(KernelContext& context);
model::Result<void> logical_xor(KernelContext& context);
model::Result<void> logical_not(KernelContext& context);
model::Result<void> bitwise_and(KernelContext& context);
model::Result<void> bitwise_or(KernelContext& context);
model::Result<void> bitwise_xor(KernelContext& context);
model::Result<void> bitwise_not(KernelContext& context);
model::Result<void> where(KernelContext& context);

// math.cpp
model::Result<void> absolute(KernelContext& context);
model::Result<void> negate(KernelContext& context);
model::Result<void> sign(KernelContext& context);
model::Result<void> ceil(KernelContext& context);
model::Result<void> floor(KernelContext& context);
model::Result<void> round(KernelContext& context);
model::Result<void> square_root(KernelContext& context);
model::Result<void> reciprocal(KernelContext& context);
model::Result<void> exp(KernelContext& context);
model::Result<void> log(KernelContext& context);
model::Result<void> erf(KernelContext& context);
model::Result<void> sin(KernelContext& context);
model::Result<void> cos(KernelContext& context);
model::Result<void> tan(KernelContext& context);
model::Result<void> asin(KernelContext& context);
model::Result<void> acos(KernelContext& context);
model::Result<void> atan(KernelContext& context);
model::Result<void> sinh(KernelContext& context);
model::Result<void> cosh(KernelContext& context);
model::Result<void> tanh(KernelContext& context);
model::Result<void> asinh(KernelContext& context);
model::Result<void> acosh(KernelContext& context);
model::Result<void> atanh(KernelContext& context);
model::Result<void> is_nan(KernelContext& context);
model::Result<void> is_inf(KernelContext& context);

// matmul.cpp
model::Result<void> matmul(KernelContext& context);
model::Result<void> gemm(KernelContext& context);

// non_max_suppression.cpp
model::Result<void> non_max_suppression(KernelContext& context);

// normalization.cpp
model::Result<void> instance_normalization(KernelContext& context);
model::Result<void> group_normalization(KernelContext& context);
model::Result<void> layer_normalization(KernelContext& context);
model::Result<void> lp_normalization(KernelContext& context);
model::Result<void> lrn(KernelContext& context);

// pad.cpp
model::Result<void> pad(KernelContext& context);

// pool.cpp
model::Result<void> max_pool(KernelContext& context);
model::Result<void> average_pool(KernelContext& context);
model::Result<void> lp_pool(KernelContext& context);

// dequantize.cpp
model::Result<void> dequantize_linear(KernelContext& context);

// qgemm.cpp
model::Result<void> qgemm(KernelContext& context);

// qlinear_elementwise.cpp
model::Result<void> qlinear_add(KernelContext& context);
model::Result<void> qlinear_multiply(KernelContext& context);
model::Result<void> qlinear_where(KernelContext& context);
model::Result<void> qlinear_leaky_relu(KernelContext& context);
model::Result<void> qlinear_sigmoid(KernelContext& context);

// qlinear_layers.cpp
model::Result<void> qlinear_global_average_pool(KernelContext& context);
model::Result<void> qlinear_concat(KernelContext& context);
model::Result<void> qlinear_softmax(KernelContext& context);

// quantize.cpp
model::Result<void> quantize_linear(KernelContext& context);
model::Result<void> dynamic_quantize_linear(KernelContext& context);

// reduction.cpp
model::Result<void> reduce_sum(KernelContext& context);
model::Result<void> reduce_mean(KernelContext& context);
model::Result<void> reduce_product(KernelContext& context);
model::Result<void> reduce_maximum(KernelContext& context);
model::Result<void> reduce_minimum(KernelContext& context);
model::Result<void> reduce_l1(KernelContext& context);
model::Result<void> reduce_l2(KernelContext& context);
model::Result<void> reduce_sum_square(KernelContext& context);
model::Result<void> reduce_log_sum(KernelContext& context);
model::Result<void> reduce_log_sum_exp(KernelContext& context);

// reshape.cpp
model::Result<void> identity(KernelContext& context);
model::Result<void> reshape(KernelContext& context);
model::Result<void> flatten(KernelContext& context);
model::Result<void> squeeze(KernelContext& context);
model::Result<void> unsqueeze(KernelContext& context);
model::Result<void> dropout(KernelContext& context);

// resize.cpp
model::Result<void> resize(KernelContext& context);

// scatter.cpp
model::Result<void> scatter_elements(KernelContext& context);
model::Result<void> scatter_nd(KernelContext& context);

// selection.cpp
model::Result<void> arg_max(KernelContext& context);
model::Result<void> arg_min(KernelContext& context);
model::Result<void> top_k(KernelContext& context);
model::Result<void> cum_sum(KernelContext& context);

// softmax.cpp
model::Result<void> softmax(KernelContext& context);
model::Result<void> log_softmax(KernelContext& context);
model::Result<void> hardmax(KernelContext& context);

// transpose.cpp
model::Result<void> transpose(KernelContext& context);
model::Result<void> depth_to_space(KernelContext& context);
model::Result<void> space_to_depth(KernelContext& context);
model::Result<void> expand(KernelContext& context);
model::Result<void> tile(KernelContext& context);
model::Result<void> slice(KernelContext& context);

// variadic.cpp
model::Result<void> maximum(KernelContext& context);
model::Result<void> minimum(KernelContext& context);
model::Result<void> sum(KernelContext& context);
model::Result<void> mean(KernelContext& context);

}  // namespace padproof::verifier
