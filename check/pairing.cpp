// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "check/scope.h"
#include "check/stop.h"

namespace padproof::check {
namespace {

constexpr int kDeepestCall = 64;              // calls and subgraphs
constexpr std::size_t kMostInside = 1 << 30;  // bytes of all calls and subgraphs
constexpr std::int64_t kNewestOperatorSet = 28;

class Comparison {
 public:
  Comparison(const LoadedModel& source, const LoadedModel& target, const Json& certificate)
      : source_(source), target_(target), stated_(certificate) {}

  std::string run() {
    const Model& source = source_.model;
    const Model& target = target_.model;
    Json derived{{"source", model_claim(source_)}, {"target", model_claim(target_)}};
    for (const char* side : {"source", "target"}) {
      derived[side]["name"] = stated_.at(side).at("name").get<std::string>();
      require_same(derived[side], stated_.at(side), std::string("the ") + side);
    }
    for (const auto& [location, digest] : source_.external_data)
      if (const auto other = target_.external_data.find(location);
          other != target_.external_data.end() && other->second.sha256 != digest.sha256)
        reject("external data at " + named(location) + " differs");
    if (source.operator_sets != target.operator_sets) reject("the operator sets differ");
    if (source.has_training_info || target.has_training_info) required_.insert("training-info");
    Scope main({source_, source.graph, source.operator_sets}, {target_, target.graph, target.operator_sets},
               nullptr, "main");
    derived["inputs"] = take_inputs(main);
    derived["nodes"] = compare_main(main);
    derived["outputs"] = compare_outputs(main);
    if (windows_ != stated_.at("obligations").size()) reject("obligations are stated of equal nodes");
    require_same(complete(std::move(derived)), stated_, "the certificate");
    return std::to_string(windows_) + " windows that differ read the same, all else is identical";
  }

 private:
  Json take_inputs(Scope& main) {
    const auto& source = main.source.inputs;
    const auto& target = main.target.inputs;
    Json inputs = Json::array();
    if (source.size() != target.size()) reject("the target has another number of inputs");
    for (std::size_t i = 0; i < source.size(); ++i) {
      const std::string_view name = source[i]->name;
      if (name.empty() || name != target[i]->name || source[i]->type != target[i]->type)
        reject("input " + named(name) + " has no name, or is called or declared otherwise in the target");
      const Json& stated = stated_.at("inputs").at(i);
      const bool has_rank = stated.at("has_rank").get<bool>();
      const Shape extents = stated.at("extents").get<Shape>();
      require_declared(*source[i], has_rank, extents);
      main.learn(name, name, {has_rank ? std::optional(extents) : std::nullopt, nullptr});
      main.require_same_default(name, name);
      inputs.push_back({{"name", escaped(name)}, {"has_rank", has_rank}, {"extents", extents}});
    }
    return inputs;
  }

  /// What the declared type fixes must be as it says; what it leaves open the certificate may fix.
  void require_declared(const ValueInfo& input, bool has_rank, const Shape& extents) {
    const Shape declared = input.shape.value_or(Shape(extents.size(), kOpen));
    bool fits = declared.size() == extents.size() && (has_rank || (!input.shape && extents.empty()));
    for (std::size_t i = 0; fits && i < extents.size(); ++i)
      fits = extents[i] >= kOpen && extents[i] <= INT32_MAX &&
             (declared[i] == kOpen || declared[i] == extents[i]);
    if (!fits) reject("input " + named(input.name) + " is declared to be of other sizes");
    if (has_rank && (!input.shape || declared != extents)) required_.insert("input-sizes");
  }

  /// The main graphs' nodes pair as the certificate says, each once.
  Json compare_main(Scope& main) {
    const std::size_t count = main.source.graph.nodes.size();
    std::set<std::size_t> taken;
    Json nodes = Json::array();
    for (const Json& stated : stated_.at("nodes")) {
      const auto source = stated.at("source").get<std::size_t>();
      const auto target = stated.at("target").get<std::size_t>();
      if (source >= count || target >= main.target.graph.nodes.size() || !taken.insert(target).second)
        reject("a node is paired that is not there, or one twice");
      const bool differs = compare_nodes(main, source, target);
      nodes.push_back(
          {{"source", source}, {"target", target}, {"method", differs ? "index-map" : "identical"}});
    }
    if (nodes.size() != count || count != main.target.graph.nodes.size()) reject("a node is left out");
    return nodes;
  }

