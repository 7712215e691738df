// SPDX-License-Identifier: Apache-2.0
// Gather, GatherElements, GatherND, Compress, NonZero, OneHot: elements chosen by data.
// Sources: ONNX Gather-1/-11/-13, GatherElements-11/-13, GatherND-11/-12/-13, Compress-9/-11, NonZero-9/-13,
// OneHot-9/-11.
#include <algorithm>

#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/saturate.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

Result<std::int64_t> checked_index(std::int64_t index, std::int64_t extent) {
  if (index < -extent || index >= extent)
    return bad_value("index", std::to_string(index),
                     std::to_string(-extent) + " to " + std::to_string(extent - 1));
  return index < 0 ? index + extent : index;
}

void copy_elements(const Tensor& source, std::int64_t from, Tensor* target, std::int64_t to,
                   std::int64_t count) {
  const auto unit = static_cast<std::int64_t>(element_bytes(source.dtype()));
  if (count > 0)
    copy_in_time(target->mutable_bytes() + to * unit, source.bytes().data() + from * unit,
                 static_cast<std::size_t>(count * unit));
}

/// Flags of Compress, padded with nothing: only those given count.
Result<std::vector<std::int64_t>> chosen_places(const Tensor& condition, std::int64_t extent) {
  if (condition.dtype() != DataType::kBool || condition.rank() != 1)
    return bad_shape("condition is not a list of booleans", condition.dims());
  std::vector<std::int64_t> places;
  Watch watch;
  for (std::int64_t i = 0; i < condition.size() && !watch.is_over(); ++i) {
    if (condition.data<std::uint8_t>()[static_cast<std::size_t>(i)] == 0) continue;
    if (i >= extent)
      return bad_value("condition beyond the data", std::to_string(i), std::to_string(extent - 1));
    places.push_back(i);
  }
  return places;
}

/// Calls visit(place) in ascending order; false for types that the engine does not know.
template <class Visit>
bool for_each_non_zero(const Tensor& data, Visit&& visit) {
  return dispatch(AllTypes{}, data.dtype(), [&]<class T>(std::type_identity<T>) {
    const auto elements = data.data<T>();
    for_each_in_time(data.size(), 1, [&](std::int64_t i) {
      if (elements[static_cast<std::size_t>(i)] != T{0}) visit(i);
    });
  });
}

/// Indices of OneHot may be of any numeric type.
Result<std::vector<std::int64_t>> any_integers(const KernelContext& context, const Tensor& tensor) {
  std::vector<std::int64_t> values;
  const bool known = dispatch(NumericTypes{}, tensor.dtype(), [&]<class T>(std::type_identity<T>) {
    Watch watch;
    for (const T value : tensor.data<T>()) {
      if (watch.is_over()) return;
      if constexpr (std::is_floating_point_v<T>)
        values.push_back(saturate<std::int64_t>(static_cast<double>(value)));
      else
        values.push_back(static_cast<std::int64_t>(value));
    }
  });
  if (!known) return type_not_in_engine(context, tensor.dtype());
  return values;
}

}  // namespace

Result<void> gather(KernelContext& context) {
  const Tensor& data = context.present(0);
  const Tensor& indices = context.present(1);
  const auto axis = resolve_axis(context.attributes.int_or("axis", 0), data.rank());
  if (!axis) return Error(axis.error());
  const auto listed = integers(indices);
  if (!listed) return Error(listed.error());
  Dims dims(data.dims().begin(), data.dims().begin() + static_cast<std::ptrdiff_t>(*axis));
  dims.insert(dims.end(), indices.dims().begin(), indices.dims().end());
  dims.insert(dims.end(), data.dims().begin() + static_cast<std::ptrdiff_t>(*axis) + 1, data.dims().end());
  const auto output = make_output(context, 0, data.dtype(), dims);
  if (!output) return Error(output.error());
  if ((*output)->size() == 0) return {};
  const std::int64_t extent = data.dims()[*axis];
  const std::int64_t run = extent_product(data.dims(), *axis + 1, data.rank());
  const std::int64_t rows = extent_product(data.dims(), 0, *axis);
  std::int64_t to = 0;
  Watch watch;
  for (std::int64_t row = 0; row < rows; ++row)
    for (const std::int64_t index : *listed) {
      if (watch.is_over(run)) return {};
      const auto at = checked_index(index, extent);
      if (!at) return Error(at.error());
      copy_elements(data, (row * extent + *at) * run, *output, to, run);
      to += run;
    }
  return {};
}

