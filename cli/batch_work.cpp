// SPDX-License-Identifier: Apache-2.0
#include "cli/batch_work.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "model/mapped_file.h"

namespace padproof::cli {
namespace {

namespace fs = std::filesystem;
using model::Error;
using model::Result;

Error usage_error(std::string code, std::string what, const std::string& got) {
  return Error(model::Diagnostic{model::Fault::kUsage,
                                 std::move(code),
                                 std::move(what),
                                 model::printable(got, model::kMostPrintablePath),
                                 {},
                                 {}});
}

Result<void> check_distinct(const std::vector<InputFile>& files) {
  std::set<std::string> taken;
  for (const InputFile& file : files)
    if (!taken.insert(model::normal_path(file.path)).second)
      return usage_error("output-twice", "a file is given twice", file.path);
  return {};
}

}  // namespace

Result<BatchWork> BatchWork::open(const ConvertOptions& options) {
  BatchWork work(options);
  if (!options.shard.empty()) {
    const auto shard = converter::parse_shard(options.shard);
    if (!shard) return Error(shard.error());
    work.shard_ = *shard;
  }
  if (auto opened = work.open_arguments(); !opened) return Error(opened.error());
  work.count_all();
  work.rewind();
  return work;
}

Result<void> BatchWork::open_arguments() {
  std::error_code ignored;
  const auto& inputs = options_->inputs;
  if (std::find(inputs.begin(), inputs.end(), "-") != inputs.end() && options_->in_place)
    return usage_error("in-place", "standard input has no place", "-");
  if (inputs.size() == 1 && fs::is_directory(inputs[0], ignored)) {
    if (!options_->out_dir.empty() && model::normal_path(inputs[0]) == model::normal_path(options_->out_dir))
      return usage_error("output-is-input", "the output would replace an input", options_->out_dir);
    rewind();
    if (!tree_->next()) return usage_error("no-input", "no .onnx file below the directory", inputs[0]);
    return {};
  }
  auto files = expand_inputs(inputs);
  if (!files) return Error(files.error());
  files_ = std::move(*files);
  if (options_->in_place) return check_distinct(files_);
  const auto outputs = outputs_below(options_->out_dir, files_);
  if (!outputs) return Error(outputs.error());
  return {};
}

void BatchWork::rewind() {
  at_ = 0;
  if (files_.empty()) tree_.emplace(options_->inputs[0], options_->out_dir);
}

void BatchWork::count_all() {
  rewind();
  while (const auto item = next()) {
    std::error_code error;
    const auto size = fs::file_size(item->input.path, error);
    ++count_;
    if (!error) bytes_ += size;
  }
}

std::string BatchWork::output_of(const InputFile& input) const {
  return options_->in_place ? input.path : (fs::path(options_->out_dir) / input.relative).string();
}

std::optional<std::string> BatchWork::input_of(const std::string& relative) const {
  if (files_.empty()) return (fs::path(options_->inputs[0]) / relative).string();
  const auto at = std::find_if(files_.begin(), files_.end(),
                               [&](const InputFile& file) { return file.relative == relative; });
  return at == files_.end() ? std::nullopt : std::optional(at->path);
}

std::optional<BatchItem> BatchWork::next_of_any_shard() {
  if (!tree_) {
    if (at_ == files_.size()) return std::nullopt;
    const InputFile& file = files_[at_++];
    return BatchItem{file, output_of(file), std::nullopt};
  }
  auto entry = tree_->next();
  if (!entry) return std::nullopt;
  InputFile file{(fs::path(options_->inputs[0]) / entry->relative).string(), entry->relative};
  std::string output = output_of(file);
  return BatchItem{std::move(file), std::move(output), std::move(entry->failed)};
}

std::optional<BatchItem> BatchWork::next() {
  auto item = next_of_any_shard();
  while (item && !shard_.holds(item->input.relative)) item = next_of_any_shard();
  return item;
}

}  // namespace padproof::cli
