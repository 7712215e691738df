// SPDX-License-Identifier: Apache-2.0
#include "cli/batch_history.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "cli/commands.h"
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

bool holds(const std::string& path, const std::string& sha256) {
  const auto digest = model::digest_of_file(path);
  return digest && digest->sha256 == sha256;
}

/// Whether a side file is what the record says.
bool is_carried(const ExternalFile& file, const fs::path& source, const fs::path& target) {
  std::error_code error;
  if (file.sha256.empty()) return fs::equivalent(source, target, error);
  return holds(source.string(), file.sha256) && holds(target.string(), file.sha256);
}

fs::path folder_of(const std::string& file) { return fs::path(file).parent_path(); }

std::string certificate_of(const std::string& output) { return output + std::string(kCertificateEnding); }

std::string name_of(const BatchJob& job) { return converter::manifest_name(job.item.input.relative); }

/// What failed or was cut off says nothing of what stands below --out-dir.
bool is_settled(const Record& record) {
  return record.status != "failed" && record.status != "gone" && !record.reached_limit;
}

Error not_our_output(const std::string& path) {
  return Error(model::Diagnostic{
      model::Fault::kIo,
      "stale-output",
      "the model has no output now, and the file in its place is not what padproof wrote: remove it",
      {},
      {},
      {path, {}, {}, {}}});
}

Error not_ours_alone(const fs::path& copy, const std::string& other) {
  return Error(model::Diagnostic{model::Fault::kIo,
                                 "external-data",
                                 "external data would replace that of another model",
                                 model::printable(copy.string(), model::kMostPrintablePath),
                                 other,
                                 {}});
}

}  // namespace

std::string manifest_path(const ConvertOptions& options) {
  if (!options.manifest.empty() || options.in_place) return options.manifest;
  std::string shard = options.shard;
  if (const auto slash = shard.find('/'); slash != std::string::npos) shard.replace(slash, 1, "-of-");
  return (fs::path(options.out_dir) / ("padproof-manifest" + (shard.empty() ? "" : "." + shard) + ".jsonl"))
      .string();
}

BatchHistory::BatchHistory(const ConvertOptions& options, const BatchWork& work)
    : options_(options), work_(work), options_text_(options_text(options)) {}

Result<void> BatchHistory::open() {
  const std::string path = manifest_path(options_);
  if (path.empty()) return {};
  // --out-dir itself is made like the folder of the inputs, as all below it.
  const fs::path folder = folder_of(path);
  const bool is_of_outputs = folder == fs::path(options_.out_dir) && work_.is_whole_folder();
  auto made = is_of_outputs ? converter::make_folder(folder.string(), folder.string(), options_.inputs[0])
                            : converter::make_folder(folder.string(), "");
  if (!made) return made;
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
    if (!holds(output, record.target_file.sha256)) return false;
    // Earlier releases kept no digest of it.
    if (options_.certificate.is_asked() && !holds(certificate_of(output), record.certificate_sha256))
      return false;
  }
  const fs::path from = folder_of(job.item.input.path);
  const fs::path to = folder_of(output);
  return std::all_of(record.external.begin(), record.external.end(), [&](const ExternalFile& file) {
    const fs::path copy = to / file.location;
    converter::clean_folder(copy.parent_path().string());
    return is_carried(file, from / file.location, copy);
  });
}

bool BatchHistory::find_done(BatchJob& job) const {
  if (!manifest_) return false;
  const auto record = manifest_->find(name_of(job));
  if (!record || !is_settled(*record) || record->options != options_text_ || record->tool_version != kVersion)
    return false;
  if (!holds(job.item.input.path, record->source_file.sha256) || !is_in_place(*record, job)) return false;
  job.is_up_to_date = true;
  job.message.set_verdict(record->verdict);
  job.message.set_reason("up to date: " + record->reason);
  return true;
}

converter::CarryOptions BatchHistory::carrying(const BatchJob& job) {
  converter::CarryOptions carry;
  carry.wants_digests = is_kept();
  if (!is_kept()) return carry;
  carry.claim = [this, &job](const std::string& location, const fs::path&) {
    const std::scoped_lock lock(mutex_);
    now_.add(name_of(job), location, "");
  };
  carry.may_replace = [this, &job](const std::string& location, const fs::path& from) {
    return may_replace(job, location, from);
  };
  return carry;
}

