// SPDX-License-Identifier: Apache-2.0
// Scatter, ScatterElements and ScatterND: a copy of the data with some elements replaced or combined, updates
// taken in row-major order. Sources: ONNX Scatter-9/-11, ScatterElements-11/-13/-16/-18,
// ScatterND-11/-13/-16/-18.
#include "verifier/engine/extremes.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/wrapping.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

enum class Combine { kReplace, kAdd, kMultiply, kMaximum, kMinimum };

Result<Combine> combination(const KernelContext& context) {
  const std::string_view name = context.attributes.string_or("reduction", "none");
  if (name == "none") return Combine::kReplace;
  if (name == "add") return Combine::kAdd;
  if (name == "mul") return Combine::kMultiply;
  if (name == "max" && context.opset >= 18) return Combine::kMaximum;
  if (name == "min" && context.opset >= 18) return Combine::kMinimum;
  return bad_value("reduction", model::printable(name), "none, add, mul or (from opset 18 on) max, min");
}

template <class T>
T combined(Combine combine, T old, T update) {
  switch (combine) {
    case Combine::kReplace:
      return update;
    case Combine::kAdd:
      return wrapping_sum(old, update);
    case Combine::kMultiply:
      return wrapping_product(old, update);
    case Combine::kMaximum:
      return beats_maximum(update, old) ? update : old;
    case Combine::kMinimum:
      return beats_minimum(update, old) ? update : old;
  }
  return update;
}

Result<std::int64_t> checked_index(std::int64_t index, std::int64_t extent) {
  if (index < -extent || index >= extent)
    return bad_value("index", std::to_string(index),
                     std::to_string(-extent) + " to " + std::to_string(extent - 1));
  return index < 0 ? index + extent : index;
}

/// Output 0 = a copy of the data.
Result<Tensor*> copy_data(KernelContext& context) {
  const Tensor& data = context.present(0);
  auto output = make_output(context, 0, data.dtype(), data.dims());
  if (output && !data.bytes().empty())
    copy_in_time((*output)->mutable_bytes(), data.bytes().data(), data.bytes().size());
  return output;
}

/// Combines `count` updates from `from` into the output from `to`.
Result<void> update(const KernelContext& context, Combine combine, Tensor* output, std::int64_t to,
                    std::int64_t from, std::int64_t count) {
  const Tensor& updates = context.present(2);
  const bool known = dispatch(AllTypes{}, updates.dtype(), [&]<class T>(std::type_identity<T>) {
    T* const target = elements<T>(output).data() + to;
    const T* const source = updates.data<T>().data() + from;
    for_each_in_time(count, 1, [&](std::int64_t i) { target[i] = combined(combine, target[i], source[i]); });
  });
  if (!known) return type_not_in_engine(context, updates.dtype());
  return {};
}

Result<void> check_operands(const KernelContext& context, Combine combine) {
  const auto dtype = context.input(0)->dtype();
  if (context.input(2)->dtype() != dtype)
    return model::malformed("input-type", "updates differ in type from the data",
                            model::to_string(context.input(2)->dtype()), model::to_string(dtype));
  if (combine != Combine::kReplace && !contains(NumericTypes{}, dtype))
    return type_not_in_engine(context, dtype);
  return {};
}

}  // namespace

Result<void> scatter_elements(KernelContext& context) {
  const Tensor& data = context.present(0);
  const Tensor& indices = context.present(1);
  const auto combine = combination(context);
  if (!combine) return Error(combine.error());
  if (auto checked = check_operands(context, *combine); !checked) return checked;
  const auto axis = resolve_axis(context.attributes.int_or("axis", 0), data.rank());
  if (!axis) return Error(axis.error());
  if (indices.rank() != data.rank() || indices.dims() != context.input(2)->dims())
    return bad_shape("indices do not fit data and updates", indices.dims(), to_string(data.dims()));
  for (std::size_t i = 0; i < data.rank(); ++i)
    if (i != *axis && indices.dims()[i] > data.dims()[i])
      return bad_shape("indices reach beyond the data", indices.dims(), to_string(data.dims()));
  const auto listed = integers(indices);
  if (!listed) return Error(listed.error());
  const auto output = copy_data(context);
  if (!output) return Error(output.error());
  if (context.input(2)->size() == 0) return {};
  const Dims strides = row_major_strides(data.dims());
  Dims place(indices.rank(), 0);
  Watch watch;
  for (std::int64_t i = 0; i < indices.size() && !watch.is_over(std::ssize(place)); ++i) {
    const auto at = checked_index((*listed)[static_cast<std::size_t>(i)], data.dims()[*axis]);
    if (!at) return Error(at.error());
    std::int64_t to = (*at - place[*axis]) * strides[*axis];
    for (std::size_t k = 0; k < place.size(); ++k) to += place[k] * strides[k];
    if (auto done = update(context, *combine, *output, to, i, 1); !done) return done;
    for (std::size_t k = place.size(); k-- > 0 && ++place[k] == indices.dims()[k];) place[k] = 0;
  }
  return {};
}

Result<void> scatter_nd(KernelContext& context) {
  const Tensor& data = context.present(0);
  const Tensor& indices = context.present(1);
  const auto combine = combination(context);
  if (!combine) return Error(combine.error());
  if (auto checked = check_operands(context, *combine); !checked) return checked;
  if (indices.rank() == 0 || indices.dims().back() > std::ssize(data.dims()))
    return bad_shape("index tuples do not fit the data", indices.dims(), to_string(data.dims()));
  const auto tuple = static_cast<std::size_t>(indices.dims().back());
  Dims expected(indices.dims().begin(), indices.dims().end() - 1);
  expected.insert(expected.end(), data.dims().begin() + static_cast<std::ptrdiff_t>(tuple),
                  data.dims().end());
  if (context.input(2)->dims() != expected)
    return bad_shape("updates do not fit the indices", context.input(2)->dims(), to_string(expected));
  const auto listed = integers(indices);
  if (!listed) return Error(listed.error());
  const auto output = copy_data(context);
  if (!output) return Error(output.error());
  if (context.input(2)->size() == 0) return {};
  const Dims strides = row_major_strides(data.dims());
  const std::int64_t run = extent_product(data.dims(), tuple, data.rank());
  const std::int64_t tuples = extent_product(indices.dims(), 0, indices.rank() - 1);
  Watch watch;
  for (std::int64_t i = 0; i < tuples && !watch.is_over(run + std::ssize(data.dims())); ++i) {
    std::int64_t to = 0;
    for (std::size_t k = 0; k < tuple; ++k) {
      const auto at = checked_index((*listed)[static_cast<std::size_t>(i) * tuple + k], data.dims()[k]);
      if (!at) return Error(at.error());
      to += *at * strides[k];
    }
    if (auto done = update(context, *combine, *output, to, i * run, run); !done) return done;
  }
  return {};
}

}  // namespace padproof::verifier
