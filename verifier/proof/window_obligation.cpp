// SPDX-License-Identifier: Apache-2.0
#include "verifier/proof/window_obligation.h"

#include <fmt/format.h>

#include <algorithm>

#include "verifier/proof/axis_map.h"
#include "verifier/proof/witness.h"

namespace padproof::verifier {
namespace {

using model::Extent;
using model::Result;

// Residues to try per axis; strides of real models are single digits.
constexpr std::int64_t kMostResidues = 4096;

// The weights' dims where they are numbers.
std::optional<Dims> weight_dims(const WindowSide& side) {
  if (!side.meaning.weight_input) return std::nullopt;
  const Place weights = input_place(side.instance, side.node, *side.meaning.weight_input, ignore_passed);
  if (weights.is_absent() || !weights.facts().shape) return std::nullopt;
  Dims dims;
  for (const Extent& extent : *weights.facts().shape) {
    if (!extent.is_constant()) return std::nullopt;
    dims.push_back(extent.value());
  }
  return dims;
}

// The data's shape; where even its rank is unknown, extents unknown in the number that kernel_shape or the
// weights demand.
std::optional<model::Shape> data_shape(const WindowSide& side) {
  if (side.pads.data.is_absent()) return std::nullopt;
  if (auto shape = shape_in_front(side.pads)) return shape;
  const model::Attributes attributes(side.node, side.instance.attribute_scope());
  if (const auto& kernel = attributes.ints("kernel_shape"); !kernel.empty())
    return model::Shape(kernel.size() + 2);
  if (!side.meaning.weight_input) return std::nullopt;
  const Place weights = input_place(side.instance, side.node, *side.meaning.weight_input, ignore_passed);
  if (weights.is_absent() || !weights.facts().shape) return std::nullopt;
  return model::Shape(weights.facts().shape->size());
}

std::vector<std::int64_t> pads_of(const Window& window) {
  std::vector<std::int64_t> pads;
  for (const WindowAxis& axis : window.axes) pads.push_back(axis.pad_begin);
  for (const WindowAxis& axis : window.axes) pads.push_back(axis.pad_end);
  return pads;
}

class Obligation {
 public:
  Obligation(const WindowSide& source, const WindowSide& target, std::int64_t most_comparisons)
      : source_(source), target_(target), most_comparisons_(most_comparisons) {}

  ObligationResult run() {
    const auto shape = data_shape(source_);
    const auto target_shape = data_shape(target_);
    if (!shape || !target_shape || shape->size() != target_shape->size() || shape->size() < 3) {
      return unknown("the rank of the data is not known on both sides");
    }
    Dims core;
    std::vector<bool> open;
    shape_ = &*shape;
    target_shape_ = &*target_shape;
    for (std::size_t i = 2; i < shape->size(); ++i) {
      const auto theirs = (*target_shape)[i].constant();
      const auto extent = (*shape)[i].is_constant() ? (*shape)[i].constant() : theirs;
      // Not the same data, or recorded wrongly: maps over them cannot be compared.
      if (theirs && *theirs != *extent) {
        return unknown(fmt::format("axis {} of the data has {} cells in the source and {} in the target", i,
                                   *extent, *theirs));
      }
      open.push_back(!extent);
      core.push_back(extent.value_or(0));
    }
    if (auto done = each_residue(core, open); !done) return unknown(model::to_string(done.error()));
    return std::move(result_);
  }

 private:
  ObligationResult unknown(std::string reason) {
    result_.status = Status::kUnknown;
    result_.reason = std::move(reason);
    return std::move(result_);
  }

