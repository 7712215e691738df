// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/numbers.h"

#include <algorithm>
#include <map>

#include "verifier/diff/explain.h"
#include "verifier/diff/input_layout.h"
#include "verifier/diff/waypoints.h"
#include "verifier/execution.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

/// Rows of scores whose largest is at the same class.
std::int64_t same_top1(const Tensor& source, const Tensor& target) {
  const auto mine = source.data<float>();
  const auto theirs = target.data<float>();
  const std::int64_t classes = source.dims()[1];
  std::int64_t same = 0;
  for (std::int64_t row = 0; row < source.dims()[0]; ++row) {
    const auto top = [&](auto values) {
      const auto first = values.begin() + row * classes;
      return std::max_element(first, first + classes) - first;
    };
    same += top(mine) == top(theirs) ? 1 : 0;
  }
  return same;
}

bool are_scores(const Tensor& tensor) {
  return tensor.dtype() == model::DataType::kFloat && tensor.rank() == 2 && tensor.dims()[1] > 1;
}

class NumbersRun {
 public:
  NumbersRun(const model::Model& source, const model::Model& target, const PaddingDiff& diff,
             const NumbersOptions& options)
      : source_(source), target_(target), diff_(diff), options_(options) {
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
    BothSides values;
    BothSides* const kept = is_first ? &values : nullptr;
    const auto mine = run_source(inputs, kept);
    if (!mine) return Error(mine.error());
    const auto outputs = run_target(*theirs, kept);
    if (!outputs) return Error(outputs.error());
    if (auto done = compare_outputs(*mine, *outputs, kept); !done) return done;
    ++numbers_.samples;
    if (!is_first || !options_.judge_rounding) return {};
    if (has_same_bits()) {
      numbers_.rounding.agreement = Agreement::kWithin;
      numbers_.rounding.values = numbers_.rounding.reference = std::ssize(values.source);
      return {};
    }
    return with_threads(options_.engine, source_.file, [&]() -> Result<void> {
      note(explain(source_, target_, diff_, {inputs, *theirs}, values, {*mine, *outputs}));
      return {};
    });
  }

  DiffNumbers finish(const model::Diagnostic* failure) {
    if (failure != nullptr) {
      numbers_.reason = model::to_string(*failure);
      numbers_.reached_limit = is_limit(*failure);
    }
    return std::move(numbers_);
  }

 private:
  void note(Explanation explanation) {
    numbers_.rounding = std::move(explanation.rounding);
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

  Result<NamedTensors> run_source(const NamedTensors& inputs, BothSides* values) const {
    std::multimap<std::string_view, std::string_view> wanted;
    for (const Waypoint& value : expected_) wanted.emplace(value.source, value.target);
    ExecuteOptions engine = options_.engine;
    if (values != nullptr)
      engine.on_value = [&](const model::Node&, std::string_view value, const Tensor& tensor) {
        const auto [first, last] = wanted.equal_range(value);
        for (auto name = first; name != last; ++name) values->source.emplace(name->second, tensor);
      };
    return execute(source_, inputs, engine);
  }

  // Those of the source that the target cannot be held to are taken away.
  Result<NamedTensors> run_target(const NamedTensors& inputs, BothSides* values) {
    std::map<std::string_view, std::size_t> index;
    for (std::size_t i = 0; i < expected_.size(); ++i) index.emplace(expected_[i].target, i);
    ExecuteOptions engine = options_.engine;
    if (values != nullptr)
      engine.on_value = [&](const model::Node&, std::string_view value, const Tensor& tensor) {
        const auto mine = values->source.find(value);
        if (mine == values->source.end()) return;
        if (mine->second.dtype() != tensor.dtype() || mine->second.dims() != tensor.dims()) {
          values->source.erase(mine);
          return;
        }
        const std::size_t at = index.at(value);
        if (at < layer_of_.size()) numbers_.layers[layer_of_[at]] = measure(mine->second, tensor);
        values->target.emplace(expected_[at].source, tensor);
      };
    return execute(target_, inputs, engine);
  }

  Result<void> compare_outputs(const NamedTensors& mine, const NamedTensors& theirs, BothSides* values) {
    const auto& names = source_.graph->outputs;
    const auto& others = target_.graph->outputs;
    if (names.size() != others.size())
      return model::unsupported("diff-outputs", "the models have other numbers of outputs",
                                std::to_string(others.size()), std::to_string(names.size()));
    numbers_.outputs.resize(names.size());
    std::vector<std::string_view> left;
    for (const model::ValueInfo& output : others)
      if (!mine.contains(output.name)) left.push_back(output.name);
    auto next = left.begin();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const bool is_named = theirs.contains(names[i].name);
      if (!is_named && next == left.end())
        return model::unsupported("diff-outputs", "an output has no counterpart",
                                  model::printable(names[i].name));
      const std::string_view other = is_named ? names[i].name : *next++;
      const Tensor& source = mine.find(names[i].name)->second;
      const Tensor& target = theirs.find(other)->second;
      OutputNumbers& numbers = numbers_.outputs[i];
      numbers.source = names[i].name;
      numbers.target = other;
      if (source.dtype() != target.dtype() || source.dims() != target.dims())
        return model::unsupported("diff-outputs", "an output has another type or other extents",
                                  to_string(target.dims()), to_string(source.dims()));
      if (values != nullptr) {
        values->source.insert_or_assign(std::string(other), source);
        values->target.insert_or_assign(std::string(names[i].name), target);
      }
      const LayerNumbers measured = measure(source, target);
      numbers.largest = std::max(numbers.largest, measured.largest);
      numbers.max_absolute = std::max(numbers.max_absolute, measured.max_absolute);
      numbers.moves = numbers.moves || !same_bits(source, target);
      if (!are_scores(source)) continue;
      numbers.rows += source.dims()[0];
      numbers.same_top1 += same_top1(source, target);
    }
    return {};
  }

  [[nodiscard]] bool has_same_bits() const {
    const auto is_same = [](const LayerNumbers& layer) { return layer.is_known && layer.differing == 0; };
    const auto moves_not = [](const OutputNumbers& output) { return !output.moves; };
    return std::all_of(numbers_.layers.begin(), numbers_.layers.end(), is_same) &&
           std::all_of(numbers_.outputs.begin(), numbers_.outputs.end(), moves_not);
  }

  const model::Model& source_;
  const model::Model& target_;
  const PaddingDiff& diff_;
  const NumbersOptions& options_;
  std::vector<Waypoint> expected_;     // layers' results, then what lies between
  std::vector<std::size_t> layer_of_;  // of PaddingDiff::layers, for the first of those
  DiffNumbers numbers_;
};

}  // namespace

bool contradicts(const PaddingDiff& diff, const DiffNumbers& numbers) {
  const auto has_other_weights = [](const LayerDifference& layer) {
    return layer.match == Match::kPosition && (layer.source.has_weights || layer.target.has_weights);
  };
  return diff.status == Status::kProved && numbers.rounding.agreement == Agreement::kBeyond &&
         std::none_of(diff.layers.begin(), diff.layers.end(), has_other_weights);
}

bool shows_nothing(const PaddingDiff& diff, const DiffNumbers& numbers) {
  const auto is_by_weights = [](const LayerDifference& layer) { return layer.match != Match::kPosition; };
  return diff.status == Status::kProved && !numbers.reason.empty() &&
         std::none_of(diff.layers.begin(), diff.layers.end(), is_by_weights);
}

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
