// SPDX-License-Identifier: Apache-2.0
// Operators that reorder or repeat elements: Transpose, DepthToSpace, SpaceToDepth, Expand, Tile, Slice.
// Sources: ONNX Transpose-1 to -25, DepthToSpace-1/-11/-13, SpaceToDepth-1/-13, Expand-8/-13, Tile-1/-6/-13,
// Slice-1/-10/-11/-13.
#include <algorithm>
#include <array>
#include <numeric>

#include "verifier/engine/broadcast.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/saturate.h"
#include "verifier/engine/strided_copy.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

Result<void> give_view(KernelContext& context, const StridedView& view, Dims dims) {
  const Tensor& input = context.present(0);
  const auto output = make_output(context, 0, input.dtype(), std::move(dims), Contents::kAnything);
  if (!output) return Error(output.error());
  strided_copy(input, view, *output);
  return {};
}

/// The tensor seen as `split` (its elements in order), with axes in the order `order`.
StridedView permuted(const Dims& split, const std::vector<std::size_t>& order) {
  const Dims strides = row_major_strides(split);
  StridedView view;
  for (const std::size_t axis : order) {
    view.extents.push_back(split[axis]);
    view.strides.push_back(strides[axis]);
  }
  return view;
}

Result<std::int64_t> block_size(const KernelContext& context) {
  const std::int64_t size = context.attributes.int_or("blocksize", 0);
  if (size < 1 || size > INT32_MAX) return bad_value("block size", std::to_string(size), "1 to 2^31 - 1");
  if (context.input(0)->rank() != 4) return bad_shape("data is not [N,C,H,W]", context.input(0)->dims());
  return size;
}

/// start and end of a slice, one axis; the names are those of the specification.
struct SliceAxis {
  std::int64_t start;
  std::int64_t end;
  std::int64_t step;
};

/// First element and number of elements, by the clamping rules of Slice-13.
std::pair<std::int64_t, std::int64_t> taken(const SliceAxis& slice, std::int64_t extent) {
  const auto clamped = [&](std::int64_t value, std::int64_t least, std::int64_t most) {
    return std::clamp(value < 0 ? value + extent : value, least, most);
  };
  if (slice.step > 0) {
    const std::int64_t start = clamped(slice.start, 0, extent);
    const std::int64_t end = clamped(slice.end, 0, extent);
    return {start, end <= start ? 0 : (end - start - 1) / slice.step + 1};
  }
  if (extent == 0) return {0, 0};
  const std::int64_t start = clamped(slice.start, 0, extent - 1);
  const std::int64_t end = clamped(slice.end, -1, extent - 1);
  // -(step + 1) cannot overflow where -step could.
  const std::int64_t stride_less_one = -(slice.step + 1);
  const std::int64_t room = start - end;
  if (room <= 0) return {start, 0};
  return {start, stride_less_one >= room ? 1 : (room - 1) / (stride_less_one + 1) + 1};
}

struct SliceRequest {
  std::vector<std::int64_t> starts;
  std::vector<std::int64_t> ends;
  std::vector<std::int64_t> axes;
  std::vector<std::int64_t> steps;
};

Result<SliceRequest> slice_request(const KernelContext& context) {
  SliceRequest request;
  if (context.opset < 10) {
    if (context.input(1) != nullptr) return model::malformed("input-count", "this version takes attributes");
    request = {context.attributes.ints("starts"),
               context.attributes.ints("ends"),
               context.attributes.ints("axes"),
               {}};
  } else {
    std::array<std::vector<std::int64_t>*, 4> lists{&request.starts, &request.ends, &request.axes,
                                                    &request.steps};
    for (std::size_t i = 0; i < lists.size(); ++i) {
      if (context.input(i + 1) == nullptr && i < 2)
        return model::malformed("missing-input", "starts or ends is missing");
      if (context.input(i + 1) == nullptr) continue;
      auto list = integers(*context.input(i + 1));
      if (!list) return Error(list.error());
      *lists[i] = std::move(*list);
    }
  }
  const std::size_t count = request.starts.size();
  if (request.axes.empty())
    for (std::size_t i = 0; i < count; ++i) request.axes.push_back(static_cast<std::int64_t>(i));
  if (request.steps.empty()) request.steps.assign(count, 1);
  if (request.ends.size() != count || request.axes.size() != count || request.steps.size() != count)
    return model::malformed("input-shape", "starts, ends, axes and steps differ in length");
  return request;
}

/// The repeats of Tile-1, which names one axis, in the data's type.
Result<std::vector<std::int64_t>> repeats_along_one(const KernelContext& context) {
  std::array<std::int64_t, 2> numbers{};
  for (std::size_t i = 0; i < 2; ++i) {
    const Tensor* const scalar = context.input(i + 1);
    if (scalar == nullptr) return model::malformed("missing-input", "a required input is missing");
    if (scalar->size() != 1) return bad_shape("not a scalar", scalar->dims());
    const bool known = dispatch(NumericTypes{}, scalar->dtype(), [&]<class T>(std::type_identity<T>) {
      numbers[i] = saturate<std::int64_t>(static_cast<double>(scalar->data<T>()[0]));
    });
    if (!known) return type_not_in_engine(context, scalar->dtype());
  }
  const auto axis = resolve_axis(numbers[1], context.input(0)->rank());
  if (!axis) return Error(axis.error());
  std::vector<std::int64_t> repeats(context.input(0)->rank(), 1);
  repeats[*axis] = numbers[0];
  return repeats;
}

}  // namespace

