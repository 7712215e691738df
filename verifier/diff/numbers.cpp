// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/numbers.h"

#include <algorithm>
#include <map>
#include <set>

#include "verifier/diff/explain.h"
#include "verifier/diff/input_layout.h"
#include "verifier/diff/numbers_verdict.h"
#include "verifier/diff/output_numbers.h"
#include "verifier/diff/waypoints.h"
#include "verifier/execution.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

/// What a run has of one sample.
struct SampleValues {
  BothSides values;
  std::vector<LayerNumbers> layers;
  std::set<std::size_t> other_extents;  // of PaddingDiff::layers
};

bool is_one(std::int64_t extent) { return extent == 1; }

/// Of the same extents but for axes of one cell, as a Conv1D is written as a Conv2D.
bool are_same_but_for_ones(Dims mine, Dims theirs) {
  std::erase_if(mine, is_one);
  std::erase_if(theirs, is_one);
  return mine == theirs;
}

class NumbersRun {
 public:
  NumbersRun(const model::Model& source, const model::Model& target, const PaddingDiff& diff,
             const NumbersOptions& options)
      : source_(source),
        target_(target),
        diff_(diff),
        options_(options),
        pairs_(paired_outputs(source, target, diff)) {
    numbers_.layers.resize(diff.layers.size());
    for (std::size_t i = 0; i < diff.layers.size(); ++i) {
      const LayerDifference& layer = diff.layers[i];
      if (layer.source.result.empty() || layer.target.result.empty()) continue;
      expected_.push_back({layer.source.result, layer.target.result});
      layer_of_.push_back(i);
    }
    if (!options.judge_rounding) return;
    const auto between = waypoints_of(source, target, diff);
    expected_.insert(expected_.end(), between.begin(), between.end());
  }

  Result<void> sample(const NamedTensors& inputs) {
    const bool is_first = numbers_.samples == 0;
    auto theirs = inputs_of_target(inputs);
    if (!theirs) return Error(theirs.error());
    SampleValues sample;
    auto both = run_both(inputs, *theirs, is_first ? &sample : nullptr);
    if (!both) return Error(both.error());
    const bool moves = compare_outputs(source_, target_, pairs_, *both, numbers_);
    ++numbers_.samples;
    if (is_first) note_layers(sample);
    if (!options_.judge_rounding || !(is_first || may_change_verdict())) return {};
    if (!moves && !(is_first && differs_in_a_layer())) return note_same_bits(sample);
    if (is_first) return judge({inputs, std::move(*theirs)}, *both, std::move(sample));
    // Most samples are the same in every bit: what layers hold is kept only where it is asked for.
    both = run_both(inputs, *theirs, &sample);
    if (!both) return Error(both.error());
    return judge({inputs, std::move(*theirs)}, *both, std::move(sample));
  }

  DiffNumbers finish(const model::Diagnostic* failure) {
    if (failure != nullptr) {
      numbers_.reason = model::to_string(*failure);
      numbers_.reached_limit = numbers_.reached_limit || is_limit(*failure);
    }
    return std::move(numbers_);
  }

 private:
  /// Only of layers that all read the same cells.
  [[nodiscard]] bool may_change_verdict() const {
    return diff_.status != Status::kUnknown && !has_other_weights(diff_) &&
           (diff_.status == Status::kProved || crops_only(diff_)) &&
           numbers_.rounding.agreement != Agreement::kBeyond && !numbers_.first_beyond;
  }

  void note_layers(SampleValues& sample) {
    numbers_.layers = std::move(sample.layers);
    if (!sample.other_extents.empty()) numbers_.first_beyond = *sample.other_extents.begin();
  }

  [[nodiscard]] bool differs_in_a_layer() const {
    return !std::all_of(numbers_.layers.begin(), numbers_.layers.end(),
                        [](const LayerNumbers& layer) { return layer.is_known && layer.differing == 0; });
  }

  Result<void> note_same_bits(const SampleValues& sample) {
    ++numbers_.judged;
    if (numbers_.rounding.agreement != Agreement::kNotAsked) return {};
    numbers_.rounding.agreement = Agreement::kWithin;
    numbers_.rounding.values = numbers_.rounding.reference = std::ssize(sample.values.source);
    return {};
  }

