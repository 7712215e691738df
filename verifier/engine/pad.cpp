// SPDX-License-Identifier: Apache-2.0
// Pad: every output cell is an input cell, found axis by axis, or the constant.
//
// reflect mirrors without repeating the border, as often as needed; wrap repeats the tensor. Negative pads
// cut. Sources: ONNX Pad-1/-2/-11/-13/-18/-19 to -25.
#include <algorithm>
#include <cstring>

#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/operands.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

struct AxisPads {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

enum class PadMode { kConstant, kReflect, kEdge, kWrap };

constexpr std::int64_t kConstantCell = -1;

Result<PadMode> pad_mode(const KernelContext& context) {
  const std::string_view mode = context.attributes.string_or("mode", "constant");
  if (mode == "constant") return PadMode::kConstant;
  if (mode == "reflect") return PadMode::kReflect;
  if (mode == "edge") return PadMode::kEdge;
  if (mode == "wrap" && context.opset >= 19) return PadMode::kWrap;
  return bad_value("mode", model::printable(mode), "constant, reflect, edge or (from opset 19 on) wrap");
}

/// Begins, then ends, of the axes that are padded.
Result<std::vector<std::int64_t>> listed_pads(const KernelContext& context) {
  if (context.opset >= 11) {
    if (context.input(1) == nullptr) return model::malformed("missing-input", "pads are missing");
    return integers(context.present(1));
  }
  return context.attributes.ints(context.opset < 2 ? "paddings" : "pads");
}

Result<std::vector<AxisPads>> axis_pads(const KernelContext& context) {
  const std::size_t rank = context.input(0)->rank();
  const auto listed = listed_pads(context);
  if (!listed) return Error(listed.error());
  std::vector<std::int64_t> axes;
  for (std::size_t i = 0; i < rank; ++i) axes.push_back(static_cast<std::int64_t>(i));
  if (context.opset >= 18 && context.input(3) != nullptr) {
    auto named = integers(context.present(3));
    if (!named) return Error(named.error());
    axes = std::move(*named);
  }
  if (listed->size() != 2 * axes.size())
    return bad_value("number of pads", std::to_string(listed->size()), std::to_string(2 * axes.size()));
  if (const auto distinct = resolve_axes(axes, rank); !distinct) return Error(distinct.error());
  std::vector<AxisPads> pads(rank);
  for (std::size_t i = 0; i < axes.size(); ++i)
    pads[*resolve_axis(axes[i], rank)] = {(*listed)[i], (*listed)[i + axes.size()]};
  return pads;
}

std::int64_t positive_remainder(std::int64_t value, std::int64_t divisor) {
  const std::int64_t rest = value % divisor;
  return rest < 0 ? rest + divisor : rest;
}

/// The input cell that stands at `at`, which may lie outside [0, extent).
std::int64_t source_cell(PadMode mode, std::int64_t at, std::int64_t extent) {
  if (at >= 0 && at < extent) return at;
  switch (mode) {
    case PadMode::kConstant:
      return kConstantCell;
    case PadMode::kEdge:
      return at < 0 ? 0 : extent - 1;
    case PadMode::kWrap:
      return positive_remainder(at, extent);
    case PadMode::kReflect:
      break;
  }
  if (extent == 1) return 0;
  const std::int64_t period = 2 * (extent - 1);
  const std::int64_t phase = positive_remainder(at, period);
  return phase < extent ? phase : period - phase;
}

/// Extents of the result. Cutting and padding must leave something that is not negative.
Result<Dims> padded_dims(const Dims& dims, const std::vector<AxisPads>& pads, PadMode mode) {
  constexpr std::int64_t kLimit = std::int64_t{1} << 61;
  Dims result;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const auto [begin, end] = pads[i];
    if (begin < -kLimit || begin > kLimit || end < -kLimit || end > kLimit || dims[i] > kLimit)
      return bad_value("pads", std::to_string(begin) + ", " + std::to_string(end));
    result.push_back(dims[i] + begin + end);
    if (result.back() < 0)
      return bad_value("pads cut more than there is", std::to_string(result.back()), "0");
    if (dims[i] == 0 && result.back() > 0 && mode != PadMode::kConstant)
      return bad_shape("nothing to pad from", dims);
  }
  const auto count = count_elements(result);
  if (!count) return Error(count.error());
  return result;
}

