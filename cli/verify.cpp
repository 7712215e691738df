// SPDX-License-Identifier: Apache-2.0
#include "verifier/verify.h"

#include "cli/certificates.h"
#include "cli/commands.h"
#include "cli/engine_options.h"
#include "cli/expected.h"
#include "cli/input_shapes.h"
#include "cli/progress.h"
#include "cli/report_files.h"
#include "cli/report_output.h"
#include "cli/side_files.h"
#include "cli/tensors.h"
#include "cli/unchanged.h"
#include "model/onnx/reader.h"

namespace padproof::cli {
namespace {

using model::Error;
using model::Result;

struct VerifyCommand {
  CommonOptions common;
  std::string source;
  std::string target;
  bool proof_only = false;
  std::int64_t samples = 1;
  std::uint64_t seed = 0;
  std::string inputs;
  EngineOptions engine;
  ExpectedOptions expected;
  CertificateOptions certificate;
};

/// One side of the pair against the values that it has of those expected.
Result<void> compare_side(const VerifyCommand& options, std::string_view subject, const model::Model& model,
                          const verifier::NamedTensors& inputs, const verifier::NamedTensors& expected,
                          const model::Deadline& deadline, schemas::Model& message) {
  verifier::NamedTensors known;
  for (const auto& [name, tensor] : expected) {
    if (subject == "source" || model.graph->value_by_name.contains(name)) known.emplace(name, tensor);
  }
  const verifier::ExecuteOptions engine = engine_for(options.engine, deadline);
  const auto outputs = verifier::execute(model, inputs, engine);
  if (!outputs) return Error(outputs.error());
  const auto comparison = compare(options.expected, model, inputs, known, *outputs, engine);
  if (!comparison) return Error(comparison.error());
  conclude_comparison(message, subject, *comparison);
  return {};
}

Result<void> compare_both(const VerifyCommand& options, const model::Model& source,
                          const model::GraphInstance& source_facts, const model::Model& target,
                          const model::Deadline& deadline, schemas::Model& message) {
  const auto expected = read_expected(options.expected.path, source, options.engine.max_memory_bytes);
  if (!expected) return Error(expected.error());
  const auto inputs =
      options.inputs.empty()
          ? verifier::make_inputs(source_facts, options.seed, 1, {}, engine_for(options.engine, deadline))
          : read_inputs(options.inputs, source, options.engine.max_memory_bytes);
  if (!inputs) return Error(inputs.error());
  auto done = compare_side(options, "source", source, *inputs, *expected, deadline, message);
  if (!done) return done;
  return compare_side(options, "target", target, *inputs, *expected, deadline, message);
}

Result<void> certify(const VerifyCommand& options, const verifier::CertifiedPair& pair) {
  const auto bytes =
      unless_changed(certificate_bytes(options.certificate, pair), {&pair.source, &pair.target});
  if (!bytes) return Error(bytes.error());
  return write_certificate(*bytes, options.certificate.file);
}

Result<void> verify_models(const VerifyCommand& options, const model::InferenceOptions& inference,
                           const model::Model& source, const model::Model& target, schemas::Model& message) {
  const auto source_facts = model::infer(source, shapes_for(source, target, inference));
  if (!source_facts) return Error(source_facts.error());
  const auto target_facts = model::infer(target, shapes_for(target, source, inference));
  if (!target_facts) return Error(target_facts.error());
  verifier::VerifyOptions verify;
  verify.execute = !options.proof_only;
  verify.execution.samples = options.samples;
  verify.execution.seed = options.seed;
  verify.execution.engine = engine_for(options.engine, inference.deadline);
  Progress progress("verify", options.common);
  verify.execution.engine.on_progress = [&](std::size_t done, std::size_t all) { progress.show(done, all); };
  if (!options.inputs.empty()) {
    auto inputs = read_inputs(options.inputs, source, options.engine.max_memory_bytes);
    if (!inputs) return Error(inputs.error());
    verify.execution.inputs = std::move(*inputs);
  }
  const auto verdict = verifier::verify(source, **source_facts, target, **target_facts, verify);
  report::add_evidence(message, verdict.proof);
  report::add_proof(message, verdict.proof);
  report::add_execution(message, verdict.execution);
  message.set_verdict(std::string(verifier::to_string(verdict.status)));
  message.set_reason(verifier::summary(verdict));
  if (options.certificate.is_asked() && verdict.status == verifier::Status::kProved) {
    auto done = certify(options, {source, **source_facts, target, **target_facts, verdict.proof,
                                  options.source, options.target, "padproof " + std::string(kVersion)});
    if (!done) return done;
  }
  if (!options.expected.is_asked()) return {};
  auto compared = compare_both(options, source, **source_facts, target, inference.deadline, message);
  // A limit leaves open what is not known yet.
  if (compared || !verifier::is_limit(compared.error()) || message.verdict() != "refuted") return compared;
  report::add_diagnostic(message, compared.error());
  return {};
}

Result<void> verify_pair(const VerifyCommand& options, model::InferenceOptions inference,
                         schemas::Model& message) {
  inference.deadline = deadline_from_now(options.engine);
  const auto source = model::load_onnx(options.source);
  if (!source) return Error(source.error());
  const auto target = model::load_onnx(options.target);
  if (!target) return Error(target.error());
  for (const model::Model* const model : {&*source, &*target})
    if (auto checked = check_side_files(*model, {options.certificate.file}, options.common); !checked)
      return checked;
  return unless_changed(verify_models(options, inference, *source, *target, message), {&*source, &*target});
}

int verify(const VerifyCommand& options) {
  const auto inference = inference_options(options.common);
  if (!inference) return fail(inference.error());
  std::vector<std::string> files{options.source, options.target, options.inputs, options.expected.path};
  const auto certificates = certificate_files(options.certificate, {options.target}, files);
  if (!certificates) return fail(certificates.error());
  files.insert(files.end(), certificates->begin(), certificates->end());
  if (auto checked = check_report_files(options.common, files); !checked) return fail(checked.error());
  report::Message report = report::make_report("verify", kVersion);
  schemas::Model& message = *report.add_models();
  message.set_source(model::printable(options.source, model::kMostPrintablePath));
  message.set_target(model::printable(options.target, model::kMostPrintablePath));
  const auto done = verify_pair(options, *inference, message);
  if (!done) set_failure(message, done.error());
  return deliver(report, options.common);
}

}  // namespace

void add_verify(CLI::App& app, int& code) {
  auto* command =
      app.add_subcommand("verify", "Prove two models equal, and execute both on the reference engine");
  const auto options = std::make_shared<VerifyCommand>();
  command->add_option("SOURCE", options->source)->required();
  command->add_option("TARGET", options->target)->required();
  auto* proof_only = command->add_flag("--proof-only", options->proof_only, "Do not execute");
  auto* samples = command->add_option("--samples", options->samples, "Seeded inputs to execute with")
                      ->check(CLI::Range(1, 1'000'000))
                      ->capture_default_str()
                      ->excludes(proof_only);
  add_seed(*command, options->seed, "Seed of the first sample");
  command
      ->add_option("--inputs", options->inputs, "Execute on these inputs: FILE.npz or a folder of input_N.pb")
      ->type_name("FILE")
      ->excludes(proof_only);
  add_engine_options(*command, options->engine);
  add_expected(*command, options->expected)->excludes(proof_only)->excludes(samples);
  add_certificate_options(*command, options->certificate, false);
  add_common_options(*command, options->common);
  command->callback([options, &code] { code = verify(*options); });
}

}  // namespace padproof::cli
