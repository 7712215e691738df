// SPDX-License-Identifier: Apache-2.0
#include "cli/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <system_error>

#include "cli/batch_progress.h"
#include "cli/batch_report.h"
#include "cli/batch_work.h"
#include "cli/commands.h"
#include "cli/report_files.h"
#include "cli/report_output.h"
#include "cli/side_files.h"
#include "converter/batch/group.h"
#include "converter/batch/manifest.h"
#include "converter/output_folder.h"
#include "model/mapped_file.h"

namespace padproof::cli {
namespace {

namespace fs = std::filesystem;
using converter::Record;
using model::Error;
using model::Result;

// Of a group: each of its models holds a descriptor, and its bytes are on the disk twice until it is named.
constexpr std::size_t kMostFiles = 128;
constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20;

/// A model of a group.
struct Job {
  BatchItem item;
  std::uint64_t bytes = 0;
  schemas::Model message;
  Conversion conversion;
  bool is_started = false;
  bool is_up_to_date = false;
};

/// What decides, besides the model, what is written.
std::string options_text(const ConvertOptions& options) {
  std::string text = "verify=" + options.verify;
  if (options.verify == "run") text += fmt::format(" seed={}", options.seed);
  // Other limits may come to another verdict.
  if (const std::string limits = limits_text(options.engine); !limits.empty()) text += " " + limits;
  if (options.copy_unchanged) text += " copy-unchanged";
  if (options.link) text += " link";
  if (options.certificate.is_asked()) text += options.certificate.in_toto ? " in-toto" : " certificates";
  std::vector<std::string> shapes = options.common.input_shapes;
  std::sort(shapes.begin(), shapes.end());
  for (const std::string& shape : shapes) text += " input-shape=" + model::printable(shape);
  std::vector<std::string> assumptions = options.common.assumptions;
  std::sort(assumptions.begin(), assumptions.end());
  for (const std::string& assumption : assumptions) text += " assume=" + model::printable(assumption);
  return text;
}

std::string manifest_path(const ConvertOptions& options) {
  if (!options.manifest.empty() || options.in_place) return options.manifest;
  std::string shard = options.shard;
  if (const auto slash = shard.find('/'); slash != std::string::npos) shard.replace(slash, 1, "-of-");
  return (fs::path(options.out_dir) / ("padproof-manifest" + (shard.empty() ? "" : "." + shard) + ".jsonl"))
      .string();
}

/// Whether a side file is what the record says.
bool is_in_place(const converter::ExternalFile& file, const fs::path& source, const fs::path& target) {
  std::error_code error;
  if (file.sha256.empty()) return fs::equivalent(source, target, error);
  const auto mine = model::digest_of_file(source.string());
  const auto theirs = model::digest_of_file(target.string());
  return mine && theirs && mine->sha256 == file.sha256 && theirs->sha256 == file.sha256;
}

class Batch {
 public:
  Batch(const ConvertOptions& options, model::InferenceOptions inference, BatchWork work)
      : options_(options),
        inference_(std::move(inference)),
        options_text_(options_text(options)),
        work_(std::move(work)),
        side_files_(work_.walk()),
        report_(options, work_.count()),
        progress_({work_.count(), work_.bytes()}, options.common) {}

  Result<void> open_manifest() {
    const std::string path = manifest_path(options_);
    if (path.empty()) return {};
    if (auto made = converter::make_folder(fs::path(path).parent_path().string(), ""); !made) return made;
    if (options_.manifest.empty())
      if (auto checked = converter::check_link(path, options_.out_dir); !checked) return checked;
    auto manifest = converter::Manifest::open(path, [&] {
      fmt::print(stderr, "padproof: another batch writes {}: waiting for its end\n",
                 model::printable(path, model::kMostPrintablePath));
    });
    if (!manifest) return Error(manifest.error());
    manifest_.emplace(std::move(*manifest));
    return {};
  }

  report::Message& run() {
    std::future<void> committing;
    for (std::vector<Job> group = next_group(); !group.empty(); group = next_group()) {
      for_each_model(group.size(), options_.common, [&](std::size_t i) { work_on(group[i]); });
      if (committing.valid()) committing.get();
      committing = std::async(policy_, [this, jobs = std::move(group)]() mutable { commit(jobs); });
    }
    if (committing.valid()) committing.get();
    return report_.finish();
  }

