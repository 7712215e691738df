// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/operands.h"

#include <fmt/format.h>

#include <algorithm>

#include "verifier/engine/in_time.h"
#include "verifier/engine/work_limit.h"

namespace padproof::verifier {

using model::Error;
using model::malformed;
using model::Result;

Error bad_shape(std::string what, const Dims& got, std::string limit) {
  return malformed("input-shape", std::move(what), to_string(got), std::move(limit));
}

Error bad_value(std::string what, std::string got, std::string limit) {
  return malformed("input-value", std::move(what), std::move(got), std::move(limit));
}

Error type_not_in_engine(const KernelContext& context, model::DataType dtype) {
  auto error = unsupported_in_engine(context, "element type", model::to_string(dtype));
  error.value().code = kTypeNotInEngine;
  return error;
}

Result<void> same_types(const KernelContext& context, std::size_t count) {
  const auto dtype = context.input(0)->dtype();
  for (std::size_t i = 1; i < count && i < context.inputs.size(); ++i)
    if (context.inputs[i] != nullptr && context.inputs[i]->dtype() != dtype)
      return malformed("input-type", "operands differ in type", model::to_string(context.inputs[i]->dtype()),
                       model::to_string(dtype));
  return {};
}

Result<std::vector<std::int64_t>> integers(const Tensor& tensor) {
  std::vector<std::int64_t> values;
  const bool known = dispatch(IndexTypes{}, tensor.dtype(), [&]<class T>(std::type_identity<T>) {
    const auto data = tensor.data<T>();
    values.assign(data.begin(), data.end());
  });
  if (!known)
    return malformed("input-type", "not a tensor of integers", model::to_string(tensor.dtype()),
                     "int32 or int64");
  return values;
}

Result<std::int64_t> single_integer(const Tensor& tensor) {
  const auto values = integers(tensor);
  if (!values) return Error(values.error());
  if (values->size() != 1) return bad_shape("not a single integer", tensor.dims(), "one element");
  return values->front();
}

Result<bool> single_bool(const Tensor& tensor) {
  if (tensor.dtype() != model::DataType::kBool)
    return malformed("input-type", "not a boolean", model::to_string(tensor.dtype()), "bool");
  if (tensor.size() != 1) return bad_shape("not a single boolean", tensor.dims(), "one element");
  return tensor.data<std::uint8_t>().front() != 0;
}

Result<std::size_t> resolve_axis(std::int64_t axis, std::size_t rank) {
  const auto limit = static_cast<std::int64_t>(rank);
  if (axis < -limit || axis >= limit)
    return malformed("axis-out-of-range", "axis is not one of the tensor's", std::to_string(axis),
                     std::to_string(-limit) + " to " + std::to_string(limit - 1));
  return static_cast<std::size_t>(axis < 0 ? axis + limit : axis);
}

Result<std::vector<std::size_t>> resolve_axes(const std::vector<std::int64_t>& axes, std::size_t rank) {
  std::vector<std::size_t> resolved;
  for (const std::int64_t axis : axes) {
    const auto one = resolve_axis(axis, rank);
    if (!one) return Error(one.error());
    resolved.push_back(*one);
  }
  std::sort(resolved.begin(), resolved.end());
  if (std::adjacent_find(resolved.begin(), resolved.end()) != resolved.end())
    return malformed("axis-repeated", "axis is listed twice");
  return resolved;
}

Result<Tensor*> make_output(KernelContext& context, std::size_t index, model::DataType dtype, Dims dims,
                            Contents contents) {
  const auto count = count_elements(dims);
  if (!count) return Error(count.error());
  if (auto allowed = check_operations(context.operations, static_cast<double>(*count)); !allowed)
    return Error(allowed.error());
  auto tensor = context.memory.allocate(dtype, std::move(dims), contents);
  if (!tensor) return Error(tensor.error());
  // A kernel may compute an output that the node does not name; it needs a place all the same.
  if (context.outputs.size() <= index) context.outputs.resize(index + 1);
  context.outputs[index] = std::move(*tensor);
  return &context.outputs[index];
}

Result<std::shared_ptr<void>> make_room(const KernelContext& context, double elements, std::size_t bytes) {
  const double size = elements * static_cast<double>(bytes);
  auto room = context.memory.set_aside(size);
  if (room == nullptr)
    return model::unsupported("memory-limit", "what the node works with does not fit the memory limit",
                              fmt::format("{:.4g} bytes", size));
  return room;
}

Result<Tensor> aligned(const KernelContext& context, const Tensor& operand) {
  if (operand.is_aligned()) return operand;
  auto copy = context.memory.allocate(operand.dtype(), operand.dims(), Contents::kAnything);
  if (copy) copy_in_time(copy->mutable_bytes(), operand.bytes().data(), operand.bytes().size());
  return copy;
}

std::int64_t extent_product(const Dims& dims, std::size_t first, std::size_t last) {
  std::int64_t product = 1;
  for (std::size_t i = first; i < last; ++i) product *= dims[i];
  return product;
}

Dims row_major_strides(const Dims& dims) {
  Dims strides(dims.size());
  std::int64_t step = 1;
  for (std::size_t i = dims.size(); i-- > 0;) {
    strides[i] = step;
    step *= dims[i];
  }
  return strides;
}

}  // namespace padproof::verifier
