// SPDX-License-Identifier: Apache-2.0
#include "cli/batch_work.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "model/mapped_file.h"

namespace padproof::cli {
namespace {

namespace fs = std::filesystem;
using model::Diagnostic;
using model::Error;
using model::Result;

Diagnostic wrong_files(std::string code, std::string what, const std::string& got) {
  return {model::Fault::kUsage,
          std::move(code),
          std::move(what),
          model::printable(got, model::kMostPrintablePath),
          {},
          {}};
}

}  // namespace

Result<BatchWork> BatchWork::open(const ConvertOptions& options) {
  const auto& inputs = options.inputs;
  if (std::find(inputs.begin(), inputs.end(), "-") != inputs.end() && options.in_place)
    return Error(wrong_files("in-place", "standard input has no place", "-"));
  auto given = look_up(inputs, options.out_dir);
  if (!given) return Error(given.error());
  BatchWork work(options, std::make_shared<const std::vector<Given>>(std::move(*given)));
  if (!options.shard.empty()) {
    const auto shard = converter::parse_shard(options.shard);
    if (!shard) return Error(shard.error());
    work.shard_ = *shard;
  }
  if (auto checked = work.check_folders(); !checked) return Error(checked.error());
  work.list();
  if (!work.is_one_folder())
    if (auto checked = work.check_all(); !checked) return Error(checked.error());
  return work;
}

Result<void> BatchWork::check_folders() const {
  for (const Given& each : *given_) {
    const bool is_same = each.is_folder && !options_->out_dir.empty() &&
                         model::normal_path(each.file.path) == model::normal_path(options_->out_dir);
    if (is_same)
      return Error(wrong_files("output-is-input", "the output would replace an input", options_->out_dir));
  }
  InputWalk all = walk();
  const auto first = all.next();
  if (!first) return Error(wrong_files("no-input", "no .onnx file is given", options_->inputs[0]));
  if (is_one_folder() && first->failed && first->failed->code == "no-input") return Error(*first->failed);
  return {};
}

void BatchWork::list() {
  while (const auto item = next_of_any_shard()) {
    std::error_code error;
    const bool is_ours = shard_.holds(item->input.relative);
    count_ += is_ours ? 1 : 0;
    if (item->failed) continue;
    const auto size = fs::file_size(item->input.path, error);
    if (is_ours && !error) bytes_ += size;
    if (item->input.path != "-") inputs_.add(input_places_.place_of(item->input.path));
    if (!options_->in_place) outputs_.add(output_places_.place_of(item->output));
    if (options_->certificate.beside)
      outputs_.add(output_places_.place_of(item->output + std::string(kCertificateEnding)));
  }
  inputs_.sort();
  outputs_.sort();
  walk_ = walk();
}

/// Who names the files can name others.
Result<void> BatchWork::check_all() {
  while (const auto item = next_of_any_shard()) {
    if (item->failed) continue;
    if (auto conflict = conflict_of(*item)) return Error(std::move(*conflict));
    if (options_->in_place && inputs_.holds_twice(input_places_.place_of(item->input.path)))
      return Error(wrong_files("output-twice", "a file is given twice", item->input.path));
  }
  walk_ = walk();
  return {};
}

std::optional<Diagnostic> BatchWork::conflict_of(const BatchItem& item) {
  std::vector<std::string> written;
  if (!options_->in_place) written.push_back(item.output);
  if (options_->certificate.beside) written.push_back(item.output + std::string(kCertificateEnding));
  for (const std::string& path : written) {
    const std::string place = output_places_.place_of(path);
    if (inputs_.holds(place))
      return wrong_files("output-is-input", "the output would replace an input", path);
    if (outputs_.holds_twice(place))
      return wrong_files("output-twice", "two inputs map to one output", item.input.path + " to " + path);
  }
  return std::nullopt;
}

std::optional<std::string> BatchWork::input_of(const std::string& relative) const {
  for (const Given& each : *given_) {
    if (!each.is_folder && each.file.relative == relative) return each.file.path;
    if (!each.is_folder) continue;
    const fs::path below = each.file.relative.empty()
                               ? fs::path(relative)
                               : fs::path(relative).lexically_relative(each.file.relative);
    const bool is_below = !below.empty() && *below.begin() != "..";
    std::error_code ignored;
    if (is_below && fs::exists(fs::path(each.file.path) / below, ignored))
      return (fs::path(each.file.path) / below).string();
  }
  return std::nullopt;
}

std::optional<BatchItem> BatchWork::next_of_any_shard() {
  auto entry = walk_.next();
  if (!entry) return std::nullopt;
  const bool in_place = options_->in_place;
  std::string output =
      in_place ? entry->file.path : (fs::path(options_->out_dir) / entry->file.relative).string();
  return BatchItem{std::move(entry->file), std::move(output), in_place ? entry->root : options_->out_dir,
                   entry->is_folder, std::move(entry->failed)};
}

std::optional<BatchItem> BatchWork::next() {
  auto item = next_of_any_shard();
  while (item && !shard_.holds(item->input.relative)) item = next_of_any_shard();
  if (item && !item->failed) item->failed = conflict_of(*item);
  return item;
}

}  // namespace padproof::cli
