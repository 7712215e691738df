// SPDX-License-Identifier: Apache-2.0
// The command line as data, read from the parser: manual page and completions are made of it, so that they
// say what the program takes.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace padproof::cli {

struct OptionDescription {
  std::vector<std::string> names;    // with their dashes, short ones first
  std::string value;                 // `FILE`, `INT`; empty for a flag
  std::vector<std::string> choices;  // where only these are taken
  std::string text;
  bool is_path = false;
  bool is_repeatable = false;
};

struct CommandDescription {
  std::string name;
  std::string text;
  std::string operands;  // `SOURCE TARGET`
  std::vector<OptionDescription> options;
};

struct Description {
  std::string text;
  std::string exit_codes;
  std::vector<OptionDescription> options;
  std::vector<CommandDescription> commands;
};

/// Of everything that is not hidden.
Description describe(const CLI::App& app);

std::string bash_completion(const Description& description);
std::string zsh_completion(const Description& description);
std::string fish_completion(const Description& description);
/// In roff, for man(7).
std::string manual_page(const Description& description);

}  // namespace padproof::cli
