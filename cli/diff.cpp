// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "cli/commands.h"
#include "cli/engine_options.h"
#include "cli/input_shapes.h"
#include "cli/progress.h"
#include "cli/report_files.h"
#include "cli/report_output.h"
#include "cli/side_files.h"
#include "cli/tensors.h"
#include "cli/unchanged.h"
#include "model/onnx/reader.h"
#include "report/alignment_text.h"
#include "verifier/diff/numbers.h"

namespace padproof::cli {
namespace {

using model::Error;
using model::Result;

struct DiffCommand {
  CommonOptions common;
  std::string source;
  std::string target;
  bool no_run = false;
  bool no_bound = false;
  std::int64_t samples = 4;
  std::uint64_t seed = 0;
  std::string inputs;
  EngineOptions engine;
};

/// Both models and what is known of them.
struct Pair {
  model::Model source;
  model::Model target;
  std::unique_ptr<model::GraphInstance> source_facts;
  std::unique_ptr<model::GraphInstance> target_facts;
  std::optional<verifier::NamedTensors> inputs;  // of the source
};

Result<Pair> load_pair(const DiffCommand& options) {
  auto source = model::load_onnx(options.source);
  if (!source) return Error(source.error());
  auto target = model::load_onnx(options.target);
  if (!target) return Error(target.error());
  return Pair{std::move(*source), std::move(*target), nullptr, nullptr, std::nullopt};
}

Result<void> infer_pair(const DiffCommand& options, model::InferenceOptions inference, Pair& pair) {
  if (!options.inputs.empty()) {
    auto inputs = read_inputs(options.inputs, pair.source, options.engine.max_memory_bytes);
    if (!inputs) return Error(inputs.error());
    for (const auto& [name, tensor] : *inputs)
      if (!pair.source.graph->value_by_name.contains(name))
        return Error(model::Diagnostic{model::Fault::kUsage,
                                       "unknown-input",
                                       "the source has no such input",
                                       model::printable(name),
                                       {},
                                       {}});
    for (const auto& [name, tensor] : *inputs)
      inference.input_shapes.try_emplace(name, tensor.dims().begin(), tensor.dims().end());
    pair.inputs = std::move(*inputs);
  }
  auto facts = model::infer(pair.source, shapes_for(pair.source, pair.target, inference));
  if (!facts) return Error(facts.error());
  pair.source_facts = std::move(*facts);
  facts = model::infer(pair.target, shapes_for(pair.target, pair.source, inference));
  if (!facts) return Error(facts.error());
  pair.target_facts = std::move(*facts);
  return {};
}

void add_numbers(const DiffCommand& options, const model::Deadline& deadline, Pair& pair,
                 const verifier::PaddingDiff& diff, schemas::Model& message) {
  verifier::NumbersOptions numbers;
  numbers.samples = options.samples;
  numbers.seed = options.seed;
  numbers.judge_rounding = !options.no_bound;
  numbers.inputs = std::move(pair.inputs);
  numbers.engine = engine_for(options.engine, deadline);
  Progress progress("diff", options.common);
  numbers.engine.on_progress = [&](std::size_t done, std::size_t all) { progress.show(done, all); };
  const auto run = verifier::run_and_compare(pair.source, *pair.source_facts, pair.target, diff, numbers);
  report::add_numbers(message, run, options.seed);
  const char* const doubt = verifier::doubt_about(diff, run);
  if (doubt == nullptr) return;
  message.set_verdict("unknown");
  message.set_reason(message.reason() + ", " + doubt);
}

Result<void> diff_models(const DiffCommand& options, const model::InferenceOptions& inference, Pair& pair,
                         schemas::Model& message) {
  if (auto inferred = infer_pair(options, inference, pair); !inferred) return inferred;
  const verifier::PaddingDiff diff = verifier::diff_padding(*pair.source_facts, *pair.target_facts);
  report::add_alignment(message, diff);
  message.set_verdict(std::string(verifier::to_string(diff.status)));
  message.set_reason(verifier::summary(diff));
  if (!options.no_run) add_numbers(options, inference.deadline, pair, diff, message);
  if (message.verdict() == "proved") message.set_reason(message.reason() + report::left_open(message));
  return {};
}

Result<void> diff_pair(const DiffCommand& options, model::InferenceOptions inference,
                       schemas::Model& message) {
  inference.deadline = deadline_from_now(options.engine);
  auto pair = load_pair(options);
  if (!pair) return Error(pair.error());
  for (const model::Model* const model : {&pair->source, &pair->target})
    if (auto checked = check_side_files(*model, {}, options.common); !checked) return checked;
  return unless_changed(diff_models(options, inference, *pair, message), {&pair->source, &pair->target});
}

int diff(const DiffCommand& options) {
  const auto inference = inference_options(options.common);
  if (!inference) return fail(inference.error());
  if (auto checked = check_report_files(options.common, {options.source, options.target, options.inputs});
      !checked)
    return fail(checked.error());
  report::Message report = report::make_report("diff", kVersion);
  schemas::Model& message = *report.add_models();
  message.set_source(model::printable(options.source, model::kMostPrintablePath));
  message.set_target(model::printable(options.target, model::kMostPrintablePath));
  const auto done = diff_pair(options, *inference, message);
  if (!done) set_failure(message, done.error());
  return deliver(report, options.common);
}

}  // namespace

void add_diff(CLI::App& app, int& code) {
  auto* command = app.add_subcommand("diff", "Find the layers of two models that pad differently");
  const auto options = std::make_shared<DiffCommand>();
  command->add_option("SOURCE", options->source)->required();
  command->add_option("TARGET", options->target)->required();
  auto* no_run = command->add_flag("--no-run", options->no_run, "Compare the models' texts and weights only");
  command->add_flag("--no-bound", options->no_bound, "Do not ask which differences rounding explains")
      ->excludes(no_run);
  auto* samples = command->add_option("--samples", options->samples, "Seeded inputs to run both on")
                      ->check(CLI::Range(1, 1'000'000))
                      ->capture_default_str()
                      ->excludes(no_run);
  add_seed(*command, options->seed, "Seed of the first sample");
  command->add_option("--inputs", options->inputs, "Run on these inputs: FILE.npz or a folder of input_N.pb")
      ->type_name("FILE")
      ->excludes(no_run)
      ->excludes(samples);
  add_engine_options(*command, options->engine);
  add_common_options(*command, options->common);
  command->callback([options, &code] { code = diff(*options); });
}

}  // namespace padproof::cli