  Result<void> judge(const BothSides& inputs, const BothSides& outputs, SampleValues sample) {
    for (std::size_t i = 0; i < pairs_.size(); ++i) expect_output(i, outputs, sample.values);
    for (const model::ValueInfo& output : source_.graph->outputs)
      sample.values.target.try_emplace(std::string(output.name), outputs.source.find(output.name)->second);
    note(explain(source_, target_, diff_, inputs, sample.values, outputs, options_.engine), sample);
    return {};
  }

  /// Each output is held to the other model's, and where that has none to itself.
  void expect_output(std::size_t index, const BothSides& outputs, BothSides& values) const {
    const std::string theirs(target_.graph->outputs[index].name);
    const Tensor& target = outputs.target.find(theirs)->second;
    values.source.insert_or_assign(theirs, target);
    if (pairs_[index] == kUnpairedOutput) return;
    const std::string mine(source_.graph->outputs[pairs_[index]].name);
    const Tensor& source = outputs.source.find(mine)->second;
    if (source.dtype() != target.dtype() || source.dims() != target.dims()) return;
    values.source.insert_or_assign(theirs, source);
    values.target.insert_or_assign(mine, target);
  }

  /// The worst of all samples.
  void note(Explanation explanation, SampleValues& sample) {
    ++numbers_.judged;
    numbers_.reached_limit = numbers_.reached_limit || !explanation.rounding.stopped.empty();
    const bool is_first = numbers_.samples == 1;
    const bool is_beyond = explanation.rounding.agreement == Agreement::kBeyond;
    if (is_beyond && !is_first) note_layers(sample);
    const bool is_worse = numbers_.rounding.agreement == Agreement::kWithin &&
                          explanation.rounding.agreement != Agreement::kWithin;
    if (is_first || is_beyond || is_worse) numbers_.rounding = std::move(explanation.rounding);
    // Behind an output of other extents nothing is expected of layers, and they are judged by what is not.
    if (numbers_.first_beyond)
      std::erase_if(explanation.beyond, [&](std::size_t layer) { return layer > *numbers_.first_beyond; });
    for (const std::size_t layer : explanation.beyond) numbers_.layers[layer].is_beyond_rounding = true;
    if (!explanation.beyond.empty()) numbers_.first_beyond = *explanation.beyond.begin();
  }

  // By name, what is left in order.
  Result<NamedTensors> inputs_of_target(const NamedTensors& inputs) {
    NamedTensors theirs;
    std::vector<std::string_view> left;
    for (const model::ValueInfo& info : source_.graph->inputs)
      if (inputs.contains(info.name) && !is_input(target_, info.name)) left.push_back(info.name);
    auto next = left.begin();
    for (const model::ValueInfo& info : target_.graph->inputs) {
      auto found = inputs.find(info.name);
      const bool has_default = target_.graph->values[info.value].initializer != nullptr;
      if (found == inputs.end() && has_default) continue;
      if (found == inputs.end() && next != left.end()) found = inputs.find(*next++);
      if (found == inputs.end())
        return model::unsupported("diff-inputs", "the target has an input that the source has not",
                                  model::printable(info.name));
      theirs.emplace(info.name, in_layout_of(info, found->second));
    }
    return theirs;
  }

  Tensor in_layout_of(const model::ValueInfo& input, const Tensor& tensor) {
    if (!input.type.shape) return tensor;
    const auto axes = axes_for({tensor.dims().begin(), tensor.dims().end()}, *input.type.shape);
    if (!axes || are_in_order(*axes)) return tensor;
    if (numbers_.samples == 0) numbers_.moved_inputs.emplace_back(input.name);
    return with_axes(tensor, *axes);
  }

  static bool is_input(const model::Model& model, std::string_view name) {
    const auto& inputs = model.graph->inputs;
    return std::any_of(inputs.begin(), inputs.end(), [=](const auto& input) { return input.name == name; });
  }

