// SPDX-License-Identifier: Apache-2.0
// Sources: ONNX Operators.md, Conv, ConvTranspose, ConvInteger, QLinearConv, the pools, up to version 22.
#include <algorithm>

#include "check/operators.h"
#include "check/stop.h"

namespace padproof::check {
namespace {

constexpr std::int64_t kMostNumber = std::int64_t{1} << 30;  // products of two stay below 63 bits
constexpr std::int64_t kMostReads = std::int64_t{1} << 22;   // of one axis
constexpr std::int64_t kLarge = std::int64_t{1} << 20;

struct Axis {
  std::int64_t extent = 0, kernel = 0, stride = 0, dilation = 0, pad_begin = 0, pad_end = 0, out = 0;
  bool is_transposed = false;
  friend bool operator==(const Axis&, const Axis&) = default;
  NLOHMANN_DEFINE_TYPE_INTRUSIVE(Axis, extent, kernel, stride, dilation, pad_begin, pad_end, out)
};

/// A node with numbers for all that may be open.
struct Window {
  std::vector<Axis> axes;  // empty: it does not fit its data
  bool counts_pads = false;
  std::string_view mode;
};

/// A node and what is known of its data and weights.
struct Side {
  const Node& node;
  std::int64_t operator_set;
  Shape extents;
  Shape weights;  // empty if there are none
};

/// Nothing if how large data and weights are is not known.
std::optional<Side> side_of(const Node& node, std::int64_t operator_set, const Facts& facts) {
  Side side{node, operator_set, {}, {}};
  const std::size_t weights = *weights_of(node);
  for (const std::size_t input : {std::size_t{0}, weights}) {
    if (input >= facts.size() || !facts[input].shape || facts[input].shape->size() < 3) return std::nullopt;
    Shape& extents = input == 0 ? side.extents : side.weights;
    extents.assign(facts[input].shape->begin() + 2, facts[input].shape->end());
    if (std::find(extents.begin(), extents.end(), kLost) != extents.end()) return std::nullopt;
  }
  return side;
}

Shape fixed(Shape extents) {
  std::replace(extents.begin(), extents.end(), kOpen, kLarge);
  return extents;
}

[[noreturn]] void reject_attribute(const Side& side, std::string_view attribute) {
  reject(named(attribute) + " of " + named(side.node.name) + " is not as specified");
}

/// The attribute, if it is there and means what its name says.
const Attribute* find(const Side& side, std::string_view name, Kind kind) {
  const Attribute* attribute = side.node.find(name);
  if (attribute == nullptr) return nullptr;
  if (!attribute->reference.empty()) undecided("a window takes an attribute from its function's caller");
  const bool is_flag = attribute->i == 0 || attribute->i == 1;
  if (attribute->kind != kind || (kind == Kind::kInt && !is_flag)) reject_attribute(side, name);
  return attribute;
}

Shape list(const Side& side, std::string_view name, const Shape& otherwise, std::int64_t least) {
  const Attribute* attribute = find(side, name, Kind::kInts);
  if (attribute == nullptr) return otherwise;
  const Shape& ints = attribute->ints;
  const auto is_bad = [&](std::int64_t each) { return each < least || each >= kMostNumber; };
  if (ints.size() != otherwise.size() || std::any_of(ints.begin(), ints.end(), is_bad))
    reject_attribute(side, name);
  return ints;
}

std::int64_t span(const Axis& axis) { return (axis.kernel - 1) * axis.dilation + 1; }

void pad(Axis& axis, std::int64_t total, bool is_upper) {
  axis.pad_begin = is_upper ? total / 2 : total - total / 2;
  axis.pad_end = total - axis.pad_begin;
}

bool pad_same(Axis& axis, bool is_upper) {
  axis.out = (axis.extent + axis.stride - 1) / axis.stride;
  pad(axis, std::max(std::int64_t{0}, (axis.out - 1) * axis.stride + span(axis) - axis.extent), is_upper);
  return true;
}

/// Rounded down; with ceil_mode up, unless the last window would begin behind the data. False if none fits.
bool count_windows(Axis& axis, bool rounds_up) {
  const std::int64_t slack = rounds_up ? axis.stride - 1 : 0;
  const std::int64_t room = axis.extent + axis.pad_begin + axis.pad_end - span(axis) + slack;
  axis.out = room < 0 ? 0 : room / axis.stride + 1;
  if (rounds_up && (axis.out - 1) * axis.stride >= axis.extent + axis.pad_begin) --axis.out;
  return room >= 0;
}

/// Transposed: what explicit pads leave over, or as many windows as are `wanted`. False if there are none.
bool cut_windows(const Side& side, Axis& axis, std::int64_t more, std::int64_t wanted, bool is_upper) {
  const std::int64_t all = (axis.extent - 1) * axis.stride + span(axis) + more;
  axis.out = wanted == kOpen ? all - axis.pad_begin - axis.pad_end : wanted;
  const std::int64_t total = all - axis.out;
  if (wanted != kOpen && (total < 0 || (total % 2 != 0 && side.operator_set < 11)))
    undecided("ONNX does not say how " + named(side.node.name) + " pads");
  if (wanted != kOpen) pad(axis, total, is_upper);
  return axis.out > 0;
}

Window window_at(const Side& side, const Shape& extents) {
  const std::size_t rank = extents.size();
  const Shape ones(rank, 1);
  const Shape kernel = list(side, "kernel_shape", side.weights.empty() ? ones : side.weights, 1);
  const Shape strides = list(side, "strides", ones, 1);
  const Shape dilations = list(side, "dilations", ones, 1);
  const Shape pads = list(side, "pads", Shape(2 * rank, 0), 0);
  const Shape more = list(side, "output_padding", Shape(rank, 0), 0);
  const Shape wanted = list(side, "output_shape", Shape(rank, kOpen), 1);
  const bool is_transposed = side.node.op == "ConvTranspose";
  const Attribute* auto_pad = find(side, "auto_pad", Kind::kString);
  const bool is_upper = auto_pad != nullptr && auto_pad->s == "SAME_UPPER";
  const Attribute* ceil_mode = find(side, "ceil_mode", Kind::kInt);
  const Attribute* include = find(side, "count_include_pad", Kind::kInt);
  Window window{{}, include != nullptr && include->i != 0, auto_pad == nullptr ? "explicit" : auto_pad->s};
  const bool is_explicit = window.mode == "explicit" || window.mode == "NOTSET";
  const bool is_same = is_upper || window.mode == "SAME_LOWER";
  if (!is_explicit && !is_same && window.mode != "VALID") reject_attribute(side, "auto_pad");
  const bool is_stated = side.node.find("kernel_shape") != nullptr;
  if (kernel.size() != rank || (side.weights.empty() && !is_stated)) reject_attribute(side, "kernel_shape");
  for (std::size_t i = 0; i < rank; ++i) {
    Axis axis{extents[i], kernel[i], strides[i], dilations[i], 0, 0, 0, is_transposed};
    if (axis.kernel == kOpen) undecided("weights of " + named(side.node.name) + " are of no known size");
    const bool is_other = !side.weights.empty() && side.weights[i] != kOpen && side.weights[i] != axis.kernel;
    if (is_other || std::max(axis.extent, axis.kernel) >= kMostNumber || axis.kernel < 1)
      reject_attribute(side, "kernel_shape");
    if (is_explicit) axis.pad_begin = pads[i], axis.pad_end = pads[i + rank];
    const bool has_output = is_transposed && wanted[i] != kOpen;
    const std::int64_t out = is_same && !has_output ? axis.extent * axis.stride : wanted[i];
    const bool fits = is_transposed ? cut_windows(side, axis, more[i], out, is_upper)
                      : is_same     ? pad_same(axis, is_upper)
                                    : count_windows(axis, ceil_mode != nullptr && ceil_mode->i != 0);
    if (!fits) return {{}, false, window.mode};
    const bool as_listed = axis.pad_begin == pads[i] && axis.pad_end == pads[i + rank];
    if (side.node.find("pads") != nullptr && !has_output && !as_listed) reject_attribute(side, "pads");
    window.axes.push_back(axis);
  }
  return window;
}

/// The cell that a tap reads; -1 for padding that an average counts, -2 for all other.
std::int64_t read_at(const Axis& axis, bool counts_pads, std::int64_t window, std::int64_t tap) {
  if (axis.is_transposed) {
    const std::int64_t scaled = window + axis.pad_begin - tap * axis.dilation;
    const bool is_fed = scaled >= 0 && scaled % axis.stride == 0 && scaled / axis.stride < axis.extent;
    return is_fed ? scaled / axis.stride : -2;
  }
  const std::int64_t cell = window * axis.stride + tap * axis.dilation - axis.pad_begin;
  if (cell >= 0 && cell < axis.extent) return cell;
  return counts_pads && cell >= -axis.pad_begin && cell < axis.extent + axis.pad_end ? -1 : -2;
}

bool reads_the_same(const Axis& source, const Axis& target, bool source_counts, bool target_counts) {
  if (source.out != target.out || source.kernel != target.kernel) return false;
  if (source == target && source_counts == target_counts) return true;
  if (source.out > kMostReads / source.kernel) undecided("an axis is too long to be compared cell by cell");
  for (std::int64_t window = 0; window < source.out; ++window)
    for (std::int64_t tap = 0; tap < source.kernel; ++tap)
      if (read_at(source, source_counts, window, tap) != read_at(target, target_counts, window, tap))
        return false;
  return true;
}

void require_same_at(const Side& source, const Side& target, const Shape& extents, std::size_t axis) {
  const Window mine = window_at(source, extents);
  const Window theirs = window_at(target, extents);
  if (mine.axes.empty() && theirs.axes.empty()) return;
  const bool is_average = source.node.op == "AveragePool";
  if (mine.axes.empty() || theirs.axes.empty() ||
      !reads_the_same(mine.axes[axis], theirs.axes[axis], is_average && mine.counts_pads,
                      is_average && theirs.counts_pads))
    reject("window " + named(source.node.name) + " reads or counts other cells in the target at extent " +
           std::to_string(extents[axis]));
}

/// The target where the data is of the extents known, and elsewhere of a large one that the strides divide.
Window require_same_reads(const Side& source, const Side& target) {
  const Shape& open = source.extents;
  Shape extents = fixed(open);
  const Window probe = window_at(target, extents);
  for (std::size_t i = 0; i < probe.axes.size(); ++i) {
    if (open[i] != kOpen) continue;
    const Axis& axis = probe.axes[i];
    // Behind this size a stride more is one inner window more in both, and the borders move along: pads of
    // SAME depend on the extent's residue alone, and the number of windows grows by one.
    const std::int64_t last = 2 * (span(axis) + axis.stride + axis.pad_begin + axis.pad_end);
    const Window mine = window_at(source, extents);
    if (last > kLarge / 16 || last * last > kMostReads * 64 / axis.kernel || open.size() > 8)
      undecided("a window is too large to be compared at every size");
    if (mine.axes.empty() || mine.axes[i].stride != axis.stride || mine.axes[i].dilation != axis.dilation)
      reject_attribute(target, "strides");
    for (extents[i] = 1; extents[i] <= last; ++extents[i]) require_same_at(source, target, extents, i);
    extents[i] = (last / axis.stride + 1) * axis.stride;
  }
  for (std::size_t i = 0; i < open.size(); ++i) require_same_at(source, target, extents, i);
  const Window window = window_at(target, extents);
  if (window.axes.empty()) reject("window " + named(target.node.name) + " does not fit its data");
  return window;
}

}  // namespace

bool is_window_attribute(const Node& node, std::int64_t operator_set, std::string_view name) {
  const auto is_since = [&](std::int64_t version) { return operator_set >= version; };
  if (is_one_of(" auto_pad pads kernel_shape strides ", name)) return true;
  if (is_one_of(" output_padding output_shape ", name)) return node.op == "ConvTranspose";
  if (name == "count_include_pad") return node.op == "AveragePool" && is_since(7);
  if (name != "ceil_mode" && name != "dilations") return false;
  if (node.op == "MaxPool") return is_since(10);
  if (node.op == "LpPool") return is_since(18);
  return node.op == "AveragePool" ? is_since(name == "ceil_mode" ? 10 : 19) : name == "dilations";
}

std::optional<Shape> window_shape(const Node& node, std::int64_t operator_set, const Facts& facts) try {
  const auto side = side_of(node, operator_set, facts);
  if (!side) return std::nullopt;
  const Window window = window_at(*side, fixed(side->extents));
  Shape shape = *facts[0].shape;
  const std::size_t weights = *weights_of(node);
  if (weights != 0) shape[1] = node.op == "ConvTranspose" ? kLost : facts[weights].shape->front();
  for (std::size_t i = 0; i < window.axes.size(); ++i)
    if (shape[i + 2] != kOpen) shape[i + 2] = window.axes[i].out;
  return window.axes.empty() ? std::nullopt : std::optional(shape);
} catch (const Stop&) {
  return std::nullopt;  // a window like no other, and the same in both models all the same
}

nlohmann::json window_claim(const Node& source, const Node& target, std::int64_t operator_set,
                            const Facts& facts) {
  const auto mine = side_of(source, operator_set, facts);
  const auto theirs = side_of(target, operator_set, facts);
  if (!mine || !theirs) undecided("how large the data of window " + named(source.name) + " is is not known");
  const Window window = require_same_reads(*mine, *theirs);
  nlohmann::json axes = nlohmann::json::array();
  for (std::size_t i = 0; i < window.axes.size(); ++i) {
    Axis axis = window.axes[i];
    if (mine->extents[i] == kOpen) axis.extent = axis.out = kOpen;
    axes.push_back(axis);
  }
  const bool is_quantised = source.op == "ConvInteger" || source.op == "QLinearConv";
  const std::string_view zero = is_quantised ? "zero-point" : "zero";
  const std::string_view counted = window.counts_pads ? "cells-and-pads" : "cells";
  const Attribute* auto_pad = source.find("auto_pad");
  return {{"name", escaped(source.name)},
          {"op", escaped(source.op)},
          {"method", "index-map"},
          {"source_padding", auto_pad == nullptr ? "explicit" : escaped(auto_pad->s)},
          {"target_padding", escaped(window.mode)},
          {"pad_value", source.op == "MaxPool" ? "lowest" : zero},
          {"divisor", source.op == "AveragePool" ? counted : ""},
          {"axes", axes},
          {"status", "proved"}};
}

}  // namespace padproof::check