/// By axis and place in the result: the place in the input, as an offset in elements, or kConstantCell.
std::vector<std::vector<std::int64_t>> offset_tables(const Dims& dims, const Dims& result,
                                                     const std::vector<AxisPads>& pads, PadMode mode) {
  const Dims strides = row_major_strides(dims);
  std::vector<std::vector<std::int64_t>> tables(dims.size());
  for (std::size_t i = 0; i < dims.size(); ++i)
    for_each_in_time(result[i], kOperationsOfPlace, [&](std::int64_t p) {
      const std::int64_t cell = source_cell(mode, p - pads[i].begin, dims[i]);
      tables[i].push_back(cell == kConstantCell ? kConstantCell : cell * strides[i]);
    });
  return tables;
}

/// The constant's bytes. Older versions give a float attribute, later ones a scalar of the data's type.
Result<std::string> constant_bytes(const KernelContext& context) {
  const DataType dtype = context.input(0)->dtype();
  std::string zero(element_bytes(dtype), '\0');
  if (context.opset >= 11) {
    const Tensor* const constant = context.input(2);
    if (constant == nullptr) return zero;
    if (constant->dtype() != dtype)
      return model::malformed("input-type", "constant differs in type from the data",
                              model::to_string(constant->dtype()), model::to_string(dtype));
    if (constant->size() != 1) return bad_shape("constant is not a scalar", constant->dims());
    return std::string(constant->bytes());
  }
  const float value = context.attributes.float_or("value", 0.0F);
  const bool known = dispatch(FloatTypes{}, dtype, [&]<class T>(std::type_identity<T>) {
    const T converted = static_cast<T>(value);
    std::memcpy(zero.data(), &converted, sizeof(T));
  });
  if (!known) return type_not_in_engine(context, dtype);
  return zero;
}

}  // namespace

Result<void> pad(KernelContext& context) {
  const Tensor& input = context.present(0);
  const auto mode = pad_mode(context);
  if (!mode) return Error(mode.error());
  const auto pads = axis_pads(context);
  if (!pads) return Error(pads.error());
  const auto constant = constant_bytes(context);
  if (!constant) return Error(constant.error());
  const auto dims = padded_dims(input.dims(), *pads, *mode);
  if (!dims) return Error(dims.error());
  const auto output = make_output(context, 0, input.dtype(), *dims);
  if (!output) return Error(output.error());
  if ((*output)->size() == 0) return {};
  double places = 0;
  for (const std::int64_t extent : *dims) places += static_cast<double>(extent);
  const auto room = make_room(context, 2 * places, sizeof(std::int64_t));
  if (!room) return Error(room.error());
  const auto tables = offset_tables(input.dims(), *dims, *pads, *mode);
  if (is_cut_off()) return {};
  Dims place(dims->size(), 0);
  const std::size_t unit = element_bytes(input.dtype());
  for_each_in_time((*output)->size(), std::ssize(place), [&](std::int64_t i) {
    std::int64_t offset = 0;
    for (std::size_t axis = 0; axis < place.size() && offset != kConstantCell; ++axis) {
      const std::int64_t step = tables[axis][static_cast<std::size_t>(place[axis])];
      offset = step == kConstantCell ? kConstantCell : offset + step;
    }
    const char* const from = offset == kConstantCell
                                 ? constant->data()
                                 : input.bytes().data() + static_cast<std::size_t>(offset) * unit;
    std::memcpy((*output)->mutable_bytes() + static_cast<std::size_t>(i) * unit, from, unit);
    for (std::size_t axis = place.size(); axis-- > 0 && ++place[axis] == (*dims)[axis];) place[axis] = 0;
  });
  return {};
}

}  // namespace padproof::verifier