  // Far enough from 0 that begin and end borders do not meet, whatever the pads.
  Result<std::int64_t> representative(std::size_t axis, std::size_t axes, std::int64_t& stride) const {
    const Dims probe(axes, std::int64_t{1} << 20);
    for (const WindowSide* side : {&source_, &target_}) {
      const auto window = resolve_side(*side, probe);
      if (!window) return model::Error(window.error());
      const WindowAxis& numbers = window->axes[axis];
      if (stride != 0 && numbers.stride != stride) {
        return model::unsupported("strides", "strides differ over an extent that is not fixed");
      }
      stride = numbers.stride;
      if (stride > kMostResidues || numbers.kernel * numbers.dilation > (std::int64_t{1} << 18)) {
        return model::unsupported("large-window", "the window is too large for a proof over all extents");
      }
    }
    return ((std::int64_t{1} << 20) / stride) * stride;
  }

  // What is known of an extent that is no number: its residue, if every size has the same.
  Result<std::optional<std::int64_t>> known_residue(std::size_t axis, std::int64_t stride) const {
    const auto mine = model::residue((*shape_)[axis + 2], stride);
    const auto theirs = model::residue((*target_shape_)[axis + 2], stride);
    if (mine && theirs && *mine != *theirs) {
      return model::unsupported(
          "extent", fmt::format("axis {} of the data has other sizes in the two models", axis + 2));
    }
    return mine ? mine : theirs;
  }

  // Axes are independent: each open one is varied alone, the others staying at a representative.
  Result<void> each_residue(Dims core, const std::vector<bool>& open) {
    std::vector<std::int64_t> strides(core.size(), 1);
    for (std::size_t i = 0; i < core.size(); ++i) {
      if (!open[i]) continue;
      strides[i] = 0;
      const auto base = representative(i, core.size(), strides[i]);
      if (!base) return model::Error(base.error());
      core[i] = *base;
      const auto residue = known_residue(i, strides[i]);
      if (!residue) return model::Error(residue.error());
      if (!*residue) continue;
      core[i] += **residue;
      strides[i] = 1;
    }
    result_.holds_at_every_extent =
        std::all_of(strides.begin(), strides.end(), [](std::int64_t stride) { return stride == 1; });
    if (auto done = compare_at(core, open); !done || result_.status != Status::kProved) return done;
    for (std::size_t i = 0; i < core.size(); ++i) {
      for (std::int64_t residue = 1; residue < strides[i]; ++residue) {
        Dims shifted = core;
        shifted[i] += residue;
        if (auto done = compare_at(shifted, open); !done || result_.status != Status::kProved) return done;
      }
    }
    return {};
  }

  Result<void> compare_at(const Dims& core, const std::vector<bool>& open) {
    const auto source = resolve_side(source_, core);
    if (!source) return model::Error(source.error());
    const auto target = resolve_side(target_, core);
    if (!target) return model::Error(target.error());
    result_.source_pads = pads_of(*source);
    result_.target_pads = pads_of(*target);
    result_.status = Status::kProved;
    if (source->group != target->group || source->p != target->p ||
        source->storage_order != target->storage_order) {
      result_.status = Status::kUnknown;
      result_.reason = "group, p or storage_order differs";
      return {};
    }
    // What one axis cannot show, because along another all is padding, that one may.
    std::string first_reason;
    for (std::size_t i = 0; i < core.size() && result_.status != Status::kRefuted; ++i) {
      result_.status = Status::kProved;
      open[i] ? compare_open(*source, *target, i) : compare_axis(*source, *target, i);
      if (result_.status == Status::kUnknown && first_reason.empty()) first_reason = result_.reason;
    }
    if (result_.status == Status::kRefuted || first_reason.empty()) return {};
    result_.status = Status::kUnknown;
    result_.reason = std::move(first_reason);
    return {};
  }

  // With an open extent equal cells at one size are not enough: the numbers that make them must be equal.
  void compare_open(const Window& source, const Window& target, std::size_t i) {
    const WindowAxis& mine = source.axes[i];
    const WindowAxis& theirs = target.axes[i];
    compare_axis(source, target, i);
    if (result_.status != Status::kProved) return;
    const bool same = mine.kernel == theirs.kernel && mine.dilation == theirs.dilation &&
                      mine.pad_begin == theirs.pad_begin && source.ceil_mode == target.ceil_mode;
    if (same) return;
    result_.status = Status::kUnknown;
    result_.reason = fmt::format("axis {} has no fixed extent and other numbers in the two models", i + 2);
  }

