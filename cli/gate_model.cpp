// SPDX-License-Identifier: Apache-2.0
#include "cli/gate_model.h"

#include <memory>
#include <optional>

#include "cli/input_shapes.h"
#include "cli/progress.h"
#include "cli/side_files.h"
#include "cli/unchanged.h"
#include "model/onnx/reader.h"
#include "report/gate.h"

namespace padproof::cli {
namespace {

using model::Error;
using model::Result;

using Contradictions = std::vector<model::Diagnostic>;

Result<std::unique_ptr<model::GraphInstance>> infer_all(const model::Model& model,
                                                        model::InferenceOptions inference,
                                                        Contradictions& contradictions) {
  inference.on_contradiction = [&](const model::Diagnostic& each) { contradictions.push_back(each); };
  return model::infer(model, inference);
}

verifier::DiffNumbers run_both(const GateCommand& options, const model::Deadline& deadline,
                               const model::Model& source, const model::GraphInstance& source_facts,
                               const model::Model& target, const verifier::PaddingDiff& diff) {
  verifier::NumbersOptions numbers;
  numbers.samples = options.samples;
  numbers.seed = options.seed;
  numbers.judge_rounding = false;
  numbers.engine = engine_for(options.engine, deadline);
  Progress progress("gate", options.common);
  numbers.engine.on_progress = [&](std::size_t done, std::size_t all) { progress.show(done, all); };
  return verifier::run_and_compare(source, source_facts, target, diff, numbers);
}

class ModelGate {
 public:
  ModelGate(const Gate& gate, const InputFile& input, schemas::Model& message, Outcome& outcome)
      : gate_(gate), inference_(gate.inference), input_(input), message_(message), outcome_(outcome) {
    inference_.deadline = scan_.deadline = deadline_from_now(gate.options.engine);
  }

  Result<void> run() {
    auto model = model::load_onnx(input_.path);
    if (!model) return Error(model.error());
    model_ = std::move(*model);
    if (auto checked = check(*model_); !checked) return checked;
    return unless_changed(judge(), {&*model_});
  }

 private:
  Result<void> check(const model::Model& model) const {
    return check_side_files(model, {gate_.options.write_baseline}, gate_.options.common);
  }

  Result<void> judge() {
    const std::string baseline = export_for(gate_.baseline, input_);
    if (!baseline.empty()) return against(baseline);
    Contradictions contradictions;
    const auto facts = infer_all(*model_, inference_, contradictions);
    if (!facts) return without_facts(facts.error());
    ask_rules(**facts, contradictions);
    if (gate_.baseline.is_folder) {
      verifier::Finding missing;
      missing.rule = "baseline-missing";
      missing.text = "the baseline's folder holds no " + model::printable(input_.relative);
      findings_.push_back(std::move(missing));
    }
    conclude();
    return check_scan();
  }

  // What was not looked at may break a rule; what was found stands.
  Result<void> check_scan() {
    if (!scan_.was_stopped) return {};
    auto stopped = model::unsupported("timeout", "stopped: to look at all weights takes longer than allowed");
    if (message_.verdict() != "refuted") return stopped;
    report::add_diagnostic(message_, stopped.value());
    return {};
  }

  // A rule may say why.
  Result<void> without_facts(const model::Diagnostic& failure) {
    findings_ = verifier::check_text(*model_);
    conclude();
    if (message_.verdict() != "refuted") return Error(failure);
    report::add_diagnostic(message_, failure);
    return {};
  }

  void ask_rules(const model::GraphInstance& facts, const Contradictions& contradictions) {
    findings_ = verifier::check_text(*model_);
    const auto found = verifier::check_rules(facts, contradictions, &scan_);
    findings_.insert(findings_.end(), found.begin(), found.end());
  }

  static Error of_baseline(model::Diagnostic diagnostic) {
    diagnostic.what = "the baseline: " + diagnostic.what;
    return Error(std::move(diagnostic));
  }

  Result<void> against(const std::string& baseline) {
    auto source = model::load_onnx(baseline);
    if (!source) return of_baseline(source.error());
    if (auto checked = check(*source); !checked) return checked;
    return unless_changed(against(baseline, *source), {&*source});
  }

  Result<void> against(const std::string& baseline, const model::Model& source) {
    Contradictions contradictions;
    const auto facts = infer_all(*model_, shapes_for(*model_, source, inference_), contradictions);
    if (!facts) return without_facts(facts.error());
    ask_rules(**facts, contradictions);
    const auto source_facts = infer_all(source, shapes_for(source, *model_, inference_), contradictions);
    if (!source_facts) return of_baseline(source_facts.error());
    const verifier::PaddingDiff diff = verifier::diff_padding(**source_facts, **facts);
    message_.set_baseline(model::printable(baseline, model::kMostPrintablePath));
    report::add_alignment(message_, diff);
    std::optional<verifier::DiffNumbers> numbers;
    if (!gate_.options.no_run) {
      numbers = run_both(gate_.options, inference_.deadline, source, **source_facts, *model_, diff);
      report::add_numbers(message_, *numbers, gate_.options.seed);
    }
    const auto found = verifier::check_baseline(diff, numbers ? &*numbers : nullptr, gate_.policy);
    findings_.insert(findings_.end(), found.begin(), found.end());
    conclude();
    if (auto scanned = check_scan(); !scanned) return scanned;
    if (!numbers || !numbers->reached_limit || message_.verdict() == "refuted") return {};
    return model::unsupported("limit", "not held to the baseline's values: " + numbers->reason);
  }

  void conclude() {
    verifier::apply(gate_.policy, input_.path, findings_, outcome_.suppressed);
    const std::string& accepted = gate_.baseline.accepted_path;
    if (!accepted.empty())
      outcome_.known_by_place =
          verifier::apply(gate_.baseline.accepted, verifier::name_in(accepted, input_.path), findings_);
    const std::string& written = gate_.options.write_baseline;
    if (!written.empty()) {
      verifier::accept(verifier::name_in(written, input_.path), findings_, outcome_.accepted);
      if (outcome_.accepted.models(0).findings().empty()) outcome_.accepted.clear_models();
    }
    report::add_findings(message_, findings_, gate_.policy);
  }

  const Gate& gate_;
  model::InferenceOptions inference_;
  const InputFile& input_;
  schemas::Model& message_;
  Outcome& outcome_;
  std::optional<model::Model> model_;
  verifier::WeightScan scan_;
  std::vector<verifier::Finding> findings_;
};

}  // namespace

Result<void> judge(const Gate& gate, const InputFile& input, schemas::Model& message, Outcome& outcome) {
  return ModelGate(gate, input, message, outcome).run();
}

}  // namespace padproof::cli
