// SPDX-License-Identifier: Apache-2.0
#include "cli/options.h"

#include <fmt/format.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <thread>

#include "report/formats.h"

namespace padproof::cli {
namespace {

using model::Diagnostic;
using model::Error;
using model::Extent;
using model::Result;

constexpr std::int64_t kMostModulus = std::int64_t{1} << 20;

Error bad_shape(const std::string& got) {
  return Error(
      Diagnostic{model::Fault::kUsage, "input-shape", "--input-shape is not NAME=1x3x224x224", got, {}, {}});
}

/// A whole number, all of the text.
std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

Result<Extent> parse_extent(const std::string& text, const std::string& whole) {
  if (text == "?") return Extent();
  if (const auto value = parse_number(text); value && *value >= 0) return Extent(*value);
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

Error bad_assumption(const std::string& got, const std::string& limit) {
  return Error(Diagnostic{
      model::Fault::kUsage, "assume", "--assume is not SYMBOL%MODULUS=RESIDUE, as H%32=0", got, limit, {}});
}

Result<model::Assumption> parse_assumption(std::string_view entry) {
  const std::string whole(entry);
  // Exporters' names hold much; the numbers are at the end.
  const std::size_t equal = entry.rfind('=');
  const std::size_t percent =
      equal == std::string_view::npos ? std::string_view::npos : entry.rfind('%', equal);
  if (percent == std::string_view::npos || percent == 0) return bad_assumption(whole, "");
  const auto modulus = parse_number(entry.substr(percent + 1, equal - percent - 1));
  const auto residue = parse_number(entry.substr(equal + 1));
  if (!modulus || *modulus < 1 || *modulus > kMostModulus)
    return bad_assumption(whole, fmt::format("a modulus from 1 to {}", kMostModulus));
  if (!residue || *residue < 0 || *residue >= *modulus)
    return bad_assumption(whole, fmt::format("a residue from 0 to {}", *modulus - 1));
  return model::Assumption{Extent::symbol(entry.substr(0, percent)), *modulus, *residue};
}

Result<void> add_assumptions(const CommonOptions& options, model::InferenceOptions& inference) {
  for (const std::string& entry : options.assumptions) {
    auto assumption = parse_assumption(entry);
    if (!assumption) return Error(assumption.error());
    for (const model::Assumption& other : inference.assumptions)
      if (other.symbol.same_as(assumption->symbol))
        return bad_assumption(entry, "one assumption of each extent");
    inference.assumptions.push_back(std::move(*assumption));
  }
  return {};
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
  command
      .add_option("--assume", options.assumptions,
                  "What all sizes of an open extent have in common, as H%32=0; repeatable")
      ->type_name("SYMBOL%M=R")
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
  if (auto added = add_assumptions(options, inference); !added) return Error(added.error());
  return inference;
}

}  // namespace padproof::cli