  void compare_axis(const Window& source, const Window& target, std::size_t i) {
    const auto comparison = compare_axes(
        source_.meaning.kind, source.axes[i], target.axes[i], source.count_include_pad,
        target.count_include_pad, std::min(kMostComparisons, most_comparisons_ - result_.compared_cells));
    result_.compared_cells += comparison.compared;
    if (comparison.verdict == AxisVerdict::kEqual) return;
    result_.status = Status::kUnknown;
    switch (comparison.verdict) {
      case AxisVerdict::kEqual:
        return;
      case AxisVerdict::kOtherExtent:
        result_.status = Status::kRefuted;
        result_.reason = fmt::format("axis {} of the output has {} cells in the source and {} in the target",
                                     i + 2, source.axes[i].out, target.axes[i].out);
        return;
      case AxisVerdict::kOtherKernel:
        result_.reason = "kernel extents differ";
        return;
      case AxisVerdict::kTooLarge:
        result_.reason = "the axis is too large to compare cell by cell";
        return;
      case AxisVerdict::kDifferent:
        break;
    }
    result_.compared_cells += witness_taps(source) + witness_taps(target);
    result_.witness = make_witness(source, target, i, comparison.difference);
    result_.status = result_.witness ? Status::kRefuted : Status::kUnknown;
    result_.reason = result_.witness ? "index maps differ" : "index maps differ, but no input shows it";
  }

  const WindowSide& source_;
  const WindowSide& target_;
  std::int64_t most_comparisons_;
  const model::Shape* shape_ = nullptr;
  const model::Shape* target_shape_ = nullptr;
  ObligationResult result_;
};

}  // namespace

Result<Window> resolve_side(const WindowSide& side, const Dims& core) {
  const model::Attributes attributes(side.node, side.instance.attribute_scope());
  const auto weights = weight_dims(side);
  const bool transposed = side.meaning.kind == WindowKind::kTransposedConv;
  std::int64_t channels = 1;
  if (weights && weights->size() > 1) {
    const std::int64_t group = std::max<std::int64_t>(1, attributes.int_or("group", 1));
    channels = transposed ? (*weights)[0] : (*weights)[1] * std::min(group, kMaxWindowNumber);
  }
  Dims data{1, channels};
  for (std::size_t i = 0; i < core.size(); ++i) {
    const bool folded = !side.pads.nodes.empty();
    data.push_back(core[i] + (folded ? side.pads.before[i] + side.pads.after[i] : 0));
  }
  auto window = resolve_window(side.node, attributes, side.instance.opset_of(side.node), data,
                               weights ? &*weights : nullptr);
  if (!window || side.pads.nodes.empty()) return window;
  bool own_pads = false;
  for (std::size_t i = 0; i < core.size(); ++i) {
    WindowAxis& axis = window->axes[i];
    own_pads = own_pads || axis.pad_begin != 0 || axis.pad_end != 0;
    if (axis.pad_begin < 0 || axis.pad_end < 0) {
      return model::unsupported("negative-pads", "negative pads behind a Pad node");
    }
    axis.in = core[i];
    axis.pad_begin += side.pads.before[i];
    axis.pad_end += side.pads.after[i];
  }
  // Cells of a Pad node count in an average. They count beside the window's own pads only if those count too.
  if (own_pads && !window->count_include_pad && side.meaning.kind == WindowKind::kAveragePool) {
    return model::unsupported("mixed-counts", "an average counts the Pad node's cells but not its own pads");
  }
  if (side.meaning.kind == WindowKind::kAveragePool) window->count_include_pad = true;
  return window;
}

ObligationResult check_window(const WindowSide& source, const WindowSide& target,
                              std::int64_t most_comparisons) {
  return Obligation(source, target, most_comparisons).run();
}

}  // namespace padproof::verifier
