// SPDX-License-Identifier: Apache-2.0
#include "tests/mutation/windows.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace padproof::test {
namespace {

using onnx::NodeProto;
using Numbers = std::vector<std::int64_t>;

constexpr std::int64_t kPadding = -1;  // of the window itself
constexpr std::int64_t kPadNode = -2;  // of a Pad node in front
constexpr std::int64_t kBeyond = -3;   // past all padding, as ceil_mode has it
constexpr std::int64_t kTooMany = 10'000;

const onnx::AttributeProto* find(const NodeProto& node, std::string_view name) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == name) return &attribute;
  }
  return nullptr;
}

Numbers ints_or(const NodeProto& node, std::string_view name, Numbers fallback) {
  const auto* attribute = find(node, name);
  return attribute == nullptr ? fallback : Numbers(attribute->ints().begin(), attribute->ints().end());
}

std::int64_t int_or(const NodeProto& node, std::string_view name, std::int64_t fallback) {
  const auto* attribute = find(node, name);
  return attribute == nullptr ? fallback : attribute->i();
}

const onnx::TensorProto* constant(const onnx::ModelProto& model, const std::string& name) {
  for (const auto& tensor : model.graph().initializer()) {
    if (tensor.name() == name) return &tensor;
  }
  return nullptr;
}

std::optional<Numbers> integers(const onnx::ModelProto& model, const std::string& name) {
  const auto* tensor = constant(model, name);
  if (tensor == nullptr || tensor->data_type() != onnx::TensorProto::INT64) return std::nullopt;
  if (tensor->raw_data().empty()) return Numbers(tensor->int64_data().begin(), tensor->int64_data().end());
  Numbers values(tensor->raw_data().size() / sizeof(std::int64_t));
  std::memcpy(values.data(), tensor->raw_data().data(), values.size() * sizeof(std::int64_t));
  return values;
}

const NodeProto* producer(const onnx::ModelProto& model, const std::string& name) {
  for (const NodeProto& node : model.graph().node()) {
    if (std::find(node.output().begin(), node.output().end(), name) != node.output().end()) return &node;
  }
  return nullptr;
}

// One array per spatial axis: the cells of the innermost value, with what Pad nodes put around them.
struct Padded {
  std::string root;
  std::string values;  // what the Pad nodes pad with, by name: another name may be another number
  std::vector<Numbers> axes;
};

std::optional<Padded> padded_data(const onnx::ModelProto& model, const std::string& name,
                                  const Extents& extents) {
  const NodeProto* pad = producer(model, name);
  if (pad == nullptr || pad->op_type() != "Pad") {
    const auto known = extents.find(name);
    if (known == extents.end() || known->second.size() < 3) return std::nullopt;
    Padded data{name, "", {}};
    for (std::size_t i = 2; i < known->second.size(); ++i) {
      if (known->second[i] < 0 || known->second[i] > kTooMany) return std::nullopt;
      Numbers cells;
      for (std::int64_t cell = 0; cell < known->second[i]; ++cell) cells.push_back(cell);
      data.axes.push_back(std::move(cells));
    }
    return data;
  }
  auto data = padded_data(model, pad->input(0), extents);
  const auto pads = pad->input_size() > 1 ? integers(model, pad->input(1)) : ints_or(*pad, "pads", {});
  if (!data || !pads || pads->size() != 2 * (data->axes.size() + 2)) return std::nullopt;
  data->values += (pad->input_size() > 2 ? pad->input(2) : "0") + ";";
  const std::size_t rank = pads->size() / 2;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t before = (*pads)[i];
    const std::int64_t after = (*pads)[i + rank];
    if (before < 0 || after < 0 || before > kTooMany || after > kTooMany) return std::nullopt;
    if (i < 2 && (before != 0 || after != 0)) return std::nullopt;
    if (i < 2) continue;
    Numbers& cells = data->axes[i - 2];
    cells.insert(cells.begin(), static_cast<std::size_t>(before), kPadNode);
    cells.insert(cells.end(), static_cast<std::size_t>(after), kPadNode);
  }
  return data;
}

struct Slide {
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  bool ceil = false;
};

// SAME from its definition: as few cells of padding as give ceil(H/s) windows.
void resolve_auto_pad(const std::string& mode, std::int64_t extent, Slide& slide) {
  slide.begin = slide.end = 0;
  if (mode == "VALID") return;
  const std::int64_t windows = (extent + slide.stride - 1) / slide.stride;
  const std::int64_t reach = (windows - 1) * slide.stride + (slide.kernel - 1) * slide.dilation + 1;
  for (bool at_end = mode == "SAME_UPPER"; extent + slide.begin + slide.end < reach; at_end = !at_end) {
    ++(at_end ? slide.end : slide.begin);
  }
  slide.ceil = false;
}