 private:
  std::vector<Job> next_group() {
    std::vector<Job> group;
    std::uint64_t bytes = 0;
    while (group.size() < kMostFiles && bytes < kMostBytes) {
      auto item = work_.next();
      if (!item) break;
      Job& job = group.emplace_back();
      std::error_code error;
      const auto size = fs::file_size(item->input.path, error);
      job.bytes = error ? 0 : size;
      bytes += job.bytes;
      job.item = std::move(*item);
    }
    return group;
  }

  void work_on(Job& job) {
    if (stopped_) return;
    job.is_started = true;
    job.message.set_source(model::printable(job.item.input.path, model::kMostPrintablePath));
    job.message.set_target(model::printable(job.item.output, model::kMostPrintablePath));
    const auto begin = std::chrono::steady_clock::now();
    if (job.item.failed) {
      set_failure(job.message, *job.item.failed);
    } else if (!find_done(job)) {
      const auto done = contain([&]() -> Result<void> {
        auto prepared = prepare_conversion(options_, inference_, job.item.input.path, job.item.output,
                                           bounds_of(job), manifest_.has_value(), job.message);
        if (!prepared) return Error(prepared.error());
        job.conversion = std::move(*prepared);
        return {};
      });
      if (!done) set_failure(job.message, done.error());
    }
    job.conversion.record.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (options_.fail_fast && !is_good(job.message.verdict(), options_.common)) stopped_ = true;
  }

  Bounds bounds_of(const Job& job) {
    return {job.item.root, manifest_path(options_),
            [this](const std::string& place) { return work_.writes(place); },
            [this](const std::string& place) { return side_files_.holds(place); }};
  }

  /// Whether an earlier run has done it: by what the files hold, not by when they were written.
  bool find_done(Job& job) {
    if (!manifest_) return false;
    const auto record = manifest_->find(converter::manifest_name(job.item.input.relative));
    if (!record || record->status == "failed" || record->options != options_text_ ||
        record->tool_version != kVersion)
      return false;
    const auto source = model::digest_of_file(job.item.input.path);
    if (!source || source->sha256 != record->source_file.sha256) return false;
    if (!record->target_file.sha256.empty()) {
      const auto target = model::digest_of_file(job.item.output);
      if (!target || target->sha256 != record->target_file.sha256) return false;
      std::error_code ignored;
      if (options_.certificate.is_asked() &&
          !fs::exists(job.item.output + std::string(kCertificateEnding), ignored))
        return false;
    }
    const fs::path from = fs::path(job.item.input.path).parent_path();
    const fs::path to = fs::path(job.item.output).parent_path();
    for (const auto& file : record->external) {
      if (!is_in_place(file, from / file.location, to / file.location)) return false;
      for (const fs::path& folder : {from, to})
        keep_from_reports(model::normal_path((folder / file.location).string()), options_.common);
    }
    // Data that stayed where it was is in no record.
    if (options_.in_place)
      for (const std::string& report : options_.common.reports)
        if (const std::string place = model::normal_path(report);
            fs::exists(place) && side_files_.holds(place))
          keep_from_reports(place, options_.common);
    job.is_up_to_date = true;
    job.message.set_verdict(record->verdict);
    job.message.set_reason("up to date: " + record->reason);
    return true;
  }

  void commit(std::vector<Job>& jobs) {
    std::vector<converter::Publication> files;
    std::vector<Job*> owners;
    for (Job& job : jobs) {
      if (!job.conversion.file) continue;
      files.push_back(std::move(*job.conversion.file));
      owners.push_back(&job);
      if (!job.conversion.certificate) continue;
      files.push_back(std::move(*job.conversion.certificate));
      owners.push_back(&job);
    }
    const auto results = converter::commit_all(files, durability_);
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (results[i])
        owners[i]->message.set_written(true);
      else
        set_failure(owners[i]->message, results[i].error());
    }
    record(jobs);
    for (Job& job : jobs) {
      const std::string status = status_of(job);
      progress_.add(job.bytes, !is_good(job.message.verdict(), options_.common));
      report_.add(std::move(job.message), status);
    }
  }

  static std::string status_of(const Job& job) {
    if (!job.is_started) return "not_started";
    if (job.message.verdict() == "error") return "failed";
    if (job.is_up_to_date) return "up_to_date";
    return job.conversion.record.status.empty() ? "refused" : job.conversion.record.status;
  }