const converter::Claims& BatchHistory::claims_of_before() {
  if (before_) return *before_;
  before_.emplace();
  manifest_->each_last(converter::Manifest::Which::kAll, [&](const Record& last) {
    const auto record = is_settled(last) ? last : settled(last.source);
    if (record && !record->target_file.sha256.empty()) before_->add(*record);
  });
  return *before_;
}

bool BatchHistory::stands(const Claim& claim) const {
  std::error_code ignored;
  return fs::exists(fs::path(options_.out_dir) / converter::path_of_name(claim.source), ignored);
}

std::string BatchHistory::source_file_of(const Claim& claim) const {
  const auto source = work_.input_of(converter::path_of_name(claim.source));
  std::error_code ignored;
  return source && fs::exists(*source, ignored) ? (folder_of(*source) / claim.location).string() : "";
}

Result<void> BatchHistory::may_replace(const BatchJob& job, const std::string& location,
                                       const fs::path& from) {
  const std::scoped_lock lock(mutex_);
  const std::string name = name_of(job);
  const fs::path copy = folder_of(job.item.output) / location;
  const auto& before = claims_of_before().on(name, location);
  if (before.empty()) return not_ours_alone(copy, "a file that padproof has not written");
  std::vector<Claim> claims = before;
  const auto& now = now_.on(name, location);
  claims.insert(claims.end(), now.begin(), now.end());
  for (const Claim& claim : claims) {
    // One that is made of the same file is made anew too.
    std::error_code ignored;
    if (claim.source == name || !stands(claim) || fs::equivalent(source_file_of(claim), from, ignored))
      continue;
    if (claim.sha256.empty() || !holds(from.string(), claim.sha256))
      return not_ours_alone(copy, claim.source);
  }
  return {};
}

void BatchHistory::remove_side_file(const BatchJob& job, const ExternalFile& file) {
  const std::scoped_lock lock(mutex_);
  const std::string name = name_of(job);
  const auto is_of_another = [&](const Claim& claim) { return claim.source != name; };
  const auto& now = now_.on(name, file.location);
  const auto& before = claims_of_before().on(name, file.location);
  if (!now.empty() || std::any_of(before.begin(), before.end(),
                                  [&](const Claim& claim) { return is_of_another(claim) && stands(claim); }))
    return;
  const fs::path copy = folder_of(job.item.output) / file.location;
  if (!file.sha256.empty() && holds(copy.string(), file.sha256)) ::unlink(copy.c_str());
}

Result<bool> BatchHistory::remove_stale(const BatchJob& job, converter::Durability durability) {
  // In place there is nothing but sources. What was cut off may be done the next time.
  const bool is_final = job.is_started && !job.is_up_to_date && job.status() != "failed" &&
                        !job.conversion.record.reached_limit;
  if (!manifest_ || options_.in_place || !is_final) return false;
  const auto earlier = settled(name_of(job));
  const std::string& output = job.item.output;
  if (!earlier || earlier->target_file.sha256.empty()) return false;
  const bool has_output = job.message.written();
  std::error_code error;
  const bool is_there = !has_output && fs::exists(fs::symlink_status(output, error));
  if (is_there) {
    const std::string folder = folder_of(output).string();
    if (auto inside = converter::make_folder(folder, options_.out_dir); !inside) return Error(inside.error());
    if (!holds(output, earlier->target_file.sha256)) return not_our_output(output);
    if (::unlink(output.c_str()) != 0) return model::io_error(output, "cannot remove", errno);
  }
  const bool has_certificate = has_output && options_.certificate.is_asked();
  if (!has_certificate && !earlier->certificate_sha256.empty() &&
      holds(certificate_of(output), earlier->certificate_sha256))
    ::unlink(certificate_of(output).c_str());
  for (const ExternalFile& file : earlier->external) remove_side_file(job, file);
  if (is_there && durability == converter::Durability::kDisk)
    if (auto flushed = converter::flush_names_beside(output); !flushed) return Error(flushed.error());
  return is_there;
}

Result<void> BatchHistory::record(const std::vector<BatchJob>& jobs, converter::Durability durability) {
  if (!manifest_) return {};
  std::vector<Record> records;
  for (const BatchJob& job : jobs) {
    const std::string name = name_of(job);
    manifest_->mark_seen(name);
    // A folder that cannot be listed is no model; those below it are not gone.
    if (job.item.is_folder()) unlisted_.push_back(name);
    if (!job.is_started || job.is_up_to_date || job.item.is_folder()) continue;
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
