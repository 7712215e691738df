// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/fast_elementwise.h"

#include <optional>

namespace padproof::verifier {
namespace {

using model::DataType;

bool is_float(const Tensor* tensor) { return tensor != nullptr && tensor->dtype() == DataType::kFloat; }

/// One operand as runs: those axes of the result from `axis` on are one run, along which it has all elements
/// or one. Along the axes before, it is repeated as a whole after a while, or has all its elements.
std::optional<simd::Operand> operand_of(const Tensor& tensor, const Dims& aligned, const Dims& result,
                                        std::size_t axis) {
  Dims dims(result.size() - aligned.size(), 1);
  dims.insert(dims.end(), aligned.begin(), aligned.end());
  const Dims inner(dims.begin() + static_cast<std::ptrdiff_t>(axis), dims.end());
  const Dims wanted(result.begin() + static_cast<std::ptrdiff_t>(axis), result.end());
  const std::int64_t count = extent_product(dims, axis, dims.size());
  if (inner != wanted && count != 1) return std::nullopt;
  std::size_t first = 0;
  while (first < axis && dims[first] == 1) ++first;
  for (std::size_t i = first; i < axis; ++i)
    if (dims[i] != result[i]) return std::nullopt;
  const std::int64_t period = extent_product(dims, first, axis);
  const std::int64_t step = inner == wanted ? 1 : 0;
  return simd::Operand{tensor.data<float>().data(), step, count, period};
}

}  // namespace

bool combine_fast(KernelContext& context, simd::Operation operation) {
  const Tensor* const left = context.input(0);
  const Tensor* const right = context.input(1);
  if (context.oracle || !is_float(left) || !is_float(right)) return false;
  const auto dims = binary_dims(context, *left, *right);
  if (!dims || extent_product(dims->result, 0, dims->result.size()) == 0) return false;
  for (std::size_t axis = 0; axis <= dims->result.size(); ++axis) {
    const auto l = operand_of(*left, dims->left, dims->result, axis);
    const auto r = operand_of(*right, dims->right, dims->result, axis);
    if (!l || !r) continue;
    const auto output = make_output(context, 0, DataType::kFloat, dims->result, Contents::kAnything);
    if (!output) return false;
    const simd::Runs runs{extent_product(dims->result, 0, axis),
                          extent_product(dims->result, axis, dims->result.size())};
    if (simd::combine(operation, *l, *r, runs, elements<float>(*output).data())) return true;
    context.outputs[0] = Tensor();
    return false;
  }
  return false;
}

bool clamp_fast(KernelContext& context, const simd::Finish& finish) {
  const Tensor& input = context.present(0);
  if (context.oracle || !is_float(&input)) return false;
  const auto output = make_output(context, 0, DataType::kFloat, input.dims(), Contents::kAnything);
  if (!output) return false;
  simd::clamp(finish, input.data<float>().data(), elements<float>(*output).data(), input.size());
  return true;
}

}  // namespace padproof::verifier
