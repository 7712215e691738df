// SPDX-License-Identifier: Apache-2.0
#include "verifier/rounding/compare.h"

#include <fmt/format.h>

#include <cmath>

#include "model/locate.h"
#include "verifier/rounding/elements.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

/// `type`: what the model's value is of, whatever it was computed in.
Result<void> check_like(DataType type, const Dims& dims, const Tensor& expected) {
  if (expected.dtype() == type && expected.dims() == dims) return {};
  const auto described = [](DataType dtype, const Dims& extents) {
    return model::to_string(dtype) + " " + to_string(extents);
  };
  return Error(model::Diagnostic{model::Fault::kUsage,
                                 "expected-mismatch",
                                 "the expected value is of another type or shape than the model's",
                                 described(expected.dtype(), expected.dims()),
                                 described(type, dims),
                                 {}});
}

DataType type_of(const BoundedValue& computed) {
  const bool is_widened =
      computed.model != RoundingModel::kReference && computed.exact.dtype() == DataType::kDouble;
  return is_widened ? DataType::kFloat : computed.exact.dtype();
}

Judgement judge_any(const BoundedValue& computed, const Tensor& expected, const Tensor* reference) {
  if (computed.exact.dtype() == DataType::kDouble)
    return judge(computed.exact, computed.bound, expected, reference);
  const auto numbers = as_doubles(computed.exact);
  return numbers ? judge(*numbers, computed.bound, expected) : judge_bits(computed.exact, expected);
}

class Comparing {
 public:
  Comparing(const model::Graph& graph, const NamedTensors& expected, const model::Deadline& deadline)
      : graph_(graph), expected_(expected), deadline_(deadline) {}

  /// `reference`: what the engine gives, if it is known.
  void count(const model::Node& node, std::string_view name, const BoundedValue& computed,
             const Tensor* reference) {
    const Tensor& expected = expected_.find(name)->second;
    const Judgement judgement = judge_any(computed, expected, reference);
    // What was made past the deadline may be cut off: no difference that it shows is one.
    if (!model::check_deadline(deadline_)) return;
    ++comparison_.values;
    const bool has_bound = computed.model != RoundingModel::kReference;
    if (judgement.beyond > 0 && has_bound) return add_beyond(node, name, computed, judgement);
    if (!judgement.is_equal && !has_bound)
      return add_unknown(name, "differs from the reference engine's, and " + no_rule(node));
    if (judgement.undecided > 0)
      return add_unknown(name, "float32 may overflow, or leave nothing of a difference, on the way");
    std::int64_t& counter = !has_bound                                    ? comparison_.reference
                            : computed.model == RoundingModel::kWorstCase ? comparison_.worst_case
                                                                          : comparison_.statistical;
    ++counter;
    // Integers are off by one or are not.
    const bool is_telling = computed.exact.dtype() == DataType::kDouble && !computed.rounds_little;
    if (!is_telling || judgement.used <= comparison_.used) return;
    comparison_.used = judgement.used;
    comparison_.tightest = model::printable(name);
  }

  void count_unbounded(std::string_view name, const model::Diagnostic& reason,
                       const NamedTensors& reference) {
    ++comparison_.values;
    const auto found = reference.find(name);
    if (found != reference.end() && same_bits(found->second, expected_.find(name)->second)) {
      ++comparison_.reference;
      return;
    }
    add_unknown(name, model::to_string(reason));
  }

  [[nodiscard]] bool expects(std::string_view name) const { return expected_.find(name) != expected_.end(); }

  /// Says that there is more that was not compared.
  void stop(const model::Diagnostic& limit) {
    comparison_.stopped = limit.code;
    comparison_.reason = model::to_string(limit);
  }

  Comparison take() {
    const bool is_open = comparison_.unknown > 0 || !comparison_.stopped.empty();
    comparison_.agreement = comparison_.beyond > 0 ? Agreement::kBeyond
                            : is_open              ? Agreement::kUnknown
                                                   : Agreement::kWithin;
    return std::move(comparison_);
  }

 private:
  static std::string no_rule(const model::Node& node) {
    return "there is no rounding bound for " + model::printable(node.op_type);
  }

  void add_unknown(std::string_view name, std::string reason) {
    if (comparison_.unknown++ == 0)
      comparison_.reason = "'" + model::printable(name) + "': " + std::move(reason);
  }

  void add_beyond(const model::Node& node, std::string_view name, const BoundedValue& computed,
                  const Judgement& judgement) {
    comparison_.beyond_values.emplace_back(name);
    if (comparison_.beyond++ > 0) return;
    const Dims& dims = computed.exact.dims();
    comparison_.first =
        Difference{model::printable(name),
                   fmt::format("{} '{}'", model::printable(node.op_type), model::display_name(graph_, node)),
                   place_of(dims, judgement.worst->element),
                   *judgement.worst,
                   judgement.beyond,
                   static_cast<std::size_t>(computed.exact.size()),
                   computed.model == RoundingModel::kWorstCase};
  }

  const model::Graph& graph_;
  const NamedTensors& expected_;
  const model::Deadline& deadline_;
  Comparison comparison_;
};

