// SPDX-License-Identifier: Apache-2.0
// Before: auto_pad, or a ConvTranspose with output_shape. After: pads. Conditions and formulas:
// same_padding.h.
#include "converter/resolve.h"

#include <fmt/format.h>

#include "converter/runtime_warnings.h"
#include "converter/window_shape.h"

namespace padproof::converter {
namespace {

using model::Error;
using model::Extent;
using model::Result;
using model::WindowFamily;

Result<PaddingMode> read_mode(const WindowNode& window) {
  const model::Attribute* attribute = window.attributes.find("auto_pad");
  const bool transposed = window.op.family == WindowFamily::kConvTranspose;
  if (attribute == nullptr || attribute->s == "NOTSET") {
    if (transposed && window.attributes.has("output_shape")) return PaddingMode::kOutputShape;
    return attribute == nullptr ? PaddingMode::kExplicit : PaddingMode::kNotset;
  }
  if (attribute->s == "SAME_UPPER") return PaddingMode::kSameUpper;
  if (attribute->s == "SAME_LOWER") return PaddingMode::kSameLower;
  if (attribute->s == "VALID") return PaddingMode::kValid;
  model::Diagnostic diagnostic =
      model::malformed("auto-pad", "unknown padding mode", std::string(attribute->s),
                       "NOTSET, SAME_UPPER, SAME_LOWER or VALID")
          .value();
  diagnostic.where.attribute = "auto_pad";
  return Error(std::move(diagnostic));
}

// Works out the pads of one node; `refuse` ends it with a reason.
class Resolver {
 public:
  Resolver(const WindowNode& window, PaddingMode mode, const WindowShape& shape, NodePlan& plan)
      : window_(window), mode_(mode), shape_(shape), plan_(plan) {}

  Result<void> run() {
    switch (mode_) {
      case PaddingMode::kExplicit:
      case PaddingMode::kNotset:
        return explicit_pads();
      case PaddingMode::kValid:
        if (window_.attributes.has("output_shape"))
          return refuse("VALID and output_shape contradict each other");
        return store(std::vector<AxisPads>(shape_.axes.size()));
      case PaddingMode::kSameUpper:
      case PaddingMode::kSameLower:
        return window_.op.family == WindowFamily::kConvTranspose ? transposed() : same();
      case PaddingMode::kOutputShape:
        return transposed();
    }
    return {};
  }

 private:
  Result<void> refuse(std::string reason) {
    plan_.status = NodeStatus::kRefused;
    plan_.reason = std::move(reason);
    return {};
  }

  Result<void> store(const std::vector<AxisPads>& pads) {
    for (const AxisPads& axis : pads) plan_.pads.push_back(axis.begin);
    for (const AxisPads& axis : pads) plan_.pads.push_back(axis.end);
    plan_.resolved = true;
    plan_.status = NodeStatus::kRewritten;
    const auto given = read_checked_ints(window_, "pads", 2 * pads.size(), -kLargestNumber);
    if (!given) return Error(given.error());
    if (given->empty() || *given == plan_.pads) return {};
    // The specification forbids both, and readers differ over which one wins: there is no meaning to
    // preserve.
    plan_.resolved = false;
    const std::string mine = fmt::format("{}", fmt::join(plan_.pads, ","));
    plan_.pads.clear();
    return refuse(fmt::format(
        "auto_pad gives pads {} but the node also has pads {}: runtimes disagree about which counts", mine,
        fmt::join(*given, ",")));
  }

  Result<void> explicit_pads() {
    const auto given = read_checked_ints(window_, "pads", 2 * shape_.axes.size(), -kLargestNumber);
    if (!given) return Error(given.error());
    plan_.pads = given->empty() ? std::vector<std::int64_t>(2 * shape_.axes.size(), 0) : *given;
    plan_.resolved = true;
    plan_.status = mode_ == PaddingMode::kNotset ? NodeStatus::kRewritten : NodeStatus::kUnchanged;
    return {};
  }

