// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/operations.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "verifier/engine/broadcast.h"
#include "verifier/engine/convolution.h"
#include "verifier/engine/gemm_operands.h"
#include "verifier/engine/matrix_stacks.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/resize_request.h"

namespace padproof::verifier {
namespace {

// Counts that leave 63 bits are what a limit is for.
double product_of(const Dims& dims) {
  double product = 1;
  for (const std::int64_t extent : dims) product *= static_cast<double>(extent);
  return product;
}

double elements_read(const KernelContext& context) {
  double elements = 0;
  for (const Tensor* const input : context.inputs)
    if (input != nullptr) elements += static_cast<double>(input->size());
  return elements;
}

double in_windows(const KernelContext& context, const WindowOperator& op) {
  const Tensor* const data = context.input(op.data_input);
  const Tensor* const weights = op.weight_input ? context.input(*op.weight_input) : nullptr;
  if (data == nullptr || (op.weight_input && weights == nullptr)) return 0;
  const auto window = window_of(context, *data, weights);
  if (!window) return 0;
  double taps = 1;
  double outputs = 1;
  for (const WindowAxis& axis : window->axes) {
    taps *= static_cast<double>(op.weight_input ? axis.kernel
                                                : std::min(axis.kernel, std::max<std::int64_t>(1, axis.in)));
    outputs *= static_cast<double>(axis.out);
  }
  // Each weight meets each cell of the plane that it is laid over.
  if (op.kind == WindowKind::kTransposedConv && weights != nullptr)
    return 2 * product_of(data->dims()) * static_cast<double>(weights->dims()[1]) * taps;
  const auto images = static_cast<double>(data->dims()[0]);
  // A pool reads no padding.
  if (weights != nullptr) return 2 * images * outputs * product_of(weights->dims());
  return images * static_cast<double>(data->dims()[1]) * outputs * taps;
}

double in_product(const KernelContext& context, std::size_t left, std::size_t right) {
  if (context.input(left) == nullptr || context.input(right) == nullptr) return 0;
  const auto stacks = MatrixStacks::of(context.present(left).dims(), context.present(right).dims());
  return stacks ? 2 * product_of(stacks->full) * static_cast<double>(stacks->inner) : 0;
}

double in_matrices(const KernelContext& context, std::size_t left, std::size_t right) {
  if (context.input(left) == nullptr || context.input(right) == nullptr) return 0;
  const auto operands = gemm_operands(context, left, right);
  return operands ? 2 * product_of(operands->product()) * static_cast<double>(operands->inner()) : 0;
}

/// Boxes [batch, boxes, 4] and scores [batch, classes, boxes]: each box with each other one.
double in_pairs_of_boxes(const KernelContext& context) {
  const Tensor* const scores = context.input(1);
  if (scores == nullptr || scores->rank() != 3) return 0;
  return product_of(scores->dims()) * static_cast<double>(scores->dims()[2]);
}

/// Each element's neighbours along the channels.
double in_neighbours(const KernelContext& context) {
  const Tensor* const data = context.input(0);
  if (data == nullptr || data->rank() < 2) return 0;
  const std::int64_t size = context.attributes.int_or("size", 0);
  return static_cast<double>(data->size()) *
         static_cast<double>(std::clamp<std::int64_t>(size, 0, data->dims()[1]));
}

/// Each operand meets every element of the result.
double in_folds(const KernelContext& context) {
  std::vector<Dims> all;
  for (const Tensor* const input : context.inputs)
    if (input != nullptr) all.push_back(input->dims());
  const auto result = broadcast_dims(all);
  return result ? product_of(*result) * static_cast<double>(all.size()) : 0;
}

double in_sorting(const KernelContext& context) {
  const Tensor* const data = context.input(0);
  if (data == nullptr || data->rank() == 0) return 0;
  const auto axis = resolve_axis(context.attributes.int_or("axis", -1), data->rank());
  if (!axis) return 0;
  return static_cast<double>(data->size()) * std::log2(static_cast<double>(data->dims()[*axis]) + 2);
}

double in_resizing(const KernelContext& context) {
  if (context.input(0) == nullptr) return 0;
  const auto request = resize_request(context);
  if (!request) return 0;
  double terms = 1;
  double of_table = 0;
  for (const ResizeAxis& axis : request->axes) {
    terms *= terms_of_axis(request->style, axis);
    of_table += static_cast<double>(axis.out) * most_taps(request->style, axis);
  }
  return terms + of_table;
}

}  // namespace

double operations_of(const KernelContext& context) {
  const std::string_view type = context.node.op_type;
  double operations = 0;
  if (const auto op = window_operator(context.node.domain, type))
    operations = in_windows(context, *op);
  else if (type == "MatMul" || type == "MatMulInteger")
    operations = in_product(context, 0, 1);
  else if (type == "QLinearMatMul")
    operations = in_product(context, 0, 3);
  else if (type == "Gemm")
    operations = in_matrices(context, 0, 1);
  else if (type == "QGemm")
    operations = in_matrices(context, 0, 3);
  else if (type == "NonMaxSuppression")
    operations = in_pairs_of_boxes(context);
  else if (type == "LRN")
    operations = in_neighbours(context);
  else if (type == "Max" || type == "Min" || type == "Mean" || type == "Sum")
    operations = in_folds(context);
  else if (type == "TopK")
    operations = in_sorting(context);
  else if (type == "Resize" || type == "Upsample")
    operations = in_resizing(context);
  return operations + elements_read(context);
}

}  // namespace padproof::verifier
