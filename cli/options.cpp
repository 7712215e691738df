// SPDX-License-Identifier: Apache-2.0
#include "cli/options.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cctype>
#include <charconv>
#include <thread>

#include "report/formats.h"

namespace padproof::cli {
namespace {

using model::Diagnostic;
using model::Error;
using model::Extent;
using model::Result;

Error bad_shape(const std::string& got) {
  return Error(
      Diagnostic{model::Fault::kUsage, "input-shape", "--input-shape is not NAME=1x3x224x224", got, {}, {}});
}

Result<Extent> parse_extent(const std::string& text, const std::string& whole) {
  if (text == "?") return Extent();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size() && value >= 0) return Extent(value);
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  const bool is_symbol = !text.empty() && std::isdigit(static_cast<unsigned char>(text[0])) == 0 &&
                         std::all_of(text.begin(), text.end(), is_word);
  if (!is_symbol) return bad_shape(whole);
  return Extent::symbol(text);
}

// An `x` separates dimensions where a number or `?` ends or begins: symbols may hold the letter themselves.
std::vector<std::string> split_dimensions(const std::string& text) {
  std::vector<std::string> parts{""};
  for (const char c : text) {
    if (c == 'x' || c == ',') {
      parts.emplace_back();
    } else {
      parts.back().push_back(c);
    }
  }
  return parts;
}

}  // namespace

CLI::Option* add_seed(CLI::App& command, std::uint64_t& seed, const std::string& description) {
  // CLI11 reads -1 as 2^64-1, and what is larger than that as the same.
  const auto check = [](std::string& text) -> std::string {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size()) return {};
    return "'" + text + "' is not a whole number from 0 to 2^64-1";
  };
  return command.add_option("--seed", seed, description)
      ->check(CLI::Validator(check, "UINT64"))
      ->capture_default_str();
}

void add_common_options(CLI::App& command, CommonOptions& options) {
  command.add_option("--format", options.format, "Format of the report on standard output")
      ->check(CLI::IsMember(report::format_names()))
      ->capture_default_str();
  command
      .add_option("--report", options.reports,
                  "Also write the report to FILE (" + report::known_endings() + "); repeatable")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command.add_option("--jobs,-j", options.jobs, "Models worked on at once (0: one per core)")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command.add_flag("--quiet,-q", options.quiet, "Print the closing lines only");
  command.add_flag("--allow-unknown", options.allow_unknown, "Exit with 0 where the verdict is unknown");
  command.add_option("--color", options.color, "Colour in text")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  command
      .add_option("--input-shape", options.input_shapes,
                  "Shape of a graph input, as NAME=1x3x224x224; repeatable")
      ->type_name("NAME=SHAPE")
      ->allow_extra_args(false);
}

Result<model::InferenceOptions> inference_options(const CommonOptions& options) {
  model::InferenceOptions inference;
  for (const std::string& entry : options.input_shapes) {
    // Names may hold '=' and ':', shapes hold neither.
    const std::size_t split = entry.rfind('=');
    if (split == std::string::npos || split == 0) return bad_shape(entry);
    model::Shape shape;
    const std::string dimensions = entry.substr(split + 1);
    if (dimensions.empty()) return bad_shape(entry);
    for (const std::string& part : split_dimensions(dimensions)) {
      auto extent = parse_extent(part, entry);
      if (!extent) return Error(extent.error());
      shape.push_back(std::move(*extent));
    }
    if (!inference.input_shapes.emplace(entry.substr(0, split), std::move(shape)).second) {
      return Error(Diagnostic{
          model::Fault::kUsage, "input-shape", "--input-shape is given twice for one input", entry, {}, {}});
    }
  }
  return inference;
}

}  // namespace padproof::cli