  static Json compare_outputs(const Scope& scope) {
    const auto& source = scope.source.graph.outputs;
    const auto& target = scope.target.graph.outputs;
    Json outputs = Json::array();
    if (source.size() != target.size()) reject(scope.path + " has another number of outputs in the target");
    for (std::size_t i = 0; i < source.size(); ++i) {
      if (scope.path == "main" && (source[i].name != target[i].name || source[i].type != target[i].type))
        reject("output " + named(source[i].name) + " is called or declared otherwise in the target");
      scope.require_equal(source[i].name, target[i].name, "an output of " + scope.path);
      outputs.push_back(escaped(source[i].name));
    }
    return outputs;
  }

  /// Subgraphs and functions, whose nodes pair by their places. What the node in front hands in is equal: for
  /// the body of a loop by induction over its turns. Returns what is known of the first output.
  Fact compare_graphs(Scope&& scope, const Facts& inputs) {
    const Graph& source = scope.source.graph;
    const Graph& target = scope.target.graph;
    inside_ += source.bytes + target.bytes + 1;
    if (++depth_ > kDeepestCall || inside_ > kMostInside) undecided("there are too many calls and subgraphs");
    if (source.nodes.size() != target.nodes.size() || source.inputs.size() != target.inputs.size())
      reject(scope.path + " has another number of nodes or inputs in the target");
    for (std::size_t i = 0; i < source.inputs.size(); ++i) {
      scope.learn(source.inputs[i].name, target.inputs[i].name, i < inputs.size() ? inputs[i] : Fact());
      scope.require_same_default(source.inputs[i].name, target.inputs[i].name);
    }
    for (std::size_t i = 0; i < source.nodes.size(); ++i) compare_nodes(scope, i, i);
    compare_outputs(scope);
    --depth_;
    return source.outputs.empty() ? Fact() : scope.fact(source.outputs[0].name);
  }

  /// Whether the two are windows that differ, and read the same all the same.
  bool compare_nodes(Scope& scope, std::size_t at_source, std::size_t at_target) {
    const Node& source = scope.source.graph.nodes[at_source];
    const Node& target = scope.target.graph.nodes[at_target];
    const std::string title = escaped(source.op) + " " + named(source.name) + " of " + scope.path;
    const auto key = function_key(source.domain, source.op, source.overload);
    if (key != function_key(target.domain, target.op, target.overload) ||
        source.inputs.size() != target.inputs.size() || source.outputs.size() != target.outputs.size())
      reject(title + " is another operator in the target");
    for (std::size_t i = 0; i < source.inputs.size(); ++i)
      scope.require_equal(source.inputs[i], target.inputs[i], title);
    Facts facts;
    for (const std::string_view input : source.inputs) facts.push_back(scope.fact(input));
    const std::string place = scope.path + "/" + std::to_string(at_source);
    const bool is_call = source_.model.functions.contains(key) || target_.model.functions.contains(key);
    const bool differs = compare_attributes(scope, source, target, !is_call && weights_of(source), place);
    if (differs) require_window(scope, at_source, at_target, facts);
    const Fact output = is_call ? compare_calls(key, place, facts) : output_of(scope, source, facts);
    for (std::size_t i = 0; i < source.outputs.size(); ++i)
      scope.learn(source.outputs[i], target.outputs[i], i == 0 ? output : Fact());
    return differs;
  }

  /// Whether attributes differ that a window's reads follow from; any other difference is one too many.
  bool compare_attributes(const Scope& scope, const Node& source, const Node& target, bool is_window,
                          const std::string& place) {
    bool differs = false;
    for (const auto& [node, others] : {std::pair(&source, &target), std::pair(&target, &source)}) {
      for (const Attribute& mine : node->attributes) {
        const Attribute* theirs = others->find(mine.name);
        const bool are_graphs = theirs != nullptr && mine.graph && theirs->graph;
        if (!are_graphs && theirs != nullptr && mine.message == theirs->message) continue;
        if (is_window && is_window_attribute(*node, scope.source.operator_set(*node), mine.name)) {
          differs = true;
        } else if (!are_graphs) {
          reject(named(mine.name) + " of " + named(node->name) + " is not in both models alike");
        } else if (node == &source) {
          compare_graphs(Scope({source_, *mine.graph, scope.source.operator_sets},
                               {target_, *theirs->graph, scope.target.operator_sets}, &scope,
                               place + "." + escaped(mine.name)),
                         {});
        }
      }
    }
    return differs;
  }

