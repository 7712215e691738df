// SPDX-License-Identifier: Apache-2.0
#include "tests/mutation/mutation.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "tests/mutation/windows.h"

namespace padproof::test {
namespace {

using onnx::AttributeProto;
using onnx::NodeProto;

std::size_t draw(Random& random, std::size_t count) { return random() % count; }

int draw(Random& random, int count) { return static_cast<int>(random() % static_cast<unsigned>(count)); }

// One of the nodes that `fits`, or -1.
int draw_node(const onnx::ModelProto& model, Random& random,
              const std::function<bool(const NodeProto&)>& fits) {
  std::vector<int> found;
  for (int i = 0; i < model.graph().node_size(); ++i) {
    if (fits(model.graph().node(i))) found.push_back(i);
  }
  return found.empty() ? -1 : found[draw(random, found.size())];
}

AttributeProto* find(NodeProto& node, std::string_view name) {
  for (AttributeProto& attribute : *node.mutable_attribute()) {
    if (attribute.name() == name) return &attribute;
  }
  return nullptr;
}

bool has(const NodeProto& node, std::string_view name) {
  return find(const_cast<NodeProto&>(node), name) != nullptr;
}

std::string title(const NodeProto& node) { return node.op_type() + " '" + node.output(0) + "'"; }

// An entry of a list of integers by one, never below `least`.
std::optional<Mutation> change_entry(onnx::ModelProto& model, MutationKind kind, std::string_view name,
                                     std::int64_t least, Random& random) {
  const int index =
      draw_node(model, random, [&](const NodeProto& node) { return is_window(node) && has(node, name); });
  if (index < 0) return std::nullopt;
  NodeProto& node = *model.mutable_graph()->mutable_node(index);
  AttributeProto& attribute = *find(node, name);
  const int entry = draw(random, attribute.ints_size());
  const std::int64_t old = attribute.ints(entry);
  attribute.set_ints(entry, old <= least || draw(random, 2) == 0 ? old + 1 : old - 1);
  return Mutation{kind, index, -1, title(node) + ": an entry of " + std::string(name)};
}

std::optional<Mutation> swap_pads(onnx::ModelProto& model, Random& random) {
  const auto differing_axis = [](const NodeProto& node) {
    const AttributeProto* pads = find(const_cast<NodeProto&>(node), "pads");
    if (!is_window(node) || pads == nullptr) return -1;
    for (int i = 0; i < pads->ints_size() / 2; ++i) {
      if (pads->ints(i) != pads->ints(i + pads->ints_size() / 2)) return i;
    }
    return -1;
  };
  const int index =
      draw_node(model, random, [&](const NodeProto& node) { return differing_axis(node) >= 0; });
  if (index < 0) return std::nullopt;
  NodeProto& node = *model.mutable_graph()->mutable_node(index);
  const int axis = differing_axis(node);
  auto* pads = find(node, "pads")->mutable_ints();
  pads->SwapElements(axis, axis + pads->size() / 2);
  return Mutation{MutationKind::kSwappedPads, index, -1, title(node) + ": begin and end swapped"};
}

bool flip_bit(onnx::TensorProto& tensor, Random& random) {
  if (!tensor.raw_data().empty()) {
    std::string& raw = *tensor.mutable_raw_data();
    const std::size_t at = draw(random, raw.size());
    raw[at] = static_cast<char>(raw[at] ^ (1 << draw(random, 8)));
    return true;
  }
  if (tensor.float_data_size() > 0) {
    const int at = draw(random, tensor.float_data_size());
    tensor.set_float_data(at, tensor.float_data(at) + 1);
    return true;
  }
  auto* const list = tensor.int64_data_size() > 0 ? tensor.mutable_int64_data() : nullptr;
  if (list != nullptr) list->Set(draw(random, list->size()), 77);
  return list != nullptr;
}

std::optional<Mutation> change_weight(onnx::ModelProto& model, Random& random) {
  if (model.graph().initializer_size() == 0) return std::nullopt;
  const int index = draw(random, model.graph().initializer_size());
  onnx::TensorProto& tensor = *model.mutable_graph()->mutable_initializer(index);
  if (!flip_bit(tensor, random)) return std::nullopt;
  return Mutation{MutationKind::kWeight, -1, index, "one bit of '" + tensor.name() + "'"};
}

std::optional<Mutation> drop_node(onnx::ModelProto& model, Random& random) {
  const auto is_output = [&](const std::string& name) {
    return std::any_of(model.graph().output().begin(), model.graph().output().end(),
                       [&](const auto& output) { return output.name() == name; });
  };
  const int index = draw_node(model, random, [&](const NodeProto& node) {
    return node.input_size() > 0 && !node.input(0).empty() && !is_output(node.output(0));
  });
  if (index < 0) return std::nullopt;
  const NodeProto dropped = model.graph().node(index);
  model.mutable_graph()->mutable_node()->DeleteSubrange(index, 1);
  for (NodeProto& node : *model.mutable_graph()->mutable_node()) {
    for (std::string& input : *node.mutable_input()) {
      if (input == dropped.output(0)) input = dropped.input(0);
    }
  }
  return Mutation{MutationKind::kDropped, index, -1, title(dropped) + " dropped"};
}

std::optional<Mutation> swap_inputs(onnx::ModelProto& model, Random& random) {
  const auto partner = [](const NodeProto& node) {
    for (int i = 1; i < node.input_size(); ++i) {
      if (!node.input(i).empty() && node.input(i) != node.input(0)) return i;
    }
    return -1;
  };
  const int index = draw_node(model, random, [&](const NodeProto& node) { return partner(node) > 0; });
  if (index < 0) return std::nullopt;
  NodeProto& node = *model.mutable_graph()->mutable_node(index);
  node.mutable_input()->SwapElements(0, partner(node));
  return Mutation{MutationKind::kSwapped, index, -1, title(node) + ": inputs swapped"};
}

// With all that reads it, so that the model stays whole.
std::optional<Mutation> rename_output(onnx::ModelProto& model, Random& random) {
  onnx::GraphProto& graph = *model.mutable_graph();
  auto& output = *graph.mutable_output(draw(random, graph.output_size()));
  const std::string old = output.name();
  const std::string fresh = old + "_renamed";
  output.set_name(fresh);
  for (NodeProto& node : *graph.mutable_node()) {
    std::replace(node.mutable_output()->begin(), node.mutable_output()->end(), old, fresh);
    std::replace(node.mutable_input()->begin(), node.mutable_input()->end(), old, fresh);
  }
  return Mutation{MutationKind::kRenamed, -1, -1, "output '" + old + "' renamed"};
}

std::optional<Mutation> restore_auto_pad(onnx::ModelProto& model, Random& random) {
  const int index =
      draw_node(model, random, [](const NodeProto& node) { return is_window(node) && has(node, "pads"); });
  if (index < 0) return std::nullopt;
  constexpr std::array<const char*, 3> kModes = {"SAME_UPPER", "SAME_LOWER", "VALID"};
  NodeProto& node = *model.mutable_graph()->mutable_node(index);
  AttributeProto& attribute = *find(node, "pads");
  attribute.Clear();
  attribute.set_name("auto_pad");
  attribute.set_type(AttributeProto::STRING);
  attribute.set_s(kModes[draw(random, kModes.size())]);
  return Mutation{MutationKind::kAutoPad, index, -1, title(node) + ": " + attribute.s()};
}

bool change_value(AttributeProto& attribute, Random& random) {
  switch (attribute.type()) {
    case AttributeProto::INT:
      attribute.set_i(attribute.i() + (draw(random, 2) == 0 ? 1 : -1));
      return true;
    case AttributeProto::FLOAT:
      attribute.set_f(attribute.f() * 1.5F + 0.25F);
      return true;
    case AttributeProto::STRING:
      attribute.mutable_s()->append("x");
      return true;
    case AttributeProto::TENSOR:
      return flip_bit(*attribute.mutable_t(), random);
    case AttributeProto::INTS: {
      if (attribute.ints_size() == 0) return false;
      const int at = draw(random, attribute.ints_size());
      attribute.set_ints(at, attribute.ints(at) + 1);
      return true;
    }
    default:
      return false;
  }
}

std::optional<Mutation> change_attribute(onnx::ModelProto& model, Random& random) {
  const int index = draw_node(model, random, [](const NodeProto& node) { return node.attribute_size() > 0; });
  if (index < 0) return std::nullopt;
  NodeProto& node = *model.mutable_graph()->mutable_node(index);
  AttributeProto& attribute = *node.mutable_attribute(draw(random, node.attribute_size()));
  if (!change_value(attribute, random)) return std::nullopt;
  return Mutation{MutationKind::kAttribute, index, -1, title(node) + ": " + attribute.name()};
}

}  // namespace

std::optional<Mutation> mutate(onnx::ModelProto& model, MutationKind kind, Random& random) {
  switch (kind) {
    case MutationKind::kPad:
      return change_entry(model, kind, "pads", 0, random);
    case MutationKind::kStride:
      return change_entry(model, kind, "strides", 1, random);
    case MutationKind::kDilation:
      return change_entry(model, kind, "dilations", 1, random);
    case MutationKind::kKernel:
      return change_entry(model, kind, "kernel_shape", 1, random);
    case MutationKind::kSwappedPads:
      return swap_pads(model, random);
    case MutationKind::kWeight:
      return change_weight(model, random);
    case MutationKind::kDropped:
      return drop_node(model, random);
    case MutationKind::kSwapped:
      return swap_inputs(model, random);
    case MutationKind::kRenamed:
      return rename_output(model, random);
    case MutationKind::kAutoPad:
      return restore_auto_pad(model, random);
    case MutationKind::kAttribute:
      return change_attribute(model, random);
  }
  return std::nullopt;
}

}  // namespace padproof::test