Result<void> gather_elements(KernelContext& context) {
  const Tensor& data = context.present(0);
  const Tensor& indices = context.present(1);
  const auto axis = resolve_axis(context.attributes.int_or("axis", 0), data.rank());
  if (!axis) return Error(axis.error());
  if (indices.rank() != data.rank()) return bad_shape("indices differ in rank from the data", indices.dims());
  for (std::size_t i = 0; i < data.rank(); ++i)
    if (i != *axis && indices.dims()[i] > data.dims()[i])
      return bad_shape("indices reach beyond the data", indices.dims(), to_string(data.dims()));
  const auto listed = integers(indices);
  if (!listed) return Error(listed.error());
  const auto output = make_output(context, 0, data.dtype(), indices.dims());
  if (!output) return Error(output.error());
  const Dims strides = row_major_strides(data.dims());
  Dims place(indices.rank(), 0);
  Watch watch;
  for (std::int64_t i = 0; i < indices.size() && !watch.is_over(std::ssize(place)); ++i) {
    const auto at = checked_index((*listed)[static_cast<std::size_t>(i)], data.dims()[*axis]);
    if (!at) return Error(at.error());
    std::int64_t from = (*at - place[*axis]) * strides[*axis];
    for (std::size_t k = 0; k < place.size(); ++k) from += place[k] * strides[k];
    copy_elements(data, from, *output, i, 1);
    for (std::size_t k = place.size(); k-- > 0 && ++place[k] == indices.dims()[k];) place[k] = 0;
  }
  return {};
}

Result<void> gather_nd(KernelContext& context) {
  const Tensor& data = context.present(0);
  const Tensor& indices = context.present(1);
  const auto batch_axes = static_cast<std::size_t>(context.attributes.int_or("batch_dims", 0));
  if (indices.rank() == 0 || data.rank() == 0 || batch_axes >= std::min(indices.rank(), data.rank()))
    return bad_shape("indices or data have too few axes", indices.dims());
  if (!std::equal(data.dims().begin(), data.dims().begin() + static_cast<std::ptrdiff_t>(batch_axes),
                  indices.dims().begin()))
    return bad_shape("batch axes differ", indices.dims(), to_string(data.dims()));
  const std::int64_t tuple = indices.dims().back();
  if (tuple < 0 || static_cast<std::size_t>(tuple) > data.rank() - batch_axes)
    return bad_shape("index tuples are too long", indices.dims(), to_string(data.dims()));
  const auto listed = integers(indices);
  if (!listed) return Error(listed.error());
  const std::size_t indexed = batch_axes + static_cast<std::size_t>(tuple);
  Dims dims(indices.dims().begin(), indices.dims().end() - 1);
  dims.insert(dims.end(), data.dims().begin() + static_cast<std::ptrdiff_t>(indexed), data.dims().end());
  const auto output = make_output(context, 0, data.dtype(), dims);
  if (!output) return Error(output.error());
  if ((*output)->size() == 0) return {};
  const std::int64_t run = extent_product(data.dims(), indexed, data.rank());
  const std::int64_t batch_run = extent_product(data.dims(), batch_axes, data.rank());
  const std::int64_t per_batch = extent_product(indices.dims(), batch_axes, indices.rank() - 1);
  const std::int64_t tuples = extent_product(indices.dims(), 0, indices.rank() - 1);
  const Dims strides = row_major_strides(data.dims());
  Watch watch;
  for (std::int64_t i = 0; i < tuples && !watch.is_over(run + tuple); ++i) {
    std::int64_t from = i / per_batch * batch_run;
    for (std::int64_t k = 0; k < tuple; ++k) {
      const std::size_t axis = batch_axes + static_cast<std::size_t>(k);
      const auto at = checked_index((*listed)[static_cast<std::size_t>(i * tuple + k)], data.dims()[axis]);
      if (!at) return Error(at.error());
      from += *at * strides[axis];
    }
    copy_elements(data, from, *output, i * run, run);
  }
  return {};
}

