// SPDX-License-Identifier: Apache-2.0
#include "cli/batch.h"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <system_error>

#include "cli/batch_checks.h"
#include "cli/batch_history.h"
#include "cli/batch_progress.h"
#include "cli/batch_report.h"
#include "cli/batch_work.h"
#include "cli/commands.h"
#include "cli/report_output.h"
#include "cli/side_files.h"
#include "converter/batch/group.h"
#include "converter/temporary_file.h"
#include "model/mapped_file.h"
#include "verifier/engine/work_limit.h"

namespace padproof::cli {
namespace {

namespace fs = std::filesystem;
using model::Error;
using model::Result;

// Of a group: each of its models holds a descriptor, and its bytes are on the disk twice until it is named.
constexpr std::size_t kMostFiles = 128;
constexpr std::size_t kOtherDescriptors = 96;  // those that the program has besides, and models being read
constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20;

constexpr const char* kRemoved = "; what an earlier run had written is removed";

/// As many descriptors as may be had; returns how many models a group may have. One group is prepared while
/// the one before it gets its names.
std::size_t group_size(const ConvertOptions& options) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kMostFiles;
  if (limit.rlim_cur < limit.rlim_max) {
    const rlimit raised{limit.rlim_max, limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  const std::size_t descriptors = options.certificate.is_asked() ? 4 : 2;
  const std::size_t most = limit.rlim_cur;
  return std::clamp(most < kOtherDescriptors ? 1 : (most - kOtherDescriptors) / descriptors, std::size_t{1},
                    kMostFiles);
}

class Batch {
 public:
  Batch(const ConvertOptions& options, model::InferenceOptions inference, BatchWork work)
      : options_(options),
        inference_(std::move(inference)),
        work_(std::move(work)),
        side_files_(work_.walk()),
        history_(options, work_, side_files_),
        most_files_(group_size(options)),
        report_(options, work_.count()),
        progress_({work_.count(), work_.bytes()}, options.common) {}

  Result<void> open_manifest() { return history_.open(); }

  report::Message& run() {
    if (const auto warning = history_.warning()) report_.add_warning(*warning);
    std::future<void> committing;
    for (std::vector<BatchJob> group = next_group(); !group.empty(); group = next_group()) {
      for_each_model(group.size(), options_.common, [&](std::size_t i) { work_on(group[i]); });
      if (committing.valid()) committing.get();
      const auto jobs = std::make_shared<std::vector<BatchJob>>(std::move(group));
      // Copied, not moved: where no thread can be had, libstdc++ makes a second future of what it was given.
      const auto task = [this, jobs] { commit(*jobs); };
      committing = std::async(policy_, task);
    }
    if (committing.valid()) committing.get();
    if (!is_manifest_lost_) keep(history_.close(durability_));
    progress_.finish();
    return report_.finish();
  }

 private:
  std::vector<BatchJob> next_group() {
    std::vector<BatchJob> group;
    std::uint64_t bytes = 0;
    while (group.size() < most_files_ && bytes < kMostBytes) {
      auto item = work_.next();
      if (!item) break;
      BatchJob& job = group.emplace_back();
      std::error_code error;
      const auto size = fs::file_size(item->input.path, error);
      job.bytes = error ? 0 : size;
      bytes += job.bytes;
      job.item = std::move(*item);
    }
    return group;
  }

  void work_on(BatchJob& job) {
    if (stopped_) return;
    job.is_started = true;
    job.message.set_source(model::printable(job.item.input.path, model::kMostPrintablePath));
    job.message.set_target(model::printable(job.item.output, model::kMostPrintablePath));
    const auto begin = std::chrono::steady_clock::now();
    // Also where nothing is written.
    converter::clean_folder(fs::path(job.item.output).parent_path().string());
    if (job.item.failed) {
      set_failure(job.message, *job.item.failed);
    } else if (!history_.find_done(job)) {
      const auto done = contain([&]() -> Result<void> {
        auto prepared = prepare_conversion(options_, inference_, job.item.input.path, job.item.output,
                                           bounds_of(job), history_.carrying(job), job.message);
        if (!prepared) return Error(prepared.error());
        job.conversion = std::move(*prepared);
        return {};
      });
      if (!done) set_failure(job.message, done.error());
      if (!done && verifier::is_limit(done.error())) job.conversion.record.reached_limit = true;
    }
    job.conversion.record.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    progress_.add(job.bytes, is_failure(job));
    if (options_.fail_fast && is_failure(job)) stopped_ = true;
  }

  Bounds bounds_of(const BatchJob& job) {
    return {job.item.root, manifest_path(options_),
            [this](const std::string& place) { return work_.writes(place); },
            [this](const std::string& place) { return side_files_.holds(place); }};
  }

  [[nodiscard]] bool is_failure(const BatchJob& job) const {
    return !is_good(job.message.verdict(), options_.common);
  }

  /// What was found is not what came of it.
  void fail_late(BatchJob& job, const model::Diagnostic& failure) {
    if (!is_failure(job)) progress_.add_failure();
    set_failure(job.message, failure);
    if (options_.fail_fast) stopped_ = true;
  }

  void commit(std::vector<BatchJob>& jobs) {
    // What is written and not recorded would be done again.
    if (is_manifest_lost_) {
      for (BatchJob& job : jobs) job.is_started = job.is_started && !job.conversion.file;
    } else {
      give_names(jobs);
      std::vector<bool> is_removed(jobs.size());
      for (std::size_t i = 0; i < jobs.size(); ++i) is_removed[i] = remove_stale(jobs[i]);
      keep(history_.record(jobs, durability_));
      for (std::size_t i = 0; i < jobs.size(); ++i)
        if (is_removed[i]) jobs[i].message.set_reason(jobs[i].message.reason() + kRemoved);
    }
    for (BatchJob& job : jobs) {
      const std::string status = job.status();
      report_.add(std::move(job.message), status);
    }
  }

  void give_names(std::vector<BatchJob>& jobs) {
    std::vector<converter::Output> outputs;
    std::vector<BatchJob*> owners;
    for (BatchJob& job : jobs) {
      if (!job.conversion.file) continue;
      outputs.push_back({std::move(*job.conversion.file), std::move(job.conversion.certificate)});
      owners.push_back(&job);
    }
    const auto results = converter::commit_all(outputs, durability_);
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (results[i])
        owners[i]->message.set_written(true);
      else
        fail_late(*owners[i], results[i].error());
    }
  }

  /// Whether an output of an earlier run is gone.
  bool remove_stale(BatchJob& job) {
    const auto removed = history_.remove_stale(job, durability_);
    if (!removed) fail_late(job, removed.error());
    return removed && *removed;
  }

  void keep(const Result<void>& recorded) {
    if (recorded) return;
    report_.add_failure(recorded.error());
    stopped_ = true;  // what is not recorded would be done again
    is_manifest_lost_ = true;
  }

  const ConvertOptions& options_;
  model::InferenceOptions inference_;
  BatchWork work_;
  SideFilesOfBatch side_files_;
  BatchHistory history_;
  std::size_t most_files_;
  converter::Durability durability_ =
      options_.no_sync ? converter::Durability::kProcess : converter::Durability::kDisk;
  BatchReport report_;  // of the thread that commits
  BatchProgress progress_;
  std::atomic<bool> stopped_ = false;
  bool is_manifest_lost_ = false;  // of the thread that commits
  // Where no thread can be had the group is committed when the next one is done.
  std::launch policy_ = std::launch::async | std::launch::deferred;
};

}  // namespace

std::string BatchJob::status() const {
  if (!is_started) return "not_started";
  if (message.verdict() == "error") return "failed";
  if (is_up_to_date) return "up_to_date";
  return conversion.record.status.empty() ? "refused" : conversion.record.status;
}

int convert_batch(const ConvertOptions& options) {
  auto inference = inference_options(options.common);
  if (!inference) return fail(inference.error());
  if (auto checked = check_batch_files(options); !checked) return fail(checked.error());
  auto work = BatchWork::open(options);
  if (!work) return fail(work.error());
  if (auto checked = check_batch_files(options, *work); !checked) return fail(checked.error());
  Batch batch(options, std::move(*inference), std::move(*work));
  if (auto opened = batch.open_manifest(); !opened) return fail(opened.error());
  report::Message& report = batch.run();
  const std::string manifest = manifest_path(options);
  report.mutable_batch()->set_manifest(model::printable(manifest, model::kMostPrintablePath));
  return deliver(report, options.common);
}

}  // namespace padproof::cli
