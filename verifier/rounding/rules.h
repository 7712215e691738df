// SPDX-License-Identifier: Apache-2.0
// The rules that the table of operators lists, by the file that holds them.
#pragma once

#include "verifier/rounding/rule.h"

namespace padproof::verifier {

// sums.cpp: operators whose output is linear in each operand
model::Result<RuleResult> bound_sum(const RuleContext& context);
model::Result<RuleResult> bound_copy(const RuleContext& context);
model::Result<RuleResult> bound_add(const RuleContext& context);
model::Result<RuleResult> bound_product(const RuleContext& context);

// kinks.cpp: operators made of straight pieces
model::Result<RuleResult> bound_clamp(const RuleContext& context);
model::Result<RuleResult> bound_kink(const RuleContext& context);
model::Result<RuleResult> bound_max_pool(const RuleContext& context);
model::Result<RuleResult> bound_shape(const RuleContext& context);

// curves.cpp: functions of one variable that bend
model::Result<RuleResult> bound_curve(const RuleContext& context);
model::Result<OneNode> worst_function(const RuleContext& context);
model::Result<RuleResult> bound_power(const RuleContext& context);
model::Result<OneNode> worst_power(const RuleContext& context);

// softmax.cpp
model::Result<RuleResult> bound_softmax(const RuleContext& context);
model::Result<OneNode> worst_softmax(const RuleContext& context);

// resize.cpp
model::Result<RuleResult> bound_resize(const RuleContext& context);
model::Result<OneNode> worst_resize(const RuleContext& context);

// normalization.cpp: Instance-, Layer- and GroupNormalization
model::Result<RuleResult> bound_normalization(const RuleContext& context);
model::Result<OneNode> worst_normalization(const RuleContext& context);

// worst_case.cpp
model::Result<OneNode> worst_copy(const RuleContext& context);
model::Result<OneNode> worst_sum(const RuleContext& context);
model::Result<OneNode> worst_relative(const RuleContext& context);
model::Result<OneNode> worst_response_normalization(const RuleContext& context);

// quantization.cpp
model::Result<OneNode> worst_quantize(const RuleContext& context);
model::Result<OneNode> worst_dequantize(const RuleContext& context);

// sums.cpp, for the worst case too
/// The largest number of terms that an element of the output sums.
double terms_of(const RuleContext& context, const Tensor& output);
/// Sizes of all terms, errors before the node included, summed as the operator does.
model::Result<Tensor> sum_of_sizes(const RuleContext& context);
/// Attributes under which the operator is no sum of its terms' sizes.
model::Result<void> check_sum(const RuleContext& context);

}  // namespace padproof::verifier
