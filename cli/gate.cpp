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

Result<Gate> prepare(const GateCommand& options, const std::vector<InputFile>& inputs,
                     const std::vector<std::string>& files) {
  auto inference = inference_options(options.common);
  if (!inference) return Error(inference.error());
  Gate gate{options, std::move(*inference), {}, {}};
  if (auto checked = check_report_files(options.common, files); !checked) return Error(checked.error());
  if (!options.policy.empty()) {
    auto policy = verifier::read_policy(options.policy);
    if (!policy) return Error(policy.error());
    gate.policy = std::move(*policy);
  }
  auto baseline = read_baseline(options.baselines, inputs);
  if (!baseline) return Error(baseline.error());
  gate.baseline = std::move(*baseline);
  if (auto checked = check_pairs(gate.baseline, inputs); !checked) return Error(checked.error());
  if (options.write_baseline.empty()) return gate;
  std::vector<std::string> read = paths_of(inputs);
  read.push_back(options.policy);
  for (const InputFile& input : inputs) read.push_back(export_for(gate.baseline, input));
  if (auto checked = check_replaces_nothing(options.write_baseline, read); !checked)
    return Error(checked.error());
  return gate;
}

/// The files that the command line names, and the models in folders.
std::vector<std::string> files_of(const GateCommand& options) {
  std::vector<std::string> files = options.models;
  files.insert(files.end(), options.baselines.begin(), options.baselines.end());
  // Reports must not replace their side files.
  if (!options.common.reports.empty())
    for (const std::string& folder : std::vector<std::string>(files))
      if (const auto models = expand_inputs({folder})) {
        const std::vector<std::string> paths = paths_of(*models);
        files.insert(files.end(), paths.begin(), paths.end());
      }
  for (const std::string& path : {options.policy, options.write_baseline})
    if (!path.empty()) files.push_back(path);
  return files;
}

int gate(const GateCommand& options) {
  report::Message report = report::make_report("gate", kVersion);
  const std::vector<std::string> files = files_of(options);
  const auto refuse = [&](const model::Diagnostic& diagnostic) {
    return fail_with_reports(diagnostic, report, options.common, files);
  };
  if (options.models.empty() && !options.list_rules)
    return refuse({model::Fault::kUsage, "no-model", "no MODEL is given", {}, {}, {}});
  const auto inputs = expand_inputs(options.models);
  if (!inputs) return refuse(inputs.error());
  const auto gate = prepare(options, *inputs, files);
  if (!gate) return refuse(gate.error());
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
