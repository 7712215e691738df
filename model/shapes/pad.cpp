// SPDX-License-Identifier: Apache-2.0
// Pad, Tile and CenterCropPad: axes that grow, repeat or are cut to a size.
#include <algorithm>
#include <numeric>
#include <utility>

#include "model/shapes/contents.h"
#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

constexpr std::int64_t kPadsAreAnInputSince = 11;
constexpr std::int64_t kRepeatsSince = 6;

/// Begins of all padded axes, then ends. Nothing if they depend on data.
std::optional<std::vector<Extent>> read_pads(const RuleContext& context, bool is_input) {
  if (is_input) {
    const auto* contents = list_contents(context, 1);
    return contents == nullptr ? std::nullopt : std::optional(*contents);
  }
  const auto& listed = context.attributes.ints(context.opset == 1 ? "paddings" : "pads");
  return std::vector<Extent>(listed.begin(), listed.end());
}

/// The axes that are padded; nothing if they depend on data.
std::optional<std::vector<std::int64_t>> padded_axes(const RuleContext& context, std::size_t rank) {
  const List listed = list_input(context, 3);
  if (listed.present) return listed.values;
  std::vector<std::int64_t> all(rank);
  std::iota(all.begin(), all.end(), 0);
  return all;
}

/// Constants that a constant-mode Pad puts around a vector; only where the pad value is known as well.
void pad_contents(RuleContext& context, const std::vector<Extent>& pads) {
  const auto* contents = context.contents(0);
  const Shape* data = context.shape(0);
  const auto numbers = constants(pads);
  if (contents == nullptr || data->size() != 1 || !numbers || context.input(3) != nullptr) return;
  if (context.attributes.string_or("mode", "constant") != "constant") return;
  const bool in_range = std::all_of(numbers->begin(), numbers->end(),
                                    [](std::int64_t pad) { return pad >= 0 && pad <= kMaxContents; });
  if (!in_range) return;
  const Extent value = context.input(2) == nullptr ? Extent(0) : scalar_input(context, 2);
  std::vector<Extent> padded(static_cast<std::size_t>((*numbers)[0]), value);
  padded.insert(padded.end(), contents->begin(), contents->end());
  padded.insert(padded.end(), static_cast<std::size_t>((*numbers)[1]), value);
  context.set_contents(0, std::move(padded));
}

Result<void> pad_shape(RuleContext& context, bool is_input) {
  const DataType dtype = context.dtype(0);
  const Shape* data = context.shape(0);
  if (is_input) {
    if (auto absent = refuse_attribute(context, "pads"); !absent) return absent;
  }
  const auto pads = read_pads(context, is_input);
  if (data == nullptr) return give_up(context, 0, dtype, 0);
  const auto axes = padded_axes(context, data->size());
  if (!axes) return give_up_extents(context, 0, dtype, data->size(), 3);
  if (auto ok = mark_axes(*axes, data->size()); !ok) return Error(ok.error());
  if (pads && pads->size() != 2 * axes->size()) {
    return malformed("pads-length", "the list of pads does not fit the axes", std::to_string(pads->size()),
                     std::to_string(2 * axes->size()));
  }
  Shape shape = *data;
  for (std::size_t i = 0; i < axes->size(); ++i) {
    Extent& extent = shape[*normalize_axis((*axes)[i], data->size())];
    const bool was_known = extent.is_known();
    extent = pads ? extent + (*pads)[i] + (*pads)[axes->size() + i] : Extent();
    if (was_known && !extent.is_known()) context.lose_by_input(0, 1);
    if (extent.is_constant() && extent.value() < 0) {
      return malformed("pad-crop", "negative pads remove more than there is", to_string(*data),
                       "an extent >= 0");
    }
  }
  context.set(0, dtype, std::move(shape));
  if (pads) pad_contents(context, *pads);
  return {};
}

/// Opset < 6: inputs `tiles` and `axis` repeat one axis.
Result<void> tile_one_axis(RuleContext& context, const Shape& data) {
  const Extent listed = scalar_input(context, 2);
  if (!listed.is_constant()) return give_up_extents(context, 0, context.dtype(0), data.size(), 2);
  const auto axis = normalize_axis(listed.value(), data.size());
  if (!axis) return Error(axis.error());
  Shape shape = data;
  shape[*axis] = shape[*axis] * scalar_input(context, 1);
  if (!shape[*axis].is_known()) context.lose_by_input(0, 1);
  context.set(0, context.dtype(0), std::move(shape));
  return {};
}

void tile_contents(RuleContext& context, const std::vector<Extent>& repeats) {
  const auto* contents = context.contents(0);
  const auto times = repeats.size() == 1 ? repeats[0].constant() : std::nullopt;
  if (contents == nullptr || !times || *times < 0 || *times > kMaxContents) return;
  std::vector<Extent> tiled;
  for (std::int64_t i = 0; i < *times && std::ssize(tiled) <= kMaxContents; ++i) {
    tiled.insert(tiled.end(), contents->begin(), contents->end());
  }
  context.set_contents(0, std::move(tiled));
}

}  // namespace

Result<void> pad(RuleContext& context) { return pad_shape(context, context.opset >= kPadsAreAnInputSince); }

Result<void> pad_by_input(RuleContext& context) { return pad_shape(context, true); }

Result<void> tile(RuleContext& context) {
  const Shape* data = context.shape(0);
  if (data == nullptr) return give_up(context, 0, context.dtype(0), 0);
  if (context.opset < kRepeatsSince) return tile_one_axis(context, *data);
  const auto* repeats = list_contents(context, 1);
  if (repeats == nullptr) return give_up_extents(context, 0, context.dtype(0), data->size(), 1);
  if (repeats->size() != data->size()) {
    return malformed("tile-length", "the list of repeats does not fit the axes",
                     std::to_string(repeats->size()), std::to_string(data->size()));
  }
  Shape shape = *data;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) shape[axis] = shape[axis] * (*repeats)[axis];
  context.set(0, context.dtype(0), std::move(shape));
  tile_contents(context, *repeats);
  return {};
}

Result<void> center_crop_pad(RuleContext& context) {
  const Shape* data = context.shape(0);
  if (data == nullptr) return give_up(context, 0, context.dtype(0), 0);
  const List listed = list_attribute(context, "axes");
  std::vector<std::int64_t> axes(data->size());
  std::iota(axes.begin(), axes.end(), 0);
  if (listed.present) axes = *listed.values;
  if (auto ok = mark_axes(axes, data->size()); !ok) return Error(ok.error());
  const auto* sizes = list_contents(context, 1);
  if (sizes != nullptr && sizes->size() != axes.size()) {
    return malformed("crop-length", "the list of sizes does not fit the axes", std::to_string(sizes->size()),
                     std::to_string(axes.size()));
  }
  if (sizes == nullptr) context.lose_by_input(0, 1);
  Shape shape = *data;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    shape[*normalize_axis(axes[i], data->size())] = sizes == nullptr ? Extent() : (*sizes)[i];
  }
  context.set(0, context.dtype(0), std::move(shape));
  return {};
}

}  // namespace padproof::model::shapes