  Result<BothSides> run_both(const NamedTensors& inputs, const NamedTensors& theirs, SampleValues* kept) {
    if (kept != nullptr) kept->layers.resize(diff_.layers.size());
    auto mine = run_source(inputs, kept);
    if (!mine) return Error(mine.error());
    auto outputs = run_target(theirs, kept);
    if (!outputs) return Error(outputs.error());
    return BothSides{std::move(*mine), std::move(*outputs)};
  }

  Result<NamedTensors> run_source(const NamedTensors& inputs, SampleValues* kept) const {
    std::multimap<std::string_view, std::string_view> wanted;
    for (const Waypoint& value : expected_) wanted.emplace(value.source, value.target);
    ExecuteOptions engine = options_.engine;
    if (kept != nullptr)
      engine.on_value = [&](const model::Node&, std::string_view value, const Tensor& tensor) {
        const auto [first, last] = wanted.equal_range(value);
        for (auto name = first; name != last; ++name) kept->values.source.emplace(name->second, tensor);
      };
    return execute(source_, inputs, engine);
  }

  Result<NamedTensors> run_target(const NamedTensors& inputs, SampleValues* kept) const {
    std::map<std::string_view, std::size_t> index;
    for (std::size_t i = 0; i < expected_.size(); ++i) index.emplace(expected_[i].target, i);
    ExecuteOptions engine = options_.engine;
    if (kept != nullptr)
      engine.on_value = [&](const model::Node&, std::string_view value, const Tensor& tensor) {
        const auto at = index.find(value);
        if (at != index.end()) compare_value(at->second, tensor, *kept);
      };
    return execute(target_, inputs, engine);
  }

  /// What the target cannot be held to is taken away.
  void compare_value(std::size_t at, const Tensor& theirs, SampleValues& kept) const {
    const auto mine = kept.values.source.find(expected_[at].target);
    if (mine == kept.values.source.end()) return;
    const bool is_layer = at < layer_of_.size();
    const bool has_other_type = mine->second.dtype() != theirs.dtype();
    const bool has_other_axes =
        mine->second.rank() != theirs.rank() || (is_layer && diff_.layers[layer_of_[at]].has_other_axes);
    const bool has_same_extents =
        mine->second.dims() == theirs.dims() ||
        (has_other_axes && are_same_but_for_ones(mine->second.dims(), theirs.dims()));
    if (has_other_type || !has_same_extents) {
      kept.values.source.erase(mine);
      if (is_layer && !has_other_type) kept.other_extents.insert(layer_of_[at]);
      return;
    }
    kept.values.target.emplace(expected_[at].source, theirs.reshaped(mine->second.dims()));
    mine->second = mine->second.reshaped(theirs.dims());
    if (is_layer) kept.layers[layer_of_[at]] = measure(mine->second, theirs);
  }

  const model::Model& source_;
  const model::Model& target_;
  const PaddingDiff& diff_;
  const NumbersOptions& options_;
  std::vector<std::size_t> pairs_;     // paired_outputs()
  std::vector<Waypoint> expected_;     // layers' results, then what lies between
  std::vector<std::size_t> layer_of_;  // of PaddingDiff::layers, for the first of those
  DiffNumbers numbers_;
};

}  // namespace

DiffNumbers run_and_compare(const model::Model& source, const model::GraphInstance& source_facts,
                            const model::Model& target, const PaddingDiff& diff,
                            const NumbersOptions& options) {
  NumbersRun run(source, target, diff, options);
  const auto sizes = sizes_from(*target.graph, source_facts);
  const std::int64_t samples = options.inputs ? 1 : options.samples;
  for (std::int64_t i = 0; i < samples; ++i) {
    const auto inputs = options.inputs
                            ? Result<NamedTensors>(*options.inputs)
                            : make_inputs(source_facts, options.seed + static_cast<std::uint64_t>(i), 1,
                                          sizes, options.engine);
    const auto done = inputs ? run.sample(*inputs) : Result<void>(Error(inputs.error()));
    if (!done) return run.finish(&done.error());
  }
  return run.finish(nullptr);
}

}  // namespace padproof::verifier
