// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <memory>

#include "cli/batch.h"
#include "cli/commands.h"
#include "cli/conversion.h"
#include "cli/inputs.h"
#include "cli/report_files.h"
#include "cli/report_output.h"
#include "model/mapped_file.h"
#include "report/build.h"

namespace padproof::cli {
namespace {

using model::Error;
using model::Result;

Result<void> commit(Conversion& conversion, bool no_sync, schemas::Model& message) {
  if (conversion.standard != nullptr) {
    if (auto written = converter::write_standard_output(*conversion.standard); !written) return written;
    message.set_written(true);
  }
  if (!conversion.file) return {};
  if (!no_sync)
    if (auto flushed = conversion.file->flush(); !flushed) return flushed;
  if (auto committed = conversion.file->commit(); !committed) return committed;
  message.set_written(true);
  return no_sync ? Result<void>() : converter::flush_names_beside(conversion.file->path());
}

// Behind what it certifies.
Result<void> commit_certificate(Conversion& conversion) {
  if (!conversion.certificate) return {};
  if (auto flushed = conversion.certificate->flush(); !flushed) return flushed;
  if (auto committed = conversion.certificate->commit(); !committed) return committed;
  return converter::flush_names_beside(conversion.certificate->path());
}

// The model itself went to standard output: the report must not mix with it.
int deliver_beside(report::Message& report, const CommonOptions& options) {
  report::conclude(report);
  for (const auto& message : report.models())
    for (const auto& diagnostic : message.diagnostics())
      std::fprintf(stderr, "padproof: %s\n", diagnostic.text().c_str());
  std::fputs(report::render_text(report, {false, options.quiet}).c_str(), stderr);
  return report::exit_code(report, options.allow_unknown);
}

int convert_one(const ConvertOptions& options) {
  const auto inference = inference_options(options.common);
  if (!inference) return fail(inference.error());
  const auto inputs = expand_inputs(options.inputs);
  if (!inputs) return fail(inputs.error());
  if (inputs->size() != 1)
    return fail({model::Fault::kUsage,
                 "one-output",
                 "-o takes one input; give several an --out-dir",
                 std::to_string(inputs->size()),
                 "1",
                 {}});
  const std::string& input = inputs->front().path;
  if (input != "-" && options.output != "-" &&
      model::normal_path(input) == model::normal_path(options.output))
    return fail({model::Fault::kUsage,
                 "output-is-input",
                 "the output would replace the input; --in-place is there for that",
                 model::printable(options.output, model::kMostPrintablePath),
                 {},
                 {}});
  std::vector<std::string> files{input, options.output};
  const auto certificates = certificate_files(options.certificate, {options.output}, files);
  if (!certificates) return fail(certificates.error());
  files.insert(files.end(), certificates->begin(), certificates->end());
  if (auto checked = check_report_files(options.common, files); !checked) return fail(checked.error());
  report::Message report = report::make_report("convert", kVersion);
  schemas::Model& message = *report.add_models();
  message.set_source(model::printable(input, model::kMostPrintablePath));
  message.set_target(model::printable(options.output, model::kMostPrintablePath));
  auto conversion = prepare_conversion(options, *inference, input, options.output, {}, {}, message);
  auto done =
      conversion ? commit(*conversion, options.no_sync, message) : Result<void>(Error(conversion.error()));
  if (done) done = commit_certificate(*conversion);
  if (!done) set_failure(message, done.error());
  return options.output == "-" ? deliver_beside(report, options.common) : deliver(report, options.common);
}

int usage(std::string what) { return fail({model::Fault::kUsage, "usage", std::move(what), {}, {}, {}}); }

int convert(const ConvertOptions& options) {
  if (!options.merged.empty()) {
    if (!options.inputs.empty() || options.writes_many() || !options.output.empty())
      return usage("--merge-manifests converts nothing: it takes no INPUT and no output but --manifest");
    return merge_manifests(options);
  }
  if (options.inputs.empty()) return usage("no INPUT is given");
  if (!options.writes_many() && options.output.empty())
    return usage("one of -o, --out-dir and --in-place is needed");
  const bool is_of_batch =
      options.copy_unchanged || options.fail_fast || !options.shard.empty() || !options.manifest.empty();
  if (!options.output.empty() && is_of_batch)
    return usage("--copy-unchanged, --fail-fast, --shard and --manifest go with --out-dir");
  if (options.certificate.is_asked() && options.verify == "none")
    return usage("a certificate says what was proved: not with --verify none");
  if (options.writes_many() && !options.certificate.file.empty())
    return usage("--certificate is of one output, with -o; --certificates writes one beside each");
  if (options.backup && !options.in_place) return usage("--backup goes with --in-place");
  return options.writes_many() ? convert_batch(options) : convert_one(options);
}

void add_batch_options(CLI::App& command, ConvertOptions& options) {
  command.add_flag("--copy-unchanged", options.copy_unchanged, "Copy models that are explicit already");
  command.add_flag("--link", options.link, "Hard-link external data instead of copying it, where possible");
  command.add_flag("--fail-fast", options.fail_fast, "Start no further model after one that fails");
  command.add_option("--shard", options.shard, "Part of a batch, for one of N machines: I from 1 to N")
      ->type_name("I/N")
      ->check([](const std::string& text) { return text.empty() ? "an empty shard" : ""; });
  command
      .add_option("--manifest", options.manifest,
                  "What became of each model, JSON Lines; with --out-dir padproof-manifest.jsonl in it")
      ->type_name("FILE");
  command
      .add_option("--merge-manifests", options.merged,
                  "Convert nothing: write the manifests of shards to --manifest as one")
      ->type_name("FILE");
}

}  // namespace

void add_convert(CLI::App& app, int& code) {
  auto* command = app.add_subcommand("convert", "Make padding explicit; published only if proved");
  const auto options = std::make_shared<ConvertOptions>();
  command->add_option("INPUT", options->inputs, "Files, directories, patterns, or -");
  auto* where = command->add_option_group("output", "Where the rewritten model goes");
  where->add_option("-o,--output", options->output, "The output of a single input; - is standard output")
      ->type_name("FILE");
  where->add_option("--out-dir", options->out_dir, "Folder for the outputs, keeping the inputs' layout")
      ->type_name("DIR");
  where->add_flag("--in-place", options->in_place, "Replace the inputs, each when its new one is safe");
  where->require_option(0, 1);
  command->add_flag("--backup", options->backup, "With --in-place: keep each original as FILE.orig");
  command->add_flag("--no-sync", options->no_sync,
                    "Do not wait for the disk: a power cut may then leave outputs that are cut short");
  add_batch_options(*command, *options);
  command->add_option("--verify", options->verify, "What must hold before the output gets its name")
      ->check(CLI::IsMember({"proof", "run", "none"}))
      ->capture_default_str();
  add_seed(*command, options->seed, "Seed of the inputs for --verify run");
  add_certificate_options(*command, options->certificate, true);
  add_engine_options(*command, options->engine);
  add_common_options(*command, options->common);
  command->callback([options, &code] { code = convert(*options); });
}

}  // namespace padproof::cli