  // Why the extent of spatial axis `axis` is not a number.
  [[nodiscard]] std::string why_unknown(std::size_t axis) const {
    const std::string value = input_name();
    const model::ValueFacts* data = window_.data;
    const std::string since = data == nullptr || data->lost.empty() ? "" : " since " + data->lost;
    if (data == nullptr || !data->shape) return fmt::format("the shape of '{}' is unknown{}", value, since);
    const Extent& extent = (*data->shape)[axis + 2];
    if (!extent.is_known()) return fmt::format("axis {} of '{}' is unknown{}", axis + 2, value, since);
    return fmt::format(
        "the pads depend on axis {} of '{}', which is {} here: bind it with --input-shape, or "
        "--assume its residue",
        axis + 2, value, extent.to_string());
  }

  [[nodiscard]] std::string input_name() const {
    const auto index = static_cast<std::size_t>(window_.op.data_input);
    if (index >= window_.node.inputs.size() || window_.node.inputs[index] == model::kNoValue) return "";
    return model::printable(window_.graph.values[window_.node.inputs[index]].name);
  }

  // The extent of a spatial axis where it is a number that can be computed with.
  [[nodiscard]] Result<std::optional<std::int64_t>> extent(std::size_t axis) const {
    if (window_.data == nullptr || !window_.data->shape) return std::optional<std::int64_t>{};
    const auto constant = (*window_.data->shape)[axis + 2].constant();
    if (constant && (*constant < 0 || *constant >= kLargestNumber)) {
      return model::malformed("extent", fmt::format("axis {} is out of range", axis + 2),
                              std::to_string(*constant), "0 to 2^30-1");
    }
    return constant;
  }

  // The extent modulo the stride, where that is the same for every size it may have.
  [[nodiscard]] std::optional<std::int64_t> residue_of(std::size_t axis) const {
    if (window_.data == nullptr || !window_.data->shape) return std::nullopt;
    return model::residue((*window_.data->shape)[axis + 2], shape_.axes[axis].stride);
  }

  Result<void> same() {
    const Split split = mode_ == PaddingMode::kSameUpper ? Split::kUpper : Split::kLower;
    std::vector<AxisPads> pads;
    for (std::size_t i = 0; i < shape_.axes.size(); ++i) {
      const auto size = extent(i);
      if (!size) return Error(size.error());
      // SAME of nothing is nothing; with explicit pads, runtimes differ over what a window finds there.
      if (*size == 0) return refuse(fmt::format("axis {} of '{}' is empty", i + 2, input_name()));
      if (*size) {
        pads.push_back(same_pads(shape_.axes[i], **size, split));
      } else if (const auto any = same_pads_for_every_extent(shape_.axes[i], split)) {
        pads.push_back(*any);
      } else if (const auto residue = residue_of(i)) {
        // Of all sizes with this residue the least that windows fit into.
        pads.push_back(same_pads(shape_.axes[i], *residue == 0 ? shape_.axes[i].stride : *residue, split));
      } else {
        return refuse(why_unknown(i));
      }
    }
    plan_.drop_ceil_mode = window_.attributes.int_or("ceil_mode", 0) != 0;
    return store(pads);
  }

  Result<void> transposed() {
    const auto padding = read_checked_ints(window_, "output_padding", shape_.axes.size(), 0);
    if (!padding) return Error(padding.error());
    const auto wanted = read_checked_ints(window_, "output_shape", 0, 1);
    if (!wanted) return Error(wanted.error());
    // Some exporters list the batch and channel axes too.
    if (!wanted->empty() && wanted->size() != shape_.axes.size() &&
        wanted->size() != shape_.axes.size() + 2) {
      return model::malformed("window-attribute", "output_shape: wrong number of entries",
                              std::to_string(wanted->size()), std::to_string(shape_.axes.size()));
    }
    std::vector<AxisPads> pads;
    for (std::size_t i = 0; i < shape_.axes.size(); ++i) {
      const std::int64_t extra = padding->empty() ? 0 : (*padding)[i];
      const auto axis = wanted->empty()
                            ? crop_to_multiple(i, extra)
                            : crop_to(i, extra, (*wanted)[wanted->size() - shape_.axes.size() + i]);
      if (!axis) return Error(axis.error());
      if (!*axis) return {};  // refused
      pads.push_back(**axis);
    }
    plan_.drop_output_shape = !wanted->empty();
    return store(pads);
  }

