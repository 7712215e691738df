// SPDX-License-Identifier: Apache-2.0
// The files of a batch that are padproof's own: side files, and what is stale.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "cli/batch_history.h"
#include "cli/report_output.h"
#include "converter/output_folder.h"
#include "model/digest.h"
#include "model/mapped_file.h"
#include "model/onnx/reader.h"

namespace padproof::cli {
namespace {

namespace fs = std::filesystem;
using converter::ExternalFile;
using converter::Record;
using model::Error;
using model::Result;

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

bool have_same_bytes(const std::string& left, const std::string& right) {
  const auto digest = model::digest_of_file(left);
  return digest && holds_digest(right, digest->sha256);
}

}  // namespace

converter::CarryOptions BatchHistory::carrying(const BatchJob& job) {
  converter::CarryOptions carry;
  carry.wants_digests = is_kept();
  if (!is_kept()) return carry;
  carry.claim = [this, &job](const std::string& location, const fs::path& from) {
    return claim(job, location, from);
  };
  carry.may_replace = [this, &job](const std::string& location, const fs::path& from) {
    return may_replace(job, location, from);
  };
  return carry;
}

void BatchHistory::find_first_claims() {
  if (!unread_) return;
  for (auto item = unread_->next(); item; item = unread_->next()) {
    if (item->failed || item->input.path == "-") continue;
    // Models that cannot be read are told of when it is their turn.
    (void)contain([&]() -> Result<void> {
      const auto model = model::load_onnx(item->input.path);
      if (!model) return Error(model.error());
      const auto locations = converter::external_locations(*model);
      if (!locations) return Error(locations.error());
      for (const std::string& location : *locations)
        firsts_.add(converter::manifest_name(item->input.relative), location, "");
      return {};
    });
  }
  unread_.reset();
}

Result<void> BatchHistory::claim(const BatchJob& job, const std::string& location, const fs::path& from) {
  const std::scoped_lock lock(mutex_);
  const std::string name = name_of(job);
  find_first_claims();
  const auto& firsts = firsts_.on(name, location);
  const std::string first = firsts.empty() ? "" : source_file_of(firsts.front());
  std::error_code ignored;
  const bool is_mine = first.empty() || firsts.front().source == name ||
                       fs::equivalent(first, from, ignored) || have_same_bytes(first, from.string());
  if (!is_mine) return not_ours_alone(folder_of(job.item.output) / location, firsts.front().source);
  now_.add(name, location, "");
  return {};
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
    if (claim.sha256.empty() || !holds_digest(from.string(), claim.sha256))
      return not_ours_alone(copy, claim.source);
  }
  return {};
}

void BatchHistory::remove_side_file(const BatchJob& job, const ExternalFile& file) {
  // Models of other shards, and of other manifests, may have it too.
  if (!options_.shard.empty() || !options_.manifest.empty()) return;
  const std::scoped_lock lock(mutex_);
  const std::string name = name_of(job);
  const auto is_of_another = [&](const Claim& claim) { return claim.source != name; };
  const auto& now = now_.on(name, file.location);
  const auto& before = claims_of_before().on(name, file.location);
  if (!now.empty() || std::any_of(before.begin(), before.end(),
                                  [&](const Claim& claim) { return is_of_another(claim) && stands(claim); }))
    return;
  const fs::path copy = folder_of(job.item.output) / file.location;
  if (!file.sha256.empty() && holds_digest(copy.string(), file.sha256)) ::unlink(copy.c_str());
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
    if (!holds_digest(output, earlier->target_file.sha256)) return not_our_output(output);
    if (::unlink(output.c_str()) != 0) return model::io_error(output, "cannot remove", errno);
  }
  const bool has_certificate = has_output && options_.certificate.is_asked();
  if (!has_certificate && !earlier->certificate_sha256.empty() &&
      holds_digest(certificate_of(output), earlier->certificate_sha256))
    ::unlink(certificate_of(output).c_str());
  for (const ExternalFile& file : earlier->external) remove_side_file(job, file);
  if (is_there && durability == converter::Durability::kDisk)
    if (auto flushed = converter::flush_names_beside(output); !flushed) return Error(flushed.error());
  return is_there;
}

}  // namespace padproof::cli
