// SPDX-License-Identifier: Apache-2.0
#include "cli/report_output.h"

#include <tbb/parallel_for.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <mutex>
#include <new>

#include "cli/report_files.h"
#include "cli/side_files.h"
#include "converter/publish.h"
#include "model/digest.h"
#include "model/mapped_file.h"
#include "report/formats.h"
#include "verifier/engine/thread_team.h"
#include "verifier/engine/work_limit.h"

namespace padproof::cli {
namespace {

using model::Diagnostic;
using model::Error;
using model::Result;

bool use_color(const CommonOptions& options) {
  if (options.color != "auto") return options.color == "always";
  return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
}

/// Null for a path whose ending names no format.
const report::Format* format_of(const std::string& path) {
  return report::format_by_ending(std::filesystem::path(path).extension().string());
}

std::vector<std::string>& recorded_arguments() {
  static std::vector<std::string> arguments;
  return arguments;
}

/// Whether a report is asked for that names files by what they hold.
bool wants_digests(const report::Message& message, const CommonOptions& options) {
  const auto is_one = [](std::string_view name) { return name == "sarif" || name == "html"; };
  return message.command() == "gate" || is_one(options.format) ||
         std::any_of(options.reports.begin(), options.reports.end(),
                     [&](const std::string& path) { return is_one(format_of(path)->name); });
}

/// Reports show paths with strange bytes as `\xNN`: the path that is shown so.
std::string path_shown_as(const std::string& shown) {
  std::error_code ignored;
  if (std::filesystem::exists(shown, ignored)) return shown;
  std::string path;
  for (std::size_t at = 0; at < shown.size(); ++at) {
    unsigned byte = 0;
    const char* const digits = shown.data() + at + 2;
    const bool is_escaped = shown.compare(at, 2, "\\x") == 0 && at + 4 <= shown.size() &&
                            std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    path += is_escaped ? static_cast<char>(byte) : shown[at];
    if (is_escaped) at += 3;
  }
  return model::printable(path, model::kMostPrintablePath) == shown ? path : shown;
}

/// What cannot be read is told of by the verdict.
void add_digest(const std::string& path, schemas::FileDigest* message) {
  if (path == "-") return;
  const auto digest = model::digest_of_file(path_shown_as(path));
  if (!digest) return;
  message->set_sha256(digest->sha256);
  message->set_bytes(static_cast<std::int64_t>(digest->bytes));
}

void add_digests(report::Message& message) {
  std::vector<std::pair<const std::string*, schemas::FileDigest*>> files;
  for (schemas::Model& model : *message.mutable_models()) {
    if (model.verdict() == "error") continue;
    // A source that was converted in place is gone.
    const bool is_replaced =
        model.written() && model::normal_path(model.source()) == model::normal_path(model.target());
    if (!is_replaced) files.emplace_back(&model.source(), model.mutable_source_file());
    // What stands where convert wrote nothing is another file.
    const bool is_target_meant = message.command() != "convert" || model.written();
    if (!model.target().empty() && is_target_meant)
      files.emplace_back(&model.target(), model.mutable_target_file());
  }
  tbb::parallel_for(std::size_t{0}, files.size(),
                    [&](std::size_t i) { add_digest(*files[i].first, files[i].second); });
}

struct KeptPlaces {
  std::mutex mutex;
  std::set<std::string> places;
};

KeptPlaces& kept_places() {
  static KeptPlaces kept;
  return kept;
}

Result<void> write_report(const report::Message& message, const CommonOptions& options,
                          const std::string& path) {
  if (kept_places().places.count(model::normal_path(path)) > 0) return replaces_side_file(path);
  model::Rope rope;
  rope.append_owned(format_of(path)->render(message, {false, false, options.allow_unknown}));
  return converter::publish(rope, path);
}

}  // namespace

void keep_from_reports(const std::string& place, const CommonOptions& options) {
  for (const std::string& report : options.reports) {
    if (model::normal_path(report) != place) continue;
    const std::scoped_lock lock(kept_places().mutex);
    kept_places().places.insert(place);
  }
}

int deliver(report::Message& message, const CommonOptions& options) {
  report::conclude(message);
  for (const std::string& argument : recorded_arguments())
    message.add_arguments(model::printable(argument, model::kMostPrintablePath));
  if (wants_digests(message, options)) add_digests(message);
  for (const schemas::Model& model : message.models()) {
    for (const auto& diagnostic : model.diagnostics())
      std::fprintf(stderr, "padproof: %s\n", diagnostic.text().c_str());
  }
  for (const auto& error : message.errors()) std::fprintf(stderr, "padproof: %s\n", error.text().c_str());
  for (const auto& note : message.notes()) std::fprintf(stderr, "padproof: %s\n", note.text().c_str());
  // In text, standard error has said it.
  const bool is_told = options.format == "text" && !message.errors().empty();
  const std::string text =
      is_told ? ""
              : report::format_by_name(options.format)
                    ->render(message, {use_color(options), options.quiet, options.allow_unknown});
  int code = report::exit_code(message, options.allow_unknown);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    std::fputs("padproof: cannot write to standard output\n", stderr);
    code = 2;
  }
  for (const std::string& path : options.reports) {
    if (auto written = write_report(message, options, path); !written) {
      print_diagnostic(written.error());
      code = 2;
    }
  }
  return code;
}

void record_arguments(int argc, const char* const* argv) {
  recorded_arguments().assign(argv + std::min(argc, 1), argv + argc);
}

void print_diagnostic(const Diagnostic& diagnostic) {
  std::fprintf(stderr, "padproof: %s\n", model::to_string(diagnostic).c_str());
}

int fail(const Diagnostic& diagnostic) {
  print_diagnostic(diagnostic);
  return diagnostic.fault == model::Fault::kUnsupported ? 3 : 2;
}

int fail_with_reports(const Diagnostic& diagnostic, report::Message report, CommonOptions options,
                      const std::vector<std::string>& other) {
  if (diagnostic.fault == model::Fault::kUnsupported) return fail(diagnostic);
  if (!check_report_files(options, other)) options.reports.clear();
  report::add_error(report, diagnostic);
  return deliver(report, options);
}

void set_failure(schemas::Model& model, const Diagnostic& diagnostic) {
  // What was found in bytes that changed is about no model.
  if (diagnostic.code == "changed" || diagnostic.code == "touched") {
    schemas::Model nothing_found;
    nothing_found.set_source(model.source());
    nothing_found.set_target(model.target());
    model.Swap(&nothing_found);
  }
  model.set_verdict(diagnostic.fault == model::Fault::kUnsupported ? "unknown" : "error");
  model.set_reason(model::printable(diagnostic.what));
  // Of many models the one that reached a limit.
  Diagnostic located = diagnostic;
  if (verifier::is_limit(diagnostic) && located.where.file.empty()) located.where.file = model.source();
  report::add_diagnostic(model, located);
}

Result<void> contain(const std::function<Result<void>()>& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return model::unsupported("memory-limit", "out of memory");
  } catch (const std::exception& error) {
    return Error(Diagnostic{model::Fault::kIo,
                            "internal",
                            "an error of padproof's own: " + model::printable(error.what()),
                            {},
                            {},
                            {}});
  }
}

void for_each_model(std::size_t count, const CommonOptions& options,
                    const std::function<void(std::size_t)>& work) {
  if (count < 2 || options.jobs == 1) {
    for (std::size_t i = 0; i < count; ++i) work(i);
    return;
  }
  verifier::ThreadTeam(options.jobs).run([&] { tbb::parallel_for(std::size_t{0}, count, work); });
}

}  // namespace padproof::cli
