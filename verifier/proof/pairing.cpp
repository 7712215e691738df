// SPDX-License-Identifier: Apache-2.0
#include "verifier/proof/pairing.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>

#include <fmt/format.h>

#include "model/onnx_schema.h"
#include "model/tensor_values.h"
#include "verifier/proof/attribute_equality.h"

namespace padproof::verifier {
namespace {

using model::GraphInstance;
using model::Node;
using model::ValueKind;

// The same bytes, another result each time: nothing can be said of all inputs.
constexpr std::array<std::string_view, 6> kRandomOperators = {"RandomNormal",  "RandomNormalLike", "RandomUniform",
                                                              "RandomUniformLike", "Multinomial", "Bernoulli"};

// Dropout draws numbers when it trains: since opset 12 a third input says so, before 7 the attribute is_test.
bool is_training_dropout(const GraphInstance& instance, const Node& node) {
  if (node.op_type != "Dropout") return false;
  if (instance.opset_of(node) < 7) return model::Attributes(node, instance.attribute_scope()).int_or("is_test", 0) == 0;
  if (node.inputs.size() < 3 || node.inputs[2] == model::kNoValue) return false;
  const auto& training = instance.facts(node.inputs[2]).contents;
  return !(training && training->size() == 1 && training->front().constant() == 0);
}

bool is_random(const GraphInstance& instance, const Node& node) {
  if (!node.domain.empty()) return false;
  return std::find(kRandomOperators.begin(), kRandomOperators.end(), node.op_type) != kRandomOperators.end() ||
         is_training_dropout(instance, node);
}

// Names of open extents do not matter, but what one model fixes the other must fix too.
bool accepts_same_shapes(const model::ValueType& source, const model::ValueType& target) {
  if (source.shape.has_value() != target.shape.has_value()) return false;
  if (!source.shape) return true;
  return std::equal(source.shape->begin(), source.shape->end(), target.shape->begin(), target.shape->end(),
                    [](const model::Extent& mine, const model::Extent& theirs) {
                      return mine.constant() == theirs.constant();
                    });
}

// Split divides by their number, BatchNormalization before opset 14 trains if there are several; of operators outside
// the standard nothing is known.
bool counts_its_outputs(const Node& node) {
  return !node.domain.empty() || node.op_type == "Split" || node.op_type == "BatchNormalization";
}

std::size_t used_inputs(const Node& node) {
  std::size_t count = node.inputs.size();
  while (count > 0 && node.inputs[count - 1] == model::kNoValue) --count;
  return count;
}

std::string title(const model::Graph& graph, const Node& node) {
  return fmt::format("{} '{}'", model::printable(node.op_type), model::display_name(graph, node));
}

}  // namespace

std::size_t Pairing::PairHash::operator()(const Pair& pair) const {
  std::size_t hash = 0;
  const auto mix = [&](std::size_t value) { hash = (hash ^ value) * 0x9E3779B97F4A7C15ULL + (hash >> 29U); };
  mix(std::hash<const void*>{}(pair.source.instance));
  mix(pair.source.value);
  mix(std::hash<const void*>{}(pair.target.instance));
  mix(pair.target.value);
  return hash;
}

Proof Pairing::run() {
  list_nodes(*source_model_.graph);
  for (const model::Function& function : source_model_.functions) list_nodes(*function.body);
  pair_interfaces();
  while (!open_.empty()) {
    const Pair pair = open_.back();
    open_.pop_back();
    check(pair);
  }
  return conclude();
}

void Pairing::list_nodes(const model::Graph& graph) {
  for (const Node& node : graph.nodes) {
    evidence_index_.emplace(&node, proof_.nodes.size());
    NodeEvidence entry;
    entry.graph = &graph;
    entry.source = &node;
    entry.status = Status::kProved;
    entry.method = Method::kUnreached;
    proof_.nodes.push_back(std::move(entry));
    for (const model::Attribute& attribute : node.attributes) {
      for (const auto& subgraph : attribute.graphs) list_nodes(*subgraph);
    }
  }
}

NodeEvidence& Pairing::evidence(const GraphInstance&, const Node& node) {
  return proof_.nodes[evidence_index_.at(&node)];
}

void Pairing::fail_node(const GraphInstance& instance, const Node& node, std::string reason) {
  NodeEvidence& entry = evidence(instance, node);
  if (entry.status != Status::kProved) return;
  entry.status = Status::kUnknown;
  entry.method = Method::kNone;
  entry.reason = std::move(reason);
}

void Pairing::fail(const Pair& pair, std::string reason) {
  if (pair.consumer != nullptr) {
    fail_node(*pair.consumer_instance, *pair.consumer, std::move(reason));
  } else {
    proof_.problems.push_back(std::move(reason));
  }
}

void Pairing::assume(std::string text) {
  auto& all = proof_.assumptions;
  if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(std::move(text));
}

void Pairing::pair_declared_input(const model::ValueInfo& source, const model::ValueInfo& target) {
  const std::string name = model::printable(source.name);
  const model::ValueFacts& facts = source_.facts(source.value);
  if (facts.rests_on_input_shape) {
    assume(fmt::format("input '{}' is {}, as --input-shape says; the models themselves accept other sizes", name,
                       model::to_string(*facts.shape)));
  }
  if (source.name != target.name) {
    proof_.problems.push_back(fmt::format("input '{}' is called '{}' in the target", name, model::printable(target.name)));
  } else if (source.type.message != target.type.message) {
    const auto shape_of = [](const model::ValueInfo& info) {
      return info.type.shape ? model::to_string(*info.type.shape) : std::string("any shape");
    };
    if (source.type.dtype != target.type.dtype || !accepts_same_shapes(source.type, target.type)) {
      proof_.problems.push_back(fmt::format("input '{}' is declared {} {} in the source and {} {} in the target", name,
                                            model::to_string(source.type.dtype), shape_of(source),
                                            model::to_string(target.type.dtype), shape_of(target)));
    }
  }
}

void Pairing::pair_interfaces() {
  const model::Graph& source = *source_.graph;
  const model::Graph& target = *target_.graph;
  if (source.inputs.size() != target.inputs.size()) {
    proof_.problems.push_back(
        fmt::format("the source has {} inputs, the target {}", source.inputs.size(), target.inputs.size()));
  } else {
    for (std::size_t i = 0; i < source.inputs.size(); ++i) pair_declared_input(source.inputs[i], target.inputs[i]);
  }
  if (source_model_.has_training_info || target_model_.has_training_info) {
    assume("training information in the files was not looked at");
  }
  if (source.outputs.size() != target.outputs.size()) {
    proof_.problems.push_back(
        fmt::format("the source has {} outputs, the target {}", source.outputs.size(), target.outputs.size()));
    return;
  }
  for (std::size_t i = 0; i < source.outputs.size(); ++i) {
    if (source.outputs[i].name != target.outputs[i].name) {
      proof_.problems.push_back(fmt::format("output {} is '{}' in the source and '{}' in the target", i,
                                            model::printable(source.outputs[i].name),
                                            model::printable(target.outputs[i].name)));
    }
    require({&source_, source.outputs[i].value}, {&target_, target.outputs[i].value}, nullptr, nullptr);
  }
}

void Pairing::require(const Place& source, const Place& target, const GraphInstance* instance, const Node* consumer) {
  const auto note_passed = [&](const GraphInstance& at, const Node& node) {
    NodeEvidence& entry = evidence(at, node);
    if (entry.method == Method::kUnreached) entry.method = Method::kTransparent;
  };
  const auto ignore_passed = [](const GraphInstance&, const Node&) {};
  const Pair pair{trace(source, note_passed), trace(target, ignore_passed), consumer, instance};
  if (seen_.insert(pair).second) open_.push_back(pair);
}

void Pairing::check(const Pair& pair) {
  const Place& source = pair.source;
  const Place& target = pair.target;
  if (source.is_absent() && target.is_absent()) return;
  if (source.is_absent() || target.is_absent()) {
    return fail(pair, fmt::format("reads {} in the source and {} in the target", source.name(), target.name()));
  }
  if (source.facts().rests_on_value_info || target.facts().rests_on_value_info)
    assume("shapes recorded in value_info that the operators do not confirm");
  const model::TensorRef* source_constant = source.instance->constant(source.value);
  const model::TensorRef* target_constant = target.instance->constant(target.value);
  if (source_constant != nullptr && target_constant != nullptr) {
    return check_constants(pair, *source_constant, *target_constant);
  }
  const model::Value& mine = source.info();
  const model::Value& theirs = target.info();
  if (mine.kind == ValueKind::kInput && theirs.kind == ValueKind::kInput) return check_inputs_of_graphs(pair);
  if (mine.sparse_initializer != nullptr && theirs.sparse_initializer != nullptr) {
    if (mine.sparse_initializer->message == theirs.sparse_initializer->message) return;
    return fail(pair, fmt::format("sparse tensor {} differs", source.name()));
  }
  const Node* source_node = source.producer();
  const Node* target_node = target.producer();
  if (source_node == nullptr || target_node == nullptr) {
    return fail(pair, fmt::format("{} in the source and {} in the target are not made in the same way", source.name(),
                                  target.name()));
  }
  if (mine.output_index != theirs.output_index) {
    return fail_node(*source.instance, *source_node,
                     fmt::format("output {} stands where the target uses output {}", mine.output_index,
                                 theirs.output_index));
  }
  check_nodes(pair, *source_node, *target_node);
}

void Pairing::check_constants(const Pair& pair, const model::TensorRef& source, const model::TensorRef& target) {
  for (const Place* place : {&pair.source}) {
    if (const Node* node = place->producer()) evidence(*place->instance, *node).method = Method::kIdentical;
  }
  const auto same = model::same_elements(source, target);
  if (same && *same) {
    const auto folder = [](const model::Model& model) { return std::filesystem::path(model.file).parent_path(); };
    if (source.storage != model::Storage::kExternal || folder(source_model_) == folder(target_model_)) return;
    return fail(pair, fmt::format("tensor {} is external data in two folders, which were not compared",
                                  pair.source.name()));
  }
  fail(pair, same ? fmt::format("tensor {} differs from {} in the target", pair.source.name(), pair.target.name())
                  : model::to_string(same.error()));
}

void Pairing::check_inputs_of_graphs(const Pair& pair) {
  const Place& source = pair.source;
  const Place& target = pair.target;
  const bool both_main = source.instance == &source_ && target.instance == &target_;
  const auto paired = paired_bodies_.find(source.instance);
  const bool same_body = paired != paired_bodies_.end() && paired->second == target.instance;
  if ((both_main || same_body) && source.info().producer == target.info().producer) {
    const model::TensorRef* mine = source.info().initializer;
    const model::TensorRef* theirs = target.info().initializer;
    if (mine != nullptr && theirs != nullptr) return check_constants(pair, *mine, *theirs);
    if (mine != theirs) fail(pair, fmt::format("only one of the models has a default for input {}", source.name()));
    return;
  }
  fail(pair, fmt::format("input {} in the source stands where the target has {}", source.name(), target.name()));
}

bool Pairing::same_operator(const Pair& pair, const Node& source, const Node& target) {
  const GraphInstance& mine = *pair.source.instance;
  const GraphInstance& theirs = *pair.target.instance;
  NodeEvidence& entry = evidence(mine, source);
  if (source.op_type != target.op_type || source.domain != target.domain || source.overload != target.overload) {
    fail_node(mine, source, fmt::format("the target has {} here", title(*theirs.graph, target)));
    return false;
  }
  if (is_random(mine, source)) {
    fail_node(mine, source, "draws random numbers");
    return false;
  }
  const std::int64_t source_opset = mine.opset_of(source);
  const std::int64_t target_opset = theirs.opset_of(target);
  if (source_opset == target_opset || window_operator(source.domain, source.op_type)) return true;
  const auto source_since = model::since_version(source.domain, source.op_type, source_opset);
  const auto target_since = model::since_version(target.domain, target.op_type, target_opset);
  if (source_since && source_since == target_since) return true;
  if (entry.status == Status::kProved) {
    fail_node(mine, source, fmt::format("opset {} in the source and {} in the target may differ about this operator",
                                        source_opset, target_opset));
  }
  return false;
}

void Pairing::check_nodes(const Pair& pair, const Node& source, const Node& target) {
  NodeEvidence& entry = evidence(*pair.source.instance, source);
  entry.target_graph = pair.target.instance->graph;
  entry.target = &target;
  if (!same_operator(pair, source, target)) return;
  if (const auto meaning = window_operator(source.domain, source.op_type)) {
    return check_windows(pair, source, target, *meaning);
  }
  check_generic(pair, source, target);
}

void Pairing::check_generic(const Pair& pair, const Node& source, const Node& target) {
  const GraphInstance& mine = *pair.source.instance;
  const GraphInstance& theirs = *pair.target.instance;
  bool has_graphs = false;
  const std::string difference = attribute_difference(
      {source, mine.attribute_scope()}, {target, theirs.attribute_scope()}, {},
      [&](const model::Attribute&, const model::Attribute&) { has_graphs = true; });
  if (!difference.empty()) return fail_node(mine, source, difference);
  if (source.outputs.size() != target.outputs.size() && counts_its_outputs(source)) {
    return fail_node(mine, source, fmt::format("gives {} outputs in the source and {} in the target",
                                               source.outputs.size(), target.outputs.size()));
  }
  NodeEvidence& entry = evidence(mine, source);
  if (entry.method == Method::kUnreached) entry.method = Method::kIdentical;
  if (has_graphs) pair_subgraphs(pair, source, target);
  require_inputs(pair, source, target, SIZE_MAX);
}

void Pairing::require_inputs(const Pair& pair, const Node& source, const Node& target, std::size_t except) {
  const std::size_t count = used_inputs(source);
  if (count != used_inputs(target)) {
    return fail_node(*pair.source.instance, source,
                     fmt::format("takes {} inputs in the source and {} in the target", count, used_inputs(target)));
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (i == except) continue;
    require({pair.source.instance, source.inputs[i]}, {pair.target.instance, target.inputs[i]}, pair.source.instance,
            &source);
  }
}

void Pairing::pair_subgraphs(const Pair& pair, const Node& source, const Node& target) {
  for (const model::Attribute& attribute : source.attributes) {
    if (attribute.graphs.empty()) continue;
    const GraphInstance* mine = pair.source.instance->child(source, attribute.name);
    const GraphInstance* theirs = pair.target.instance->child(target, attribute.name);
    const bool comparable = mine != nullptr && theirs != nullptr &&
                            mine->graph->inputs.size() == theirs->graph->inputs.size() &&
                            mine->graph->outputs.size() == theirs->graph->outputs.size();
    if (!comparable) {
      fail_node(*pair.source.instance, source, fmt::format("subgraph {} differs", model::printable(attribute.name)));
      continue;
    }
    paired_bodies_[mine] = theirs;
    for (std::size_t i = 0; i < mine->graph->outputs.size(); ++i) {
      require({mine, mine->graph->outputs[i].value}, {theirs, theirs->graph->outputs[i].value}, pair.source.instance,
              &source);
    }
  }
}

Proof Pairing::conclude() {
  const auto any = [&](Status status) {
    return std::any_of(proof_.nodes.begin(), proof_.nodes.end(),
                       [&](const NodeEvidence& entry) { return entry.status == status; });
  };
  if (any(Status::kRefuted)) {
    proof_.status = Status::kRefuted;
  } else if (any(Status::kUnknown) || !proof_.problems.empty()) {
    proof_.status = Status::kUnknown;
  } else {
    proof_.status = Status::kProved;
  }
  return std::move(proof_);
}

}  // namespace padproof::verifier
