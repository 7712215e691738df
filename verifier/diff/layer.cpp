// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/layer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace padproof::verifier {
namespace {

using model::GraphInstance;
using model::kNoValue;
using model::Node;

// Values to look at on the way up from one layer, and from all: between two windows of a network are a few.
constexpr std::size_t kMostForOne = 10'000;
constexpr std::size_t kMostForAll = 5'000'000;

struct PlaceOrder {
  bool operator()(const Place& left, const Place& right) const {
    return std::pair(left.instance, left.value) < std::pair(right.instance, right.value);
  }
};

class Collection {
 public:
  explicit Collection(PadValues values) : values_(values) {}

  std::vector<Layer> run(const GraphInstance& main) {
    visit(main, "");
    for (Layer& layer : layers_) place(layer);
    for (std::size_t i = 0; i < layers_.size(); ++i)
      for (const std::size_t above : layers_[i].above)
        if (above != kModelInput) layers_[above].below.push_back(i);
    return std::move(layers_);
  }

 private:
  void visit(const GraphInstance& instance, const std::string& branch) {
    std::multimap<const Node*, const GraphInstance::Child*> held;
    const auto readers = readers_of(*instance.graph);
    for (const auto& child : instance.children) held.emplace(child.holder, &child);
    for (const std::uint32_t index : instance.graph->order) {
      const Node& node = instance.graph->nodes[index];
      if (const auto meaning = window_operator(node.domain, node.op_type))
        add(instance, node, *meaning, readers).branch = branch;
      const auto [first, last] = held.equal_range(&node);
      for (auto child = first; child != last; ++child)
        visit(*child->second->instance, branch_of(*child->second, branch));
    }
  }

  static std::string branch_of(const GraphInstance::Child& child, const std::string& around) {
    if (child.holder->op_type != "If") return around;
    return fmt::format("{}{}{}", around, around.empty() ? "" : " ", child.attribute);
  }

  static Readers readers_of(const model::Graph& graph) {
    Readers readers;
    for (const Node& node : graph.nodes)
      for (const auto* const list : {&node.inputs, &node.captures})
        for (const model::ValueId value : *list)
          if (value != kNoValue) readers.emplace(value, &node);
    return readers;
  }

  Layer& add(const GraphInstance& instance, const Node& node, const WindowOperator& meaning,
             const Readers& readers) {
    Layer layer;
    layer.instance = &instance;
    layer.node = &node;
    layer.meaning = meaning;
    layer.pads = fold_pads(instance, node, meaning, values_);
    layer.results = results_of(instance, node, readers);
    layer.weights = weights_of(instance, node, meaning);
    index_.emplace(std::pair(&instance, &node), layers_.size());
    return layers_.emplace_back(std::move(layer));
  }

  // Upwards from its data, as far as the next layers.
  void place(Layer& layer) {
    std::set<Place, PlaceOrder> seen;
    std::vector<Place> waiting{layer.pads.data};
    while (!waiting.empty()) {
      const Place at = trace(waiting.back(), ignore_passed);
      waiting.pop_back();
      if (at.is_absent() || !seen.insert(at).second) continue;
      if (seen.size() > kMostForOne || ++looked_at_ > kMostForAll) {
        layer.is_placed = false;
        break;
      }
      look_at(at, layer, waiting);
    }
    std::sort(layer.open_pads.begin(), layer.open_pads.end());
    for (auto* const numbers : {&layer.above, &layer.inputs}) {
      std::sort(numbers->begin(), numbers->end());
      numbers->erase(std::unique(numbers->begin(), numbers->end()), numbers->end());
    }
  }

  void look_at(const Place& at, Layer& layer, std::vector<Place>& waiting) const {
    const Node* const node = at.producer();
    if (node == nullptr) {
      if (at.info().kind != model::ValueKind::kInput) return;
      layer.above.push_back(kModelInput);
      if (at.instance->parent == nullptr) layer.inputs.push_back(at.info().producer);
      return;
    }
    const auto known = index_.find(std::pair(at.instance, node));
    if (known != index_.end()) return layer.above.push_back(known->second);
    if (node->op_type == "Pad" && node->domain.empty())
      layer.open_pads.push_back(text_of_pad(*at.instance, *node));
    for (const auto* const list : {&node->inputs, &node->captures})
      for (const model::ValueId value : *list)
        if (value != kNoValue) waiting.push_back({at.instance, value});
  }

  PadValues values_;
  std::vector<Layer> layers_;
  std::map<std::pair<const GraphInstance*, const Node*>, std::size_t> index_;
  std::size_t looked_at_ = 0;
};

}  // namespace

std::vector<UnreadNode> unread_windows(const GraphInstance& main) {
  std::vector<UnreadNode> found;
  for (const Node& node : main.graph->nodes) {
    const bool is_call = main.child(node, "") != nullptr;
    if (is_call || window_operator(node.domain, node.op_type) || node.op_type == "Pad") continue;
    const bool has_pads = std::any_of(node.attributes.begin(), node.attributes.end(), [](const auto& each) {
      return each.name == "auto_pad" || each.name == "pads";
    });
    if (has_pads) found.push_back({main.graph, &node});
  }
  for (const auto& child : main.children) {
    const auto inner = unread_windows(*child.instance);
    found.insert(found.end(), inner.begin(), inner.end());
  }
  return found;
}

std::vector<Layer> layers_of(const GraphInstance& main, PadValues values) {
  return Collection(values).run(main);
}

}  // namespace padproof::verifier