Result<void> compress(KernelContext& context) {
  Tensor data = context.present(0);
  if (!context.attributes.has("axis")) data = data.reshaped({data.size()});
  const auto axis = resolve_axis(context.attributes.int_or("axis", 0), data.rank());
  if (!axis) return Error(axis.error());
  const auto places = chosen_places(context.present(1), data.dims()[*axis]);
  if (!places) return Error(places.error());
  Dims dims = data.dims();
  dims[*axis] = std::ssize(*places);
  const auto output = make_output(context, 0, data.dtype(), dims);
  if (!output) return Error(output.error());
  if ((*output)->size() == 0) return {};
  const std::int64_t run = extent_product(data.dims(), *axis + 1, data.rank());
  const std::int64_t rows = extent_product(data.dims(), 0, *axis);
  std::int64_t to = 0;
  Watch watch;
  for (std::int64_t row = 0; row < rows; ++row)
    for (const std::int64_t place : *places) {
      if (watch.is_over(run)) return {};
      copy_elements(data, (row * data.dims()[*axis] + place) * run, *output, to, run);
      to += run;
    }
  return {};
}

Result<void> non_zero(KernelContext& context) {
  const Tensor& data = context.present(0);
  // Counted first: a list of places takes many times the room of the data.
  std::int64_t count = 0;
  for_each_non_zero(data, [&](std::int64_t) { ++count; });
  const auto room = make_room(context, static_cast<double>(count), sizeof(std::int64_t));
  if (!room) return Error(room.error());
  std::vector<std::int64_t> found;
  found.reserve(static_cast<std::size_t>(count));
  const bool known = for_each_non_zero(data, [&](std::int64_t i) { found.push_back(i); });
  if (!known) return type_not_in_engine(context, data.dtype());
  // No axes, no rows: of a scalar the shape is (0, N), as the text says and NumPy does not.
  const Dims& dims = data.dims();
  const Dims strides = row_major_strides(dims);
  const auto output = make_output(context, 0, DataType::kInt64, {std::ssize(dims), std::ssize(found)});
  if (!output) return Error(output.error());
  const auto places = elements<std::int64_t>(*output);
  for (std::size_t axis = 0; axis < dims.size(); ++axis)
    for_each_in_time(std::ssize(found), kOperationsOfPlace, [&](std::int64_t at) {
      const auto i = static_cast<std::size_t>(at);
      places[axis * found.size() + i] = found[i] / strides[axis] % dims[axis];
    });
  return {};
}

Result<void> one_hot(KernelContext& context) {
  const Tensor& indices = context.present(0);
  const Tensor& values = context.present(2);
  const auto depth = any_integers(context, context.present(1));
  if (!depth) return Error(depth.error());
  if (depth->size() != 1 || depth->front() < 0) return bad_value("depth of a one-hot axis", "not one size");
  if (values.dims() != Dims{2}) return bad_shape("values are not off and on", values.dims(), "2");
  const auto room = make_room(context, 2 * static_cast<double>(indices.size()), sizeof(std::int64_t));
  if (!room) return Error(room.error());
  const auto listed = any_integers(context, indices);
  if (!listed) return Error(listed.error());
  const auto axis = resolve_axis(context.attributes.int_or("axis", -1), indices.rank() + 1);
  if (!axis) return Error(axis.error());
  Dims dims = indices.dims();
  dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(*axis), depth->front());
  const auto output = make_output(context, 0, values.dtype(), dims);
  if (!output) return Error(output.error());
  if (is_cut_off()) return {};  // the list may be cut short
  const std::int64_t step = extent_product(dims, *axis + 1, dims.size());
  for_each_in_time((*output)->size(), kOperationsOfPlace, [&](std::int64_t i) {
    const std::int64_t place = i / step % depth->front();
    const std::int64_t source = i / (step * depth->front()) * step + i % step;
    const std::int64_t index = (*listed)[static_cast<std::size_t>(source)];
    // An index out of range lights nothing.
    const bool is_on = index == place || (index < 0 && index + depth->front() == place);
    copy_elements(values, is_on ? 1 : 0, *output, i, 1);
  });
  return {};
}

}  // namespace padproof::verifier