  Result<std::optional<AxisPads>> crop_to_multiple(std::size_t i, std::int64_t extra) {
    const auto crop = same_crop(shape_.axes[i], extra, split());
    if (!crop) {
      (void)refuse(fmt::format(
          "SAME asks for an output of stride * extent, but kernel {} at stride {} cannot reach it",
          shape_.axes[i].effective_kernel(), shape_.axes[i].stride));
    }
    return crop;
  }

  Result<std::optional<AxisPads>> crop_to(std::size_t i, std::int64_t extra, std::int64_t wanted) {
    const auto size = extent(i);
    if (!size) return Error(size.error());
    if (!*size) {
      (void)refuse(why_unknown(i));
      return std::optional<AxisPads>{};
    }
    const AxisWindow& axis = shape_.axes[i];
    const std::int64_t total = axis.stride * (**size - 1) + extra + axis.effective_kernel() - wanted;
    if (total < 0) {
      (void)refuse(fmt::format("output_shape {} is larger than the transposed convolution can make", wanted));
      return std::optional<AxisPads>{};
    }
    if (total % 2 != 0 && window_.opset < 11) {
      (void)refuse(
          "ConvTranspose-1 prints the split of an odd total the other way round than ConvTranspose-11, and "
          "runtimes follow the latter");
      return std::optional<AxisPads>{};
    }
    return std::optional<AxisPads>(split_total(total, split()));
  }

  // ConvTranspose-11: with output_shape every mode but SAME_UPPER puts the odd cell first.
  [[nodiscard]] Split split() const {
    return mode_ == PaddingMode::kSameUpper ? Split::kUpper : Split::kLower;
  }

  const WindowNode& window_;
  PaddingMode mode_;
  const WindowShape& shape_;
  NodePlan& plan_;
};

Result<void> check_ranks(const WindowNode& window, std::size_t spatial) {
  for (const model::ValueFacts* facts : {window.data, window.weights}) {
    if (facts == nullptr || !facts->shape || facts->shape->size() == spatial + 2) continue;
    return model::malformed("rank", "rank and kernel_shape contradict each other", to_string(*facts->shape),
                            fmt::format("rank {}", spatial + 2));
  }
  return {};
}

}  // namespace

Result<NodePlan> resolve_node(const WindowNode& window) {
  NodePlan plan;
  plan.graph = &window.graph;
  plan.node = &window.node;
  if (window.data != nullptr && window.data->shape) plan.input = *window.data->shape;
  const auto mode = read_mode(window);
  if (!mode) return Error(mode.error());
  plan.padding = *mode;
  const auto shape = read_window_shape(window);
  if (!shape) return Error(shape.error());
  for (const AxisWindow& axis : shape->axes) {
    plan.kernel_shape.push_back(axis.kernel);
    plan.strides.push_back(axis.stride);
    plan.dilations.push_back(axis.dilation);
  }
  const bool is_explicit = *mode == PaddingMode::kExplicit;
  if (!shape->unknown.empty()) {
    plan.status = is_explicit ? NodeStatus::kUnchanged : NodeStatus::kRefused;
    plan.reason = shape->unknown;
    return plan;
  }
  if (auto checked = check_ranks(window, shape->axes.size()); !checked) return Error(checked.error());
  if (auto ran = Resolver(window, *mode, *shape, plan).run(); !ran) return Error(ran.error());
  add_runtime_warnings(window, shape->axes, plan);
  return plan;
}

}  // namespace padproof::converter
