// SPDX-License-Identifier: Apache-2.0
#include "converter/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/report_output.h"
#include "converter/external_data.h"
#include "converter/publish.h"
#include "model/mapped_file.h"
#include "model/onnx/reader.h"

namespace padproof::cli {
namespace {

using model::Diagnostic;
using model::Error;
using model::Result;

struct ConvertOptions {
  CommonOptions common;
  std::vector<std::string> inputs;
  std::string output;
  std::string out_dir;
  std::string verify = "proof";
  std::uint64_t seed = 0;
};

// The judge that `--verify` asks for; what it finds goes into `verdict`.
converter::Judge make_judge(const ConvertOptions& options, const model::InferenceOptions& inference,
                            verifier::Verdict& verdict) {
  if (options.verify == "none") return nullptr;
  return [&](const model::Model& source, const model::GraphInstance& facts,
             const model::Model& target) -> Result<bool> {
    const auto target_facts = model::infer(target, inference);
    if (!target_facts) return Error(target_facts.error());
    verifier::VerifyOptions verify;
    verify.execute = options.verify == "run";
    verify.execution.seed = options.seed;
    verdict = verifier::verify(source, facts, target, **target_facts, verify);
    const bool ran = !verify.execute || verdict.execution.outcome == verifier::Outcome::kIdentical;
    if (!ran && verdict.status == verifier::Status::kProved) verdict.status = verifier::Status::kUnknown;
    return verdict.status == verifier::Status::kProved;
  };
}

Result<void> write_target(const converter::Conversion& conversion, const model::Model& source,
                          const std::string& output) {
  if (output == "-") return converter::write_standard_output(*conversion.target);
  std::error_code error;
  const auto folder = std::filesystem::path(output).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) return model::io_error(folder.string(), "cannot create the folder", error.value());
  // Side files first: a model must never stand there without its weights.
  if (auto carried = converter::carry_external_data(source, source.file, output); !carried) return carried;
  return converter::publish(*conversion.target, output);
}

// The graph inputs whose size is open, as an --input-shape would have to name them.
std::string open_inputs(const model::GraphInstance& facts) {
  std::string text;
  for (const model::ValueInfo& input : facts.graph->inputs) {
    const auto& shape = facts.facts(input.value).shape;
    const auto is_open = [](const model::Extent& extent) { return !extent.is_constant(); };
    if (!shape || shape->size() < 3 || std::none_of(shape->begin() + 1, shape->end(), is_open)) continue;
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", model::printable(input.name),
                        model::to_string(*shape));
  }
  return text.empty() ? text : "; give the size of " + text + " with --input-shape";
}

std::string reason_of(const converter::Conversion& conversion, const model::GraphInstance& facts,
                      const verifier::Verdict& verdict, bool judged) {
  const std::size_t refused = conversion.plan.count(converter::NodeStatus::kRefused);
  if (refused != 0) {
    return fmt::format("{} of {} window operators refused, nothing written{}", refused,
                       conversion.plan.nodes.size(), open_inputs(facts));
  }
  if (!judged) return "written without proof, as asked";
  const std::string summary = verifier::summary(verdict);
  return verdict.status == verifier::Status::kProved ? summary : summary + "; nothing written";
}

Result<void> convert_one(const ConvertOptions& options, const model::InferenceOptions& inference,
                         const std::string& input, const std::string& output, schemas::Model& message) {
  const auto source = model::load_onnx(input);
  if (!source) return Error(source.error());
  const auto facts = model::infer(*source, inference);
  if (!facts) return Error(facts.error());
  verifier::Verdict verdict;
  const converter::Judge judge = make_judge(options, inference, verdict);
  const auto conversion = converter::convert(*source, **facts, judge);
  if (!conversion) return Error(conversion.error());
  report::add_plan(message, conversion->plan);
  const bool judged = judge != nullptr && conversion->target != nullptr;
  if (judged) {
    report::attach_evidence(message, conversion->plan, verdict.proof);
    report::add_proof(message, verdict.proof);
    report::add_execution(message, verdict.execution);
  }
  message.set_verdict(judged ? std::string(verifier::to_string(verdict.status))
                             : (conversion->approved ? "none" : "unknown"));
  message.set_reason(model::printable(reason_of(*conversion, **facts, verdict, judge != nullptr)));
  if (!conversion->approved) return {};
  if (auto written = write_target(*conversion, *source, output); !written) return written;
  message.set_written(true);
  return {};
}

Result<std::vector<std::string>> choose_outputs(const ConvertOptions& options,
                                                const std::vector<InputFile>& inputs) {
  if (!options.out_dir.empty()) return outputs_below(options.out_dir, inputs);
  if (inputs.size() == 1) return std::vector<std::string>{options.output};
  return Error(Diagnostic{model::Fault::kUsage,
                          "one-output",
                          "-o takes one input; give several an --out-dir",
                          std::to_string(inputs.size()),
                          "1",
                          {}});
}

int convert(const ConvertOptions& options) {
  const auto inference = inference_options(options.common);
  if (!inference) return fail(inference.error());
  const auto inputs = expand_inputs(options.inputs);
  if (!inputs) return fail(inputs.error());
  const auto outputs = choose_outputs(options, *inputs);
  if (!outputs) return fail(outputs.error());
  std::vector<std::string> files = paths_of(*inputs);
  files.insert(files.end(), outputs->begin(), outputs->end());
  if (auto checked = check_report_files(options.common, files); !checked) return fail(checked.error());
  report::Message report = report::make_report("convert", kVersion);
  for (std::size_t i = 0; i < inputs->size(); ++i) {
    schemas::Model& message = *report.add_models();
    message.set_source(model::printable((*inputs)[i].path, model::kMostPrintablePath));
    message.set_target(model::printable((*outputs)[i], model::kMostPrintablePath));
  }
  for_each_model(inputs->size(), options.common, [&](std::size_t i) {
    schemas::Model& message = *report.mutable_models(static_cast<int>(i));
    const auto done = convert_one(options, *inference, (*inputs)[i].path, (*outputs)[i], message);
    if (!done) set_failure(message, done.error());
  });
  // The model itself went to standard output: the report must not mix with it.
  if (options.output == "-") {
    report::conclude(report);
    for (const auto& message : report.models()) {
      for (const auto& diagnostic : message.diagnostics()) {
        std::fprintf(stderr, "padproof: %s\n", diagnostic.text().c_str());
      }
    }
    std::fputs(report::render_text(report, {false, options.common.quiet}).c_str(), stderr);
    return report::exit_code(report, options.common.allow_unknown);
  }
  return deliver(report, options.common);
}

}  // namespace

void add_convert(CLI::App& app, int& code) {
  auto* command = app.add_subcommand("convert", "Make padding explicit; published only if proved");
  const auto options = std::make_shared<ConvertOptions>();
  command->add_option("INPUT", options->inputs, "Files, directories, patterns, or -")->required();
  auto* where = command->add_option_group("output", "Where the rewritten model goes");
  where->add_option("-o,--output", options->output, "The output of a single input; - is standard output")
      ->type_name("FILE");
  where->add_option("--out-dir", options->out_dir, "Folder for the outputs, keeping the inputs' layout")
      ->type_name("DIR");
  where->require_option(1);
  command->add_option("--verify", options->verify, "What must hold before the output gets its name")
      ->check(CLI::IsMember({"proof", "run", "none"}))
      ->capture_default_str();
  add_seed(*command, options->seed, "Seed of the inputs for --verify run");
  add_common_options(*command, options->common);
  command->callback([options, &code] { code = convert(*options); });
}

}  // namespace padproof::cli
