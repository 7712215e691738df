// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/report_files.h"
#include "cli/report_output.h"
#include "cli/side_files.h"
#include "cli/unchanged.h"
#include "converter/planner.h"
#include "model/onnx/reader.h"

namespace padproof::cli {
namespace {

struct InspectOptions {
  CommonOptions common;
  std::vector<std::string> models;
};

model::Result<void> inspect_model(const model::Model& model, const model::InferenceOptions& inference,
                                  schemas::Model& message) {
  const auto facts = model::infer(model, inference);
  if (!facts) return model::Error(facts.error());
  const auto plan = converter::make_plan(model, **facts);
  if (!plan) return model::Error(plan.error());
  report::add_plan(message, *plan);
  const std::size_t unresolved = plan->count(converter::NodeStatus::kRefused);
  message.set_verdict(unresolved == 0 ? "none" : "unknown");
  if (unresolved != 0) message.set_reason(std::to_string(unresolved) + " not resolved");
  return {};
}

model::Result<void> inspect_one(const std::string& path, const InspectOptions& options,
                                const model::InferenceOptions& inference, schemas::Model& message) {
  const auto model = model::load_onnx(path);
  if (!model) return model::Error(model.error());
  if (auto checked = check_side_files(*model, {}, options.common); !checked) return checked;
  return unless_changed(inspect_model(*model, inference, message), {&*model});
}

int inspect(const InspectOptions& options) {
  const auto inference = inference_options(options.common);
  if (!inference) return fail(inference.error());
  const auto inputs = expand_inputs(options.models);
  if (!inputs) return fail(inputs.error());
  if (auto checked = check_report_files(options.common, paths_of(*inputs)); !checked)
    return fail(checked.error());
  report::Message report = report::make_report("inspect", kVersion);
  for (const InputFile& input : *inputs)
    report.add_models()->set_source(model::printable(input.path, model::kMostPrintablePath));
  for_each_model(inputs->size(), options.common, [&](std::size_t i) {
    schemas::Model& message = *report.mutable_models(static_cast<int>(i));
    const auto done = contain([&] { return inspect_one((*inputs)[i].path, options, *inference, message); });
    if (!done) set_failure(message, done.error());
  });
  return deliver(report, options.common);
}

}  // namespace

void add_inspect(CLI::App& app, int& code) {
  auto* command =
      app.add_subcommand("inspect", "Show every sliding-window operator, its padding, what the pads are");
  const auto options = std::make_shared<InspectOptions>();
  command->add_option("MODEL", options->models, "Files, directories, patterns, or -")->required();
  add_common_options(*command, options->common);
  command->callback([options, &code] { code = inspect(*options); });
}

}  // namespace padproof::cli
