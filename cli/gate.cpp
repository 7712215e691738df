// SPDX-License-Identifier: Apache-2.0
#include "report/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/commands.h"
#include "cli/gate_model.h"
#include "cli/report_files.h"
#include "cli/report_output.h"
#include "cli/suppressions.h"

namespace padproof::cli {
namespace {

using model::Error;
using model::Result;

std::vector<std::vector<std::size_t>> taken_by(const std::vector<Outcome>& outcomes) {
  std::vector<std::vector<std::size_t>> taken;
  taken.reserve(outcomes.size());
  for (const Outcome& outcome : outcomes) taken.push_back(outcome.suppressed);
  return taken;
}

/// Only if every model could be judged: what is not in the file breaks the gate the next time.
Result<void> accept_all(const GateCommand& options, const std::vector<Outcome>& outcomes,
                        report::Message& report) {
  for (const schemas::Model& model : report.models())
    if (!is_judged(model))
      return Error(model::Diagnostic{model::Fault::kUsage,
                                     "baseline-not-written",
                                     "the baseline is not written: not all models could be judged",
                                     model.source(),
                                     {},
                                     {}});
  schemas::Accepted accepted;
  for (const Outcome& outcome : outcomes) accepted.mutable_models()->MergeFrom(outcome.accepted.models());
  auto written = write_accepted(std::move(accepted), options.write_baseline);
  if (!written) return written;
  for (schemas::Model& model : *report.mutable_models()) report::accept_findings(model);
  return {};
}

/// An older file hides what changed at a place since: that is told, unless it is being written anew.
void add_old_entries(const Gate& gate, const std::vector<Outcome>& outcomes, report::Message& report) {
  std::size_t entries = 0;
  for (const Outcome& outcome : outcomes) entries += outcome.known_by_place;
  if (entries == 0 || !gate.options.write_baseline.empty()) return;
  schemas::Diagnostic& note = *report.add_notes();
  note.set_code("old-baseline");
  note.set_text(
      fmt::format("{}: {} accepted by rule and node alone, whatever was found there, by an older padproof: "
                  "write the file "
                  "anew with --write-baseline [old-baseline]",
                  model::printable(gate.baseline.accepted_path, model::kMostPrintablePath),
                  entries == 1 ? "1 finding is" : fmt::format("{} findings are", entries)));
}

Result<Gate> prepare(const GateCommand& options, const std::vector<InputFile>& inputs) {
  auto inference = inference_options(options.common);
  if (!inference) return Error(inference.error());
  Gate gate{options, std::move(*inference), {}, {}};
  std::vector<std::string> other = paths_of(inputs);
  other.insert(other.end(), options.baselines.begin(), options.baselines.end());
  if (!options.policy.empty()) other.push_back(options.policy);
  if (!options.write_baseline.empty()) other.push_back(options.write_baseline);
  if (auto checked = check_report_files(options.common, other); !checked) return Error(checked.error());
  if (!options.policy.empty()) {
    auto policy = verifier::read_policy(options.policy);
    if (!policy) return Error(policy.error());
    gate.policy = std::move(*policy);
  }
  auto baseline = read_baseline(options.baselines, inputs);
  if (!baseline) return Error(baseline.error());
  gate.baseline = std::move(*baseline);
  if (auto checked = check_pairs(gate.baseline, inputs); !checked) return Error(checked.error());
  std::vector<std::string> exports;
  if (gate.baseline.is_folder)
    for (const InputFile& input : inputs)
      if (std::string held = export_for(gate.baseline, input); !held.empty())
        exports.push_back(std::move(held));
  if (auto checked = check_report_files(options.common, exports); !checked) return Error(checked.error());
  if (options.write_baseline.empty()) return gate;
  std::vector<std::string> read = paths_of(inputs);
  read.push_back(options.policy);
  for (const InputFile& input : inputs) read.push_back(export_for(gate.baseline, input));
  if (auto checked = check_replaces_nothing(options.write_baseline, read); !checked)
    return Error(checked.error());
  return gate;
}

int gate(const GateCommand& options) {
  if (options.models.empty() && !options.list_rules)
    return fail({model::Fault::kUsage, "no-model", "no MODEL is given", {}, {}, {}});
  const auto inputs = expand_inputs(options.models);
  if (!inputs) return fail(inputs.error());
  const auto gate = prepare(options, *inputs);
  if (!gate) return fail(gate.error());
  report::Message report = report::make_report("gate", kVersion);
  report::add_rules(report, gate->policy);
  for (const InputFile& input : *inputs)
    report.add_models()->set_source(model::printable(input.path, model::kMostPrintablePath));
  std::vector<Outcome> outcomes(inputs->size());
  for_each_model(inputs->size(), options.common, [&](std::size_t i) {
    schemas::Model& message = *report.mutable_models(static_cast<int>(i));
    const auto done = contain([&] { return judge(*gate, (*inputs)[i], message, outcomes[i]); });
    if (!done) set_failure(message, done.error());
  });
  add_unused_suppressions(gate->policy, options.policy, *inputs, taken_by(outcomes), report);
  add_old_entries(*gate, outcomes, report);
  int code = 0;
  if (!options.write_baseline.empty())
    if (const auto written = accept_all(options, outcomes, report); !written) code = fail(written.error());
  const int delivered = deliver(report, options.common);
  return code != 0 ? code : delivered;
}

}  // namespace

void add_gate(CLI::App& app, int& code) {
  auto* command = app.add_subcommand("gate", "Hold exports to rules, and to the last good export");
  const auto options = std::make_shared<GateCommand>();
  auto* models = command->add_option("MODEL", options->models, "Files, directories, patterns, or -");
  command
      ->add_option("--baseline", options->baselines,
                   "The last good export, a folder of them, or a file of accepted findings; repeatable")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command->add_option("--policy", options->policy, "Severities, suppressions and thresholds, as TOML")
      ->type_name("FILE");
  auto* write_baseline =
      command
          ->add_option("--write-baseline", options->write_baseline, "Accept what is found: write it to FILE")
          ->type_name("FILE");
  command->add_flag("--rules", options->list_rules, "Show the rules instead")
      ->excludes(models)
      ->excludes(write_baseline);
  auto* no_run = command->add_flag("--no-run", options->no_run, "Do not run the model and its baseline");
  command->add_option("--samples", options->samples, "Seeded inputs to run both on")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str()
      ->excludes(no_run);
  add_seed(*command, options->seed, "Seed of the first sample");
  add_engine_options(*command, options->engine);
  add_common_options(*command, options->common);
  command->callback([options, &code] { code = gate(*options); });
}

}  // namespace padproof::cli
