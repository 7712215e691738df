// SPDX-License-Identifier: Apache-2.0
// Tensors from attributes and shapes: Constant, ConstantOfShape, Shape, Size, Range, EyeLike, Trilu.
// Sources: ONNX Constant-1 to -25, ConstantOfShape-9 to -25, Shape-1 to -25, Size-1 to -25, Range-11,
// EyeLike-9/-22, Trilu-14.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/wrapping.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

template <class T>
Result<void> give_list(KernelContext& context, DataType dtype, const std::vector<T>& values, bool is_scalar) {
  const auto output = make_output(context, 0, dtype, is_scalar ? Dims{} : Dims{std::ssize(values)});
  if (!output) return Error(output.error());
  std::copy(values.begin(), values.end(), elements<T>(*output).begin());
  return {};
}

/// max(0, ceil((limit - start) / delta)), of integers exactly; delta is not 0.
template <class T>
double range_length(T start, T limit, T delta) {
  if constexpr (std::is_integral_v<T>) {
    const auto wide = [](T value) { return static_cast<std::uint64_t>(static_cast<std::int64_t>(value)); };
    if (delta > 0 ? limit <= start : limit >= start) return 0;
    const std::uint64_t span = delta > 0 ? wide(limit) - wide(start) : wide(start) - wide(limit);
    const std::uint64_t step = delta > 0 ? wide(delta) : 0 - wide(delta);
    const std::uint64_t steps = span / step + (span % step != 0 ? 1 : 0);
    return static_cast<double>(steps);
  } else {
    const double steps =
        std::ceil((static_cast<double>(limit) - static_cast<double>(start)) / static_cast<double>(delta));
    return steps <= 0 ? 0 : steps;
  }
}

template <class T>
Result<void> give_range(KernelContext& context) {
  std::array<T, 3> bounds{};
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    if (context.input(i)->size() != 1)
      return bad_shape("bound of a range is not a scalar", context.input(i)->dims());
    bounds[i] = context.input(i)->data<T>().front();
  }
  const auto [start, limit, delta] = bounds;
  if (delta == T{0}) return bad_value("step of a range", "0", "not 0");
  const double steps = range_length(start, limit, delta);
  // Beyond this neither the count in double nor any memory is enough.
  if (!(steps < 1e15)) return unsupported_in_engine(context, "length of a range", std::to_string(steps));
  const auto output = make_output(context, 0, context.input(0)->dtype(), {static_cast<std::int64_t>(steps)});
  if (!output) return Error(output.error());
  const auto values = elements<T>(*output);
  for_each_in_time((*output)->size(), 1, [&](std::int64_t i) {
    values[static_cast<std::size_t>(i)] =
        wrapping_sum(bounds[0], wrapping_product(static_cast<T>(i), bounds[2]));
  });
  return {};
}

/// Start or end of Shape: negative counts from the end, then clamped.
std::int64_t clamped_axis(std::int64_t axis, std::int64_t rank) {
  return std::clamp<std::int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
}

}  // namespace

Result<void> constant(KernelContext& context) {
  const model::Attribute* given = nullptr;
  for (const model::Attribute& attribute : context.node.attributes) {
    if (given != nullptr) return model::malformed("attribute-value", "a constant has several values");
    given = context.attributes.find(attribute.name);
  }
  if (given == nullptr) return model::malformed("missing-attribute", "a constant has no value");
  switch (given->kind) {
    case model::AttributeKind::kTensor:
      break;
    case model::AttributeKind::kFloat:
      return give_list<float>(context, DataType::kFloat, {given->f}, true);
    case model::AttributeKind::kInt:
      return give_list<std::int64_t>(context, DataType::kInt64, {given->i}, true);
    case model::AttributeKind::kFloats:
      return give_list<float>(context, DataType::kFloat, given->floats, false);
    case model::AttributeKind::kInts:
      return give_list<std::int64_t>(context, DataType::kInt64, given->ints, false);
    default:
      return unsupported_in_engine(context, "kind of constant", model::printable(given->name));
  }
  if (given->tensors.empty()) return model::malformed("missing-attribute", "a constant has no value");
  auto tensor = from_constant(given->tensors[0]);
  if (!tensor) return Error(tensor.error());
  context.outputs[0] = std::move(*tensor);
  return {};
}

