// SPDX-License-Identifier: Apache-2.0
#include "cli/inputs.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "model/mapped_file.h"

namespace padproof::cli {
namespace {

namespace fs = std::filesystem;
using model::Diagnostic;
using model::Error;
using model::Result;

Error usage(std::string code, std::string what, std::string got) {
  return Error(Diagnostic{model::Fault::kUsage, std::move(code), std::move(what), std::move(got), {}, {}});
}

Result<void> add_directory(const std::string& directory, std::vector<InputFile>& files) {
  std::error_code error;
  std::vector<std::string> found;
  fs::recursive_directory_iterator entries(directory, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    // What is no file is an error when its turn comes: it must not be missed in silence.
    std::error_code ignored;
    const bool is_folder = entries->is_directory(ignored) && !entries->is_symlink(ignored);
    if (entries->path().extension() == ".onnx" && !is_folder) found.push_back(entries->path().string());
  }
  if (error) return model::io_error(directory, "cannot list", error.value());
  if (found.empty()) return usage("no-input", "no .onnx file below the directory", directory);
  std::sort(found.begin(), found.end());
  for (const std::string& path : found)
    files.push_back({path, fs::path(path).lexically_relative(directory).string()});
  return {};
}

Result<void> add_pattern(const std::string& pattern, std::vector<InputFile>& files) {
  glob_t matches{};
  const int status = ::glob(pattern.c_str(), 0, nullptr, &matches);
  for (std::size_t i = 0; status == 0 && i < matches.gl_pathc; ++i) {
    const std::string path = matches.gl_pathv[i];
    files.push_back({path, fs::path(path).filename().string()});
  }
  ::globfree(&matches);
  if (status != 0) return usage("no-input", "nothing matches", pattern);
  return {};
}

bool is_pattern(const std::string& text) { return text.find_first_of("*?[") != std::string::npos; }

}  // namespace

Result<std::vector<InputFile>> expand_inputs(const std::vector<std::string>& arguments) {
  std::vector<InputFile> files;
  for (const std::string& argument : arguments) {
    std::error_code ignored;
    Result<void> added;
    if (argument == "-") {
      files.push_back({argument, "stdin.onnx"});
    } else if (fs::is_directory(argument, ignored)) {
      added = add_directory(argument, files);
    } else if (!fs::exists(argument, ignored) && is_pattern(argument)) {
      added = add_pattern(argument, files);
    } else {
      files.push_back({argument, fs::path(argument).filename().string()});
    }
    if (!added) return Error(added.error());
  }
  return files;
}

std::vector<std::string> paths_of(const std::vector<InputFile>& files) {
  std::vector<std::string> paths;
  paths.reserve(files.size());
  for (const InputFile& file : files) paths.push_back(file.path);
  return paths;
}

Result<std::vector<std::string>> outputs_below(const std::string& folder,
                                               const std::vector<InputFile>& inputs) {
  std::map<std::string, std::string> taken;  // normal output path -> input path
  for (const InputFile& input : inputs) taken.emplace(model::normal_path(input.path), "");
  std::vector<std::string> outputs;
  for (const InputFile& input : inputs) {
    const fs::path output = fs::path(folder) / input.relative;
    const auto [at, added] = taken.emplace(model::normal_path(output.string()), input.path);
    if (!added && at->second.empty()) {
      return usage("output-is-input", "the output would replace an input", output.string());
    }
    if (!added)
      return usage("output-twice", "two inputs map to one output", at->second + " and " + input.path);
    outputs.push_back(output.string());
  }
  return outputs;
}

}  // namespace padproof::cli
