// SPDX-License-Identifier: Apache-2.0
#include "cli/batch_history.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "cli/commands.h"
#include "cli/report_output.h"
#include "converter/output_folder.h"
#include "model/digest.h"
#include "model/mapped_file.h"

namespace padproof::cli {
namespace {

namespace fs = std::filesystem;
using converter::ExternalFile;
using converter::Record;
using model::Error;
using model::Result;

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

/// Whether a side file is what the record says.
bool is_carried(const ExternalFile& file, const fs::path& source, const fs::path& target) {
  std::error_code error;
  if (file.sha256.empty()) return fs::equivalent(source, target, error);
  return holds_digest(source.string(), file.sha256) && holds_digest(target.string(), file.sha256);
}

}  // namespace

bool holds_digest(const std::string& path, const std::string& sha256) {
  const auto digest = model::digest_of_file(path);
  return digest && digest->sha256 == sha256;
}

fs::path folder_of(const std::string& file) { return fs::path(file).parent_path(); }

std::string certificate_of(const std::string& output) { return output + std::string(kCertificateEnding); }

std::string name_of(const BatchJob& job) { return converter::manifest_name(job.item.input.relative); }

bool is_settled(const Record& record) {
  return record.status != "failed" && record.status != "gone" && !record.reached_limit;
}

std::string manifest_path(const ConvertOptions& options) {
  if (!options.manifest.empty() || options.in_place) return options.manifest;
  std::string shard = options.shard;
  if (const auto slash = shard.find('/'); slash != std::string::npos) shard.replace(slash, 1, "-of-");
  return (fs::path(options.out_dir) / ("padproof-manifest" + (shard.empty() ? "" : "." + shard) + ".jsonl"))
      .string();
}

BatchHistory::BatchHistory(const ConvertOptions& options, const BatchWork& work, SideFilesOfBatch& side_files)
    : options_(options), work_(work), side_files_(side_files), options_text_(options_text(options)) {
  if (!work.is_whole_folder()) unread_.emplace(work);
}

Result<void> BatchHistory::open() {
  const std::string path = manifest_path(options_);
  if (path.empty()) return {};
  // --out-dir itself is made like the folder of the inputs, as all below it.
  const fs::path folder = folder_of(path);
  const bool is_of_outputs = folder == fs::path(options_.out_dir) && work_.is_whole_folder();
  auto made = is_of_outputs ? converter::make_folder(folder.string(), folder.string(), options_.inputs[0])
                            : converter::make_folder(folder.string(), "");
  if (!made) return made;
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

std::optional<model::Diagnostic> BatchHistory::warning() const {
  return manifest_ ? converter::warning_of(manifest_->path(), manifest_->damage()) : std::nullopt;
}

std::optional<Record> BatchHistory::settled(const std::string& name) const {
  return manifest_->find_if(name, is_settled);
}

bool BatchHistory::is_in_place(const Record& record, const BatchJob& job) const {
  const std::string& output = job.item.output;
  if (!record.target_file.sha256.empty()) {
    if (!holds_digest(output, record.target_file.sha256)) return false;
    // Earlier releases kept no digest of it.
    if (options_.certificate.is_asked() && !holds_digest(certificate_of(output), record.certificate_sha256))
      return false;
  }
  const fs::path from = folder_of(job.item.input.path);
  const fs::path to = folder_of(output);
  return std::all_of(record.external.begin(), record.external.end(), [&](const ExternalFile& file) {
    const fs::path copy = to / file.location;
    converter::clean_folder(copy.parent_path().string());
    for (const fs::path& place : {from / file.location, copy})
      keep_from_reports(model::normal_path(place.string()), options_.common);
    return is_carried(file, from / file.location, copy);
  });
}

bool BatchHistory::find_done(BatchJob& job) {
  if (!manifest_) return false;
  const auto record = manifest_->find(name_of(job));
  if (!record || !is_settled(*record) || record->options != options_text_ || record->tool_version != kVersion)
    return false;
  if (!holds_digest(job.item.input.path, record->source_file.sha256) || !is_in_place(*record, job))
    return false;
  // Data that stayed where it was is in no record.
  if (options_.in_place)
    for (const std::string& report : options_.common.reports)
      if (const std::string place = model::normal_path(report); fs::exists(place) && side_files_.holds(place))
        keep_from_reports(place, options_.common);
  job.is_up_to_date = true;
  job.message.set_verdict(record->verdict);
  job.message.set_reason("up to date: " + record->reason);
  return true;
}

Result<void> BatchHistory::record(const std::vector<BatchJob>& jobs, converter::Durability durability) {
  if (!manifest_) return {};
  std::vector<Record> records;
  for (const BatchJob& job : jobs) {
    const std::string name = name_of(job);
    manifest_->mark_seen(name);
    // A folder that cannot be listed is no model; those below it are not gone.
    if (job.item.is_folder) unlisted_.push_back(name.ends_with('/') ? name : "");
    if (!job.is_started || job.is_up_to_date || job.item.is_folder) continue;
    Record& record = records.emplace_back(job.conversion.record);
    record.source = name;
    record.status = job.status();
    record.verdict = job.message.verdict();
    record.reason = job.message.reason();
    if (record.status == "failed") {
      record.target_file = {};
      record.certificate_sha256.clear();
    }
    record.options = options_text_;
    record.tool_version = kVersion;
  }
  return manifest_->append(records, durability);
}

bool BatchHistory::is_gone(const Record& record) const {
  if (record.status == "gone") return false;
  if (!converter::is_of_model(record)) return true;
  const auto is_below = [&](const std::string& folder) { return record.source.starts_with(folder); };
  return work_.is_part(converter::path_of_name(record.source)) &&
         std::none_of(unlisted_.begin(), unlisted_.end(), is_below);
}

Result<void> BatchHistory::close(converter::Durability durability) {
  if (!manifest_ || !work_.is_whole_folder()) return {};
  std::vector<Record> records;
  manifest_->each_last(converter::Manifest::Which::kUnseen, [&](const Record& last) {
    if (!is_gone(last)) return;
    Record& record = records.emplace_back();
    record.source = last.source;
    record.status = "gone";
    record.verdict = "none";
    record.reason = "the source is no longer there";
    record.options = options_text_;
    record.tool_version = kVersion;
  });
  return manifest_->append(records, durability);
}

}  // namespace padproof::cli