Result<void> constant_of_shape(KernelContext& context) {
  const auto dims = integers(context.present(0));
  if (!dims) return Error(dims.error());
  const model::TensorRef* const value = context.attributes.tensor("value");
  Tensor element(DataType::kFloat, {1});
  if (value != nullptr) {
    auto given = from_constant(*value);
    if (!given) return Error(given.error());
    if (given->size() != 1) return bad_shape("value is not one element", given->dims());
    element = std::move(*given);
  }
  const auto output = make_output(context, 0, element.dtype(), *dims);
  if (!output) return Error(output.error());
  const std::size_t unit = element_bytes(element.dtype());
  std::byte* const to = (*output)->mutable_bytes();
  const char* const from = element.bytes().data();
  for_each_in_time((*output)->size(), 1,
                   [&](std::int64_t i) { std::memcpy(to + static_cast<std::size_t>(i) * unit, from, unit); });
  return {};
}

Result<void> shape(KernelContext& context) {
  const Dims& dims = context.input(0)->dims();
  const std::int64_t rank = std::ssize(dims);
  if (context.opset < 15 && (context.attributes.has("start") || context.attributes.has("end")))
    return model::malformed("attribute-not-in-version", "this operator version has no such attribute");
  const std::int64_t start = clamped_axis(context.attributes.int_or("start", 0), rank);
  const std::int64_t end = clamped_axis(context.attributes.int_or("end", rank), rank);
  std::vector<std::int64_t> extents;
  for (std::int64_t i = start; i < end; ++i) extents.push_back(dims[static_cast<std::size_t>(i)]);
  return give_list(context, DataType::kInt64, extents, false);
}

Result<void> size(KernelContext& context) {
  return give_list<std::int64_t>(context, DataType::kInt64, {context.input(0)->size()}, true);
}

Result<void> range(KernelContext& context) {
  if (auto same = same_types(context, 3); !same) return same;
  using Types =
      TypeList<DataType::kFloat, DataType::kDouble, DataType::kInt16, DataType::kInt32, DataType::kInt64>;
  Result<void> done;
  const auto dtype = context.input(0)->dtype();
  const bool known =
      dispatch(Types{}, dtype, [&]<class T>(std::type_identity<T>) { done = give_range<T>(context); });
  if (!known) return type_not_in_engine(context, dtype);
  return done;
}

Result<void> eye_like(KernelContext& context) {
  const Tensor& input = context.present(0);
  if (input.rank() != 2) return bad_shape("not a matrix", input.dims());
  const auto dtype =
      static_cast<DataType>(context.attributes.int_or("dtype", static_cast<std::int64_t>(input.dtype())));
  const auto output = make_output(context, 0, dtype, input.dims());
  if (!output) return Error(output.error());
  const std::int64_t shift = context.attributes.int_or("k", 0);
  const bool known = dispatch(AllTypes{}, dtype, [&]<class T>(std::type_identity<T>) {
    const std::int64_t columns = input.dims()[1];
    for_each_in_time(input.size() > 0 ? input.dims()[0] : 0, 1, [&](std::int64_t row) {
      if (shift < -row || shift >= columns - row) return;
      elements<T>(*output)[static_cast<std::size_t>(row * columns + row + shift)] = T{1};
    });
  });
  if (!known) return type_not_in_engine(context, dtype);
  return {};
}

Result<void> trilu(KernelContext& context) {
  const Tensor& input = context.present(0);
  if (input.rank() < 2) return bad_shape("not a matrix", input.dims(), "rank 2 or more");
  std::int64_t diagonal = 0;
  if (context.input(1) != nullptr) {
    const auto k = single_integer(context.present(1));
    if (!k) return Error(k.error());
    diagonal = *k;
  }
  const auto output = make_output(context, 0, input.dtype(), input.dims());
  if (!output) return Error(output.error());
  const bool upper = context.attributes.int_or("upper", 1) != 0;
  const std::int64_t rows = input.dims()[input.rank() - 2];
  const std::int64_t columns = input.dims().back();
  const std::size_t unit = element_bytes(input.dtype());
  for_each_in_time(input.size(), kOperationsOfPlace, [&](std::int64_t i) {
    const std::int64_t offset = i % columns - i / columns % rows;
    if (upper ? offset < diagonal : offset > diagonal) return;
    const auto at = static_cast<std::size_t>(i) * unit;
    std::memcpy((*output)->mutable_bytes() + at, input.bytes().data() + at, unit);
  });
  return {};
}

}  // namespace padproof::verifier
