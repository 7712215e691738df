// SPDX-License-Identifier: Apache-2.0
#include "tests/emitter/emitted.h"

#include <onnx/onnx_pb.h>

#include <set>
#include <stdexcept>

#include "tests/emitter/wire_walk.h"

namespace padproof::test {
namespace {

void clear_padding(onnx::GraphProto& graph);

void clear_padding(onnx::NodeProto& node) {
  static const std::set<std::string> kWindows = {"Conv",    "ConvTranspose", "ConvInteger", "QLinearConv",
                                                 "MaxPool", "AveragePool",   "LpPool"};
  static const std::set<std::string> kPadding = {"auto_pad", "pads", "ceil_mode", "output_shape"};
  auto& attributes = *node.mutable_attribute();
  for (int i = attributes.size(); i-- > 0;) {
    onnx::AttributeProto& attribute = attributes[i];
    if (attribute.has_g()) clear_padding(*attribute.mutable_g());
    for (auto& graph : *attribute.mutable_graphs()) clear_padding(graph);
    if (kWindows.contains(node.op_type()) && kPadding.contains(attribute.name()))
      attributes.DeleteSubrange(i, 1);
  }
}

void clear_padding(onnx::GraphProto& graph) {
  for (auto& node : *graph.mutable_node()) clear_padding(node);
}

std::string without_padding(const std::string& bytes) {
  onnx::ModelProto model;
  if (!model.ParseFromString(bytes)) throw std::runtime_error("the ONNX library cannot parse the model");
  clear_padding(*model.mutable_graph());
  for (auto& function : *model.mutable_functions()) {
    for (auto& node : *function.mutable_node()) clear_padding(node);
  }
  return model.SerializeAsString();
}

}  // namespace

std::size_t check_untouched(const Converted& converted) {
  if (converted.target == nullptr) throw std::runtime_error("nothing was emitted");
  const std::string source = bytes_of(*converted.source.model.source);
  const std::string target = bytes_of(*converted.conversion.target);
  const auto nodes = rewritten_nodes(source, target);
  const std::size_t planned = converted.conversion.plan.count(converter::NodeStatus::kRewritten);
  if (nodes.size() != planned) {
    throw std::runtime_error(std::to_string(nodes.size()) + " nodes differ, " + std::to_string(planned) +
                             " are planned");
  }
  if (spliced_back(target, nodes) != source)
    throw std::runtime_error("with its nodes put back the target is not the source");
  if (without_padding(source) != without_padding(target))
    throw std::runtime_error("another model but for padding");
  return nodes.size();
}

}  // namespace padproof::test