std::string describe_axis(const Numbers& cells, const Slide& slide, bool is_average, bool counts_pads) {
  Numbers row(static_cast<std::size_t>(slide.begin), kPadding);
  row.insert(row.end(), cells.begin(), cells.end());
  row.insert(row.end(), static_cast<std::size_t>(slide.end), kPadding);
  const auto size = static_cast<std::int64_t>(row.size());
  const std::int64_t reach = (slide.kernel - 1) * slide.dilation + 1;
  std::string text;
  for (std::int64_t at = 0;; at += slide.stride) {
    const bool fits = at + reach <= size;
    const bool overhangs = slide.ceil && at < slide.begin + static_cast<std::int64_t>(cells.size()) &&
                           at + reach < size + slide.stride;
    if (!fits && !overhangs) return text;
    int counted = 0;
    for (std::int64_t tap = 0; tap < slide.kernel; ++tap) {
      const std::int64_t position = at + tap * slide.dilation;
      const std::int64_t cell = position < size ? row[static_cast<std::size_t>(position)] : kBeyond;
      counted += cell >= 0 || cell == kPadNode || (cell == kPadding && counts_pads) ? 1 : 0;
      text += std::to_string(cell == kBeyond ? kPadding : cell) + ",";
    }
    text += is_average ? "of " + std::to_string(counted) + ";" : ";";
  }
}

Numbers kernel_of(const onnx::ModelProto& model, const NodeProto& node) {
  const Numbers listed = ints_or(node, "kernel_shape", {});
  if (!listed.empty()) return listed;
  const int weights = node.op_type() == "QLinearConv" ? 3 : 1;
  const auto* tensor = weights < node.input_size() ? constant(model, node.input(weights)) : nullptr;
  if (tensor == nullptr || tensor->dims_size() < 3) return {};
  return Numbers(tensor->dims().begin() + 2, tensor->dims().end());
}

}  // namespace

bool is_window(const NodeProto& node) {
  static const std::set<std::string> kWindows = {"Conv",    "ConvInteger", "QLinearConv",
                                                 "MaxPool", "AveragePool", "LpPool"};
  return node.domain().empty() && kWindows.count(node.op_type()) != 0;
}

Extents extents_of(const model::GraphInstance& facts) {
  Extents extents;
  for (const auto& [name, id] : facts.graph->value_by_name) {
    const auto& shape = facts.facts(id).shape;
    if (!shape) continue;
    Numbers numbers;
    for (const model::Extent& extent : *shape) numbers.push_back(extent.constant().value_or(-1));
    extents.emplace(std::string(name), std::move(numbers));
  }
  return extents;
}

std::set<std::string> reaching(const onnx::ModelProto& model) {
  std::set<std::string> reached;
  for (const auto& output : model.graph().output()) reached.insert(output.name());
  // Exported graphs are sorted: from the last node to the first, whatever feeds something that reaches.
  for (int i = model.graph().node_size(); i-- > 0;) {
    const NodeProto& node = model.graph().node(i);
    const bool reaches = std::any_of(node.output().begin(), node.output().end(),
                                     [&](const std::string& output) { return reached.count(output) != 0; });
    if (reaches) reached.insert(node.input().begin(), node.input().end());
  }
  return reached;
}

std::string describe_reads(const onnx::ModelProto& model, const NodeProto& node, const Extents& extents) {
  const auto data = padded_data(model, node.input(0), extents);
  const Numbers kernel = kernel_of(model, node);
  if (!data || kernel.size() != data->axes.size()) return "";
  const std::size_t axes = kernel.size();
  const Numbers strides = ints_or(node, "strides", Numbers(axes, 1));
  const Numbers dilations = ints_or(node, "dilations", Numbers(axes, 1));
  const Numbers pads = ints_or(node, "pads", Numbers(2 * axes, 0));
  if (strides.size() != axes || dilations.size() != axes || pads.size() != 2 * axes) return "";
  const auto* mode = find(node, "auto_pad");
  const bool is_average = node.op_type() == "AveragePool";
  std::string text = node.op_type() + " of " + data->root + " padded with " + data->values;
  for (std::size_t i = 0; i < axes; ++i) {
    Slide slide{kernel[i], strides[i],     dilations[i],
                pads[i],   pads[i + axes], int_or(node, "ceil_mode", 0) != 0};
    if (slide.kernel < 1 || slide.stride < 1 || slide.dilation < 1 || slide.begin < 0 || slide.end < 0)
      return "";
    if (mode != nullptr && mode->s() != "NOTSET") {
      resolve_auto_pad(mode->s(), static_cast<std::int64_t>(data->axes[i].size()), slide);
    }
    text += "|" + describe_axis(data->axes[i], slide, is_average, int_or(node, "count_include_pad", 0) != 0);
  }
  return text;
}

}  // namespace padproof::test
