// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "cli/commands.h"
#include "cli/engine_options.h"
#include "cli/expected.h"
#include "cli/progress.h"
#include "cli/report_files.h"
#include "cli/report_output.h"
#include "cli/side_files.h"
#include "cli/summaries.h"
#include "cli/tensors.h"
#include "cli/unchanged.h"
#include "model/mapped_file.h"
#include "model/onnx/reader.h"
#include "verifier/engine/npz.h"
#include "verifier/execution.h"

namespace padproof::cli {
namespace {

using model::Error;
using model::Result;
using verifier::NamedTensors;
using verifier::Tensor;

struct RunCommand {
  CommonOptions common;
  std::string model;
  std::string inputs;
  std::string outputs;
  ExpectedOptions expected;
  bool all_values = false;
  std::uint64_t seed = 0;
  int repeat = 1;
  EngineOptions engine;
};

Result<NamedTensors> choose_inputs(const RunCommand& options, const model::Deadline& deadline,
                                   const model::Model& model) {
  if (!options.inputs.empty()) return read_inputs(options.inputs, model, options.engine.max_memory_bytes);
  auto inference = inference_options(options.common);
  if (!inference) return Error(inference.error());
  inference->deadline = deadline;
  const auto facts = model::infer(model, *inference);
  if (!facts) return Error(facts.error());
  return verifier::make_inputs(**facts, options.seed, 1, {}, engine_for(options.engine, deadline));
}

/// The outputs of the last run; `values` receives what `--all-values` asks for.
Result<NamedTensors> run_repeatedly(const RunCommand& options, const model::Deadline& deadline,
                                    const model::Model& model, const NamedTensors& inputs,
                                    NamedTensors& values, schemas::Model& message) {
  verifier::ExecuteOptions engine = engine_for(options.engine, deadline);
  Progress progress("run", options.common);
  engine.on_progress = [&](std::size_t done, std::size_t all) { progress.show(done, all); };
  if (options.all_values) {
    engine.on_value = [&](const model::Node&, std::string_view name, const Tensor& tensor) {
      values.insert_or_assign(std::string(name), tensor);
    };
  }
  verifier::Session session(model, engine);
  std::vector<double> seconds;
  NamedTensors outputs;
  for (int i = 0; i < options.repeat; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    auto result = session.run(inputs);
    if (!result) return result;
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    outputs = std::move(*result);
  }
  if (options.repeat > 1) summarise_times(std::move(seconds), *message.mutable_timing());
  return outputs;
}

Result<void> run_model(const RunCommand& options, const model::Model& model, NamedTensors& written,
                       schemas::Model& message) {
  const model::Deadline deadline = deadline_from_now(options.engine);
  const auto inputs = choose_inputs(options, deadline, model);
  if (!inputs) return Error(inputs.error());
  const auto expected = options.expected.is_asked()
                            ? read_expected(options.expected.path, model, options.engine.max_memory_bytes)
                            : Result<NamedTensors>(NamedTensors());
  if (!expected) return Error(expected.error());
  const auto outputs = run_repeatedly(options, deadline, model, *inputs, written, message);
  if (!outputs) return Error(outputs.error());
  for (const model::ValueInfo& output : model.graph->outputs) {
    const auto found = outputs->find(output.name);
    if (found != outputs->end()) summarise_tensor(output.name, found->second, *message.add_outputs());
  }
  message.set_verdict("none");
  if (options.expected.is_asked()) {
    const auto comparison =
        compare(options.expected, model, *inputs, *expected, *outputs, engine_for(options.engine, deadline));
    if (!comparison) return Error(comparison.error());
    conclude_comparison(message, "model", *comparison);
  }
  for (const auto& [name, tensor] : *outputs) written.insert_or_assign(name, tensor);
  return {};
}

Result<void> load_and_run(const RunCommand& options, schemas::Model& message) {
  const auto model = model::load_onnx(options.model);
  if (!model) return Error(model.error());
  if (auto checked = check_side_files(*model, {options.outputs}, options.common); !checked) return checked;
  NamedTensors written;
  auto done = unless_changed(run_model(options, *model, written, message), {&*model});
  if (!done || options.outputs.empty()) return done;
  return verifier::write_npz(options.outputs, written);
}

Result<void> check_written_files(const RunCommand& options) {
  for (const std::string& read : {options.model, options.inputs, options.expected.path}) {
    if (!options.outputs.empty() && model::normal_path(read) == model::normal_path(options.outputs)) {
      return Error(model::Diagnostic{model::Fault::kUsage,
                                     "output-is-input",
                                     "the outputs would replace an input",
                                     options.outputs,
                                     {},
                                     {}});
    }
  }
  return check_report_files(options.common,
                            {options.model, options.inputs, options.expected.path, options.outputs});
}

int run(const RunCommand& options) {
  if (auto checked = check_written_files(options); !checked) return fail(checked.error());
  report::Message report = report::make_report("run", kVersion);
  schemas::Model& message = *report.add_models();
  message.set_source(model::printable(options.model, model::kMostPrintablePath));
  const auto done = load_and_run(options, message);
  if (!done) set_failure(message, done.error());
  return deliver(report, options.common);
}

}  // namespace

void add_run(CLI::App& app, int& code) {
  auto* command = app.add_subcommand("run", "Execute on the reference engine");
  const auto options = std::make_shared<RunCommand>();
  command->add_option("MODEL", options->model)->required();
  command->add_option("--inputs", options->inputs, "FILE.npz or a folder of input_N.pb; otherwise seeded")
      ->type_name("FILE");
  auto* outputs =
      command->add_option("--outputs", options->outputs, "Write the outputs to FILE.npz")->type_name("FILE");
  command->add_flag("--all-values", options->all_values, "Also write every intermediate value")
      ->needs(outputs);
  add_expected(*command, options->expected);
  add_seed(*command, options->seed, "Seed of the inputs");
  command->add_option("--repeat", options->repeat, "Run N times and report the times")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  add_engine_options(*command, options->engine);
  add_common_options(*command, options->common);
  command->callback([options, &code] { code = run(*options); });
}

}  // namespace padproof::cli