  void record(const std::vector<Job>& jobs) {
    if (!manifest_) return;
    std::vector<Record> records;
    for (const Job& job : jobs) {
      if (!job.is_started || job.is_up_to_date) continue;
      Record& record = records.emplace_back(job.conversion.record);
      record.source = converter::manifest_name(job.item.input.relative);
      record.status = status_of(job);
      record.verdict = job.message.verdict();
      record.reason = job.message.reason();
      if (record.status == "failed") record.target_file = {};
      record.options = options_text_;
      record.tool_version = kVersion;
    }
    if (auto appended = manifest_->append(records, durability_); !appended) {
      report_.add_failure(appended.error());
      stopped_ = true;  // what is not recorded would be done again
    }
  }

  const ConvertOptions& options_;
  model::InferenceOptions inference_;
  std::string options_text_;
  BatchWork work_;
  SideFilesOfBatch side_files_;
  std::optional<converter::Manifest> manifest_;
  converter::Durability durability_ =
      options_.no_sync ? converter::Durability::kProcess : converter::Durability::kDisk;
  BatchReport report_;  // of the thread that commits
  BatchProgress progress_;
  std::atomic<bool> stopped_ = false;
  // Where no thread can be had the group is committed when the next one is done.
  std::launch policy_ = std::launch::async | std::launch::deferred;
};

/// Files that the command writes must be different ones.
Result<void> check_files(const ConvertOptions& options) {
  std::vector<std::string> files = options.inputs;
  const std::string manifest = manifest_path(options);
  if (!manifest.empty()) files.push_back(manifest);
  // The models in folders, for their side files.
  if (!options.common.reports.empty())
    if (const auto inputs = expand_inputs(options.inputs)) {
      const std::vector<std::string> models = paths_of(*inputs);
      files.insert(files.end(), models.begin(), models.end());
    }
  return check_report_files(options.common, files);
}

/// Nor may one of them be a model that is read or written.
Result<void> check_files(const ConvertOptions& options, const BatchWork& work) {
  std::vector<std::string> files = options.common.reports;
  if (const std::string manifest = manifest_path(options); !manifest.empty()) files.push_back(manifest);
  for (const std::string& file : files) {
    const std::string place = model::normal_path(file);
    if (work.reads(place) || work.writes(place))
      return Error(model::Diagnostic{model::Fault::kUsage,
                                     "output-twice",
                                     "the file is an input or an output of the batch",
                                     model::printable(file, model::kMostPrintablePath),
                                     {},
                                     {}});
  }
  return {};
}

}  // namespace

int convert_batch(const ConvertOptions& options) {
  auto inference = inference_options(options.common);
  if (!inference) return fail(inference.error());
  if (auto checked = check_files(options); !checked) return fail(checked.error());
  auto work = BatchWork::open(options);
  if (!work) return fail(work.error());
  if (auto checked = check_files(options, *work); !checked) return fail(checked.error());
  Batch batch(options, std::move(*inference), std::move(*work));
  if (auto opened = batch.open_manifest(); !opened) return fail(opened.error());
  report::Message& report = batch.run();
  const std::string manifest = manifest_path(options);
  report.mutable_batch()->set_manifest(model::printable(manifest, model::kMostPrintablePath));
  return deliver(report, options.common);
}

int merge_manifests(const ConvertOptions& options) {
  if (options.manifest.empty())
    return fail({model::Fault::kUsage,
                 "no-manifest",
                 "--merge-manifests needs --manifest FILE to write",
                 {},
                 {},
                 {}});
  std::vector<std::string> files = options.merged;
  files.push_back(options.manifest);
  if (auto checked = check_report_files(options.common, files); !checked) return fail(checked.error());
  const auto records = converter::merge_manifests(options.merged);
  if (!records) return fail(records.error());
  BatchReport collected(options, records->size());
  model::Rope rope;
  for (const Record& record : *records) {
    rope.append_owned(converter::to_line(record));
    schemas::Model model;
    model.set_source(record.source);
    if (!record.target_file.sha256.empty()) model.set_target(record.source);
    model.set_verdict(record.verdict);
    model.set_reason(record.reason);
    collected.add(std::move(model), record.status);
  }
  if (auto written = converter::publish(rope, options.manifest); !written) return fail(written.error());
  report::Message& report = collected.finish();
  report.mutable_batch()->set_manifest(model::printable(options.manifest, model::kMostPrintablePath));
  return deliver(report, options.common);
}

}  // namespace padproof::cli