Result<void> walk_and_compare(const model::Model& model, const NamedTensors& inputs,
                              const NamedTensors& expected, const NamedTensors& reference,
                              const ExecuteOptions& limits, Comparing& comparing) {
  const model::Graph& graph = *model.graph;
  RoundingWalk walk(model, limits);
  for (const model::ValueInfo& input : graph.inputs) {
    if (const auto given = inputs.find(input.name); given != inputs.end())
      walk.give(input.value, given->second);
  }
  const auto given = [&](model::ValueId value) -> const Tensor* {
    const auto found = expected.find(graph.values[value].name);
    return found == expected.end() ? nullptr : &found->second;
  };
  const auto visit = [&](const model::Node& node, model::ValueId value,
                         const Result<BoundedValue>& computed) -> Result<void> {
    const std::string_view name = graph.values[value].name;
    if (!computed) {
      comparing.count_unbounded(name, computed.error(), reference);
      return {};
    }
    if (auto like = check_like(type_of(*computed), computed->exact.dims(), expected.find(name)->second);
        !like)
      return model::at_node(like.error(), graph, node);
    const auto engine = reference.find(name);
    comparing.count(node, name, *computed, engine == reference.end() ? nullptr : &engine->second);
    return {};
  };
  return walk.run(given, visit);
}

/// What a comparison comes to that has ended so.
Result<Comparison> concluded(const Result<void>& done, Comparing& comparing) {
  if (!done && !is_limit(done.error())) return Error(done.error());
  if (!done) comparing.stop(done.error());
  return comparing.take();
}

/// The tolerance as a bound of its own for each element.
Tensor tolerance_bound(const Tensor& expected, const Tolerance& tolerance) {
  return map(*as_doubles(expected), [&](double x) {
    return std::isfinite(x) ? tolerance.absolute + tolerance.relative * std::abs(x) : 0;
  });
}

}  // namespace

Result<Comparison> compare_by_bound(const model::Model& model, const NamedTensors& inputs,
                                    const NamedTensors& expected, const NamedTensors& reference,
                                    const ExecuteOptions& limits) {
  if (auto checked = check_expected(model, inputs, expected); !checked) return Error(checked.error());
  Comparing comparing(*model.graph, expected, limits.limit.deadline);
  return concluded(
      with_threads(limits, model.file,
                   [&] { return walk_and_compare(model, inputs, expected, reference, limits, comparing); }),
      comparing);
}

Result<Comparison> compare_by_tolerance(const model::Model& model, const NamedTensors& inputs,
                                        const NamedTensors& expected, const Tolerance& tolerance,
                                        const ExecuteOptions& limits) {
  if (auto checked = check_expected(model, inputs, expected); !checked) return Error(checked.error());
  Comparing comparing(*model.graph, expected, limits.limit.deadline);
  Result<void> like;
  ExecuteOptions engine = limits;
  engine.on_value = [&](const model::Node& node, std::string_view name, const Tensor& tensor) {
    if (!comparing.expects(name) || !like) return;
    const Tensor& other = expected.find(name)->second;
    if (like = check_like(tensor.dtype(), tensor.dims(), other); !like) {
      like = model::at_node(like.error(), *model.graph, node);
      return;
    }
    if (const auto numbers = as_doubles(tensor))
      comparing.count(node, name,
                      {*numbers, tolerance_bound(other, tolerance), RoundingModel::kWorstCase, false},
                      nullptr);
    else
      comparing.count(node, name, {tensor, {}, RoundingModel::kWorstCase, false}, nullptr);
  };
  const auto outputs = execute(model, inputs, engine);
  if (!like) return Error(like.error());
  const Result<void> done = outputs ? Result<void>() : Result<void>(Error(outputs.error()));
  auto comparison = concluded(done, comparing);
  if (!comparison) return comparison;
  comparison->by_tolerance = true;
  if (comparison->first) comparison->first->is_alone = false;
  return comparison;
}

std::string percent_of(double part) {
  const double percent = 100 * part;
  if (percent < 0.01) return "< 0.01";
  const double unit = percent < 0.1 ? 0.001 : percent < 1 ? 0.01 : percent < 10 ? 0.1 : 1;
  return fmt::format("{:.{}f}", std::ceil(percent / unit) * unit,
                     percent < 0.1  ? 3
                     : percent < 1  ? 2
                     : percent < 10 ? 1
                                    : 0);
}

std::string summary(const Comparison& comparison) {
  const std::string what = comparison.by_tolerance ? "the tolerance" : "rounding";
  switch (comparison.agreement) {
    case Agreement::kWithin:
      if (comparison.tightest.empty()) return "within " + what;
      return fmt::format("within {}: used {} % of {}", what, percent_of(comparison.used),
                         comparison.by_tolerance ? "it" : "the bound");
    case Agreement::kBeyond: {
      const Difference& first = *comparison.first;
      return fmt::format("beyond {} {} {}{}", what, first.is_alone ? "at" : "at or before", first.node,
                         comparison.by_tolerance ? "" : ": a real difference");
    }
    case Agreement::kUnknown:
      if (!comparison.stopped.empty()) return "not compared to the end: " + comparison.reason;
      return fmt::format("no rounding bound for {} of {} values", comparison.unknown, comparison.values);
    case Agreement::kNotAsked:
      return "";
  }
  return "";
}

}  // namespace padproof::verifier
