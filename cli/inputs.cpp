// SPDX-License-Identifier: Apache-2.0
#include "cli/inputs.h"

#include <glob.h>

#include <filesystem>

#include "converter/output_folder.h"
#include "model/mapped_file.h"

namespace padproof::cli {
namespace {

namespace fs = std::filesystem;
using model::Diagnostic;
using model::Error;
using model::Result;

Diagnostic no_input(std::string what, const std::string& got) {
  return {model::Fault::kUsage,
          "no-input",
          std::move(what),
          model::printable(got, model::kMostPrintablePath),
          {},
          {}};
}

bool is_pattern(const std::string& text) { return text.find_first_of("*?[") != std::string::npos; }

/// The folders before the first part with a wildcard.
fs::path fixed_part(const std::string& pattern) {
  fs::path fixed;
  for (const fs::path& part : fs::path(pattern)) {
    if (is_pattern(part.string())) break;
    fixed /= part;
  }
  return fixed;
}

/// A match may lead out of the folders before the wildcard again, and its name is still a name.
std::string path_below(const fs::path& fixed, const fs::path& match) {
  const fs::path below = (fixed.empty() ? match : match.lexically_relative(fixed)).lexically_normal();
  const bool is_below = !below.empty() && below.is_relative() && *below.begin() != "..";
  return (is_below && below != "." ? below : match.filename()).string();
}

Result<void> add_matches(const std::string& pattern, const std::string& out_dir, std::vector<Given>& given) {
  const fs::path fixed = fixed_part(pattern);
  const std::string outputs = out_dir.empty() ? "" : model::normal_path(out_dir);
  const auto is_output = [&](const std::string& path) {
    return !outputs.empty() && converter::is_below(model::normal_path(path), outputs);
  };
  const std::string root = fixed.empty() ? "." : fixed.string();
  const bool looks_there = is_output(root);
  const std::size_t before = given.size();
  glob_t matches{};
  const int status = ::glob(pattern.c_str(), 0, nullptr, &matches);
  for (std::size_t i = 0; status == 0 && i < matches.gl_pathc; ++i) {
    const std::string path = matches.gl_pathv[i];
    if (!looks_there && is_output(path)) continue;
    std::error_code ignored;
    given.push_back({{path, path_below(fixed, path)}, fs::is_directory(path, ignored), true, root});
  }
  ::globfree(&matches);
  if (given.size() == before) return Error(no_input("nothing matches", pattern));
  return {};
}

}  // namespace

Result<std::vector<Given>> look_up(const std::vector<std::string>& arguments, const std::string& out_dir) {
  std::vector<Given> given;
  for (const std::string& argument : arguments) {
    std::error_code ignored;
    if (argument == "-") {
      given.push_back({{argument, "stdin.onnx"}, false, false, ""});
    } else if (fs::is_directory(argument, ignored)) {
      given.push_back({{argument, ""}, true, false, argument});
    } else if (!fs::exists(argument, ignored) && is_pattern(argument)) {
      if (auto added = add_matches(argument, out_dir, given); !added) return Error(added.error());
    } else {
      given.push_back({{argument, fs::path(argument).filename().string()}, false, false, ""});
    }
  }
  return given;
}

InputWalk::Entry InputWalk::entry_of(const Given& folder, converter::Tree::Entry found) const {
  const InputFile& given = folder.file;
  if (found.relative.empty())
    return {
        {given.path, given.relative.empty() ? given.path : given.relative}, folder.root, true, found.failed};
  const bool is_folder = found.failed && found.relative.ends_with('/');
  InputFile file{(fs::path(given.path) / found.relative).string(),
                 (fs::path(given.relative) / found.relative).string()};
  return {std::move(file), folder.root, is_folder, std::move(found.failed)};
}

std::optional<InputWalk::Entry> InputWalk::next() {
  for (;;) {
    if (tree_) {
      const Given& folder = (*given_)[at_ - 1];
      if (auto found = tree_->next()) {
        found_any_ = true;
        return entry_of(folder, std::move(*found));
      }
      tree_.reset();
      if (!found_any_ && !folder.is_match)
        return entry_of(folder, {"", no_input("no .onnx file below the directory", folder.file.path)});
    }
    if (at_ == given_->size()) return std::nullopt;
    const Given& next = (*given_)[at_++];
    if (!next.is_folder) return Entry{next.file, next.root, false, std::nullopt};
    tree_.emplace(next.file.path, out_dir_);
    found_any_ = false;
  }
}

Result<std::vector<InputFile>> expand_inputs(const std::vector<std::string>& arguments) {
  auto given = look_up(arguments, "");
  if (!given) return Error(given.error());
  InputWalk walk(std::make_shared<const std::vector<Given>>(std::move(*given)), "");
  std::vector<InputFile> files;
  while (auto entry = walk.next()) {
    // What is no file is an error when its turn comes.
    if (entry->failed && entry->is_folder) return Error(*entry->failed);
    files.push_back(std::move(entry->file));
  }
  if (files.empty() && !arguments.empty())
    return Error(no_input("no .onnx file below the directories that match", arguments[0]));
  return files;
}

std::vector<std::string> paths_of(const std::vector<InputFile>& files) {
  std::vector<std::string> paths;
  paths.reserve(files.size());
  for (const InputFile& file : files) paths.push_back(file.path);
  return paths;
}

}  // namespace padproof::cli