Result<void> transpose(KernelContext& context) {
  const Dims& dims = context.input(0)->dims();
  std::vector<std::int64_t> perm = context.attributes.ints("perm");
  if (!context.attributes.has("perm"))
    for (std::size_t i = dims.size(); i-- > 0;) perm.push_back(static_cast<std::int64_t>(i));
  const auto distinct = resolve_axes(perm, dims.size());
  if (!distinct) return Error(distinct.error());
  if (perm.size() != dims.size())
    return bad_value("length of the permutation", std::to_string(perm.size()), std::to_string(dims.size()));
  std::vector<std::size_t> order;
  order.reserve(perm.size());
  for (const std::int64_t axis : perm)
    order.push_back(static_cast<std::size_t>(axis < 0 ? axis + std::ssize(dims) : axis));
  const StridedView view = permuted(dims, order);
  return give_view(context, view, view.extents);
}

Result<void> depth_to_space(KernelContext& context) {
  const auto size = block_size(context);
  if (!size) return Error(size.error());
  const Dims& dims = context.input(0)->dims();
  const std::int64_t block = *size;
  if (dims[1] % (block * block) != 0)
    return bad_shape("channels are not divisible by the block", dims, std::to_string(block * block));
  const std::int64_t depth = dims[1] / (block * block);
  const std::string_view mode = context.attributes.string_or("mode", "DCR");
  if (mode != "DCR" && mode != "CRD") return bad_value("mode", model::printable(mode), "DCR or CRD");
  Dims result{dims[0], depth, dims[2] * block, dims[3] * block};
  const StridedView view =
      mode == "DCR" ? permuted({dims[0], block, block, depth, dims[2], dims[3]}, {0, 3, 4, 1, 5, 2})
                    : permuted({dims[0], depth, block, block, dims[2], dims[3]}, {0, 1, 4, 2, 5, 3});
  return give_view(context, view, std::move(result));
}

Result<void> space_to_depth(KernelContext& context) {
  const auto size = block_size(context);
  if (!size) return Error(size.error());
  const Dims& dims = context.input(0)->dims();
  const std::int64_t block = *size;
  if (dims[2] % block != 0 || dims[3] % block != 0)
    return bad_shape("extents are not divisible by the block", dims, std::to_string(block));
  const std::int64_t rows = dims[2] / block;
  const std::int64_t columns = dims[3] / block;
  // No product of extents leaves 63 bits: the elements exist, or the block divides an extent of 0.
  const auto count = count_elements({dims[1], block, block});
  if (!count) return Error(count.error());
  // The attribute came with opset 28.
  const std::string_view mode = context.attributes.string_or("mode", "DCR");
  if (mode != "DCR" && mode != "CRD") return bad_value("mode", model::printable(mode), "DCR or CRD");
  const Dims cut{dims[0], dims[1], rows, block, columns, block};
  return give_view(context,
                   mode == "DCR" ? permuted(cut, {0, 3, 5, 1, 2, 4}) : permuted(cut, {0, 1, 3, 5, 2, 4}),
                   {dims[0], dims[1] * block * block, rows, columns});
}

Result<void> expand(KernelContext& context) {
  const auto shape = integers(context.present(1));
  if (!shape) return Error(shape.error());
  const auto checked = count_elements(*shape);
  if (!checked) return Error(checked.error());
  const Dims& dims = context.input(0)->dims();
  const auto result = broadcast_dims(std::array{dims, *shape});
  if (!result) return Error(result.error());
  return give_view(context, {*result, broadcast_strides(dims, *result), 0}, *result);
}

Result<void> tile(KernelContext& context) {
  const Dims& dims = context.input(0)->dims();
  auto repeats = context.opset < 6 ? repeats_along_one(context) : integers(context.present(1));
  if (!repeats) return Error(repeats.error());
  if (repeats->size() != dims.size())
    return bad_value("number of repeats", std::to_string(repeats->size()), std::to_string(dims.size()));
  Dims result;
  StridedView view;
  const Dims strides = row_major_strides(dims);
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const auto extent = count_elements({dims[i], (*repeats)[i]});
    if (!extent) return Error(extent.error());
    result.push_back(*extent);
    view.extents.insert(view.extents.end(), {(*repeats)[i], dims[i]});
    view.strides.insert(view.strides.end(), {0, strides[i]});
  }
  return give_view(context, view, std::move(result));
}

Result<void> slice(KernelContext& context) {
  const Dims& dims = context.input(0)->dims();
  const auto request = slice_request(context);
  if (!request) return Error(request.error());
  if (const auto distinct = resolve_axes(request->axes, dims.size()); !distinct)
    return Error(distinct.error());
  StridedView view{dims, row_major_strides(dims), 0};
  for (std::size_t i = 0; i < request->axes.size(); ++i) {
    const auto axis = resolve_axis(request->axes[i], dims.size());
    const SliceAxis part{request->starts[i], request->ends[i], request->steps[i]};
    if (part.step == 0) return bad_value("step of a slice", "0", "not 0");
    const auto [first, count] = taken(part, dims[*axis]);
    view.first += first * view.strides[*axis];
    view.extents[*axis] = count;
    // A single element needs no stride, and a huge step would overflow it.
    view.strides[*axis] = count > 1 ? view.strides[*axis] * part.step : 0;
  }
  Dims result = view.extents;
  return give_view(context, view, std::move(result));
}

}  // namespace padproof::verifier