  Fact compare_calls(const std::string& key, const std::string& place, const Facts& facts) {
    const auto source = source_.model.functions.find(key);
    const auto target = target_.model.functions.find(key);
    if (source == source_.model.functions.end() || target == target_.model.functions.end() ||
        source->second.attributes != target->second.attributes ||
        source->second.defaults != target->second.defaults ||
        source->second.operator_sets != target->second.operator_sets)
      reject("the function called at " + place + " is declared otherwise in the target");
    return compare_graphs(
        Scope({source_, source->second.body, source->second.operator_sets},
              {target_, target->second.body, target->second.operator_sets}, nullptr, place + "()"),
        facts);
  }

  /// Of an operator that is a function of its inputs and attributes, or is said to be.
  Fact output_of(const Scope& scope, const Node& node, const Facts& facts) {
    const std::int64_t operator_set = scope.source.operator_set(node);
    const bool trains = node.op == "Dropout" && (node.inputs.size() > 2 || operator_set < 7);
    const bool is_random =
        node.op.starts_with("Random") || node.op == "Multinomial" || node.op == "Bernoulli";
    const bool is_standard = node.domain.empty();
    if (!is_standard) required_.insert("other-domains");
    if (is_standard && (trains || is_random)) undecided(escaped(node.op) + " draws random numbers");
    if (is_standard && operator_set > kNewestOperatorSet) required_.insert("newest-opset");
    const Attribute* value = is_standard && node.op == "Constant" ? node.find("value") : nullptr;
    if (value != nullptr && value->tensor) return {value->tensor->dims, &*value->tensor};
    return {output_shape(node, operator_set, facts), nullptr};
  }

  void require_window(const Scope& scope, std::size_t source, std::size_t target, const Facts& facts) {
    const Node& node = scope.source.graph.nodes[source];
    const Json& all = stated_.at("obligations");
    if (windows_ == all.size()) reject("no obligation is stated of window " + named(node.name));
    Json derived =
        window_claim(node, scope.target.graph.nodes[target], scope.source.operator_set(node), facts);
    derived.update({{"graph", scope.path}, {"source", source}, {"target", target}});
    require_same(derived, all.at(windows_++), "the obligation of " + named(node.name));
  }

  /// Only what wrote it, files' names and more preconditions than needed are a certificate's own.
  Json complete(Json derived) const {
    const std::set<std::string> known{"input-sizes", "newest-opset", "other-domains", "recorded-shapes",
                                      "training-info"};
    const auto stated = stated_.at("claim").at("preconditions").get<std::set<std::string>>();
    if (!std::includes(stated.begin(), stated.end(), required_.begin(), required_.end()) ||
        !std::includes(known.begin(), known.end(), stated.begin(), stated.end()))
      reject("a precondition is left out, or not known");
    derived["certificate_version"] = "1.0";
    derived["semantics_version"] = "1";
    derived["tool"] = stated_.at("tool").get<std::string>();
    derived["obligations"] = stated_.at("obligations");
    derived["claim"] = {{"outputs", "equal-for-all-inputs"},
                        {"floating_point", "same-operations"},
                        {"preconditions", stated}};
    derived["unverified"] = Json::array();
    return derived;
  }

  const LoadedModel& source_;
  const LoadedModel& target_;
  const Json& stated_;
  std::set<std::string> required_;
  std::size_t windows_ = 0;
  std::size_t inside_ = 0;
  int depth_ = 0;
};

}  // namespace

std::string check_pair(const LoadedModel& source, const LoadedModel& target, const Json& certificate) {
  return Comparison(source, target, certificate).run();
}

}  // namespace padproof::check
