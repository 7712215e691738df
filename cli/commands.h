// SPDX-License-Identifier: Apache-2.0
// One function per subcommand: adds itself to the parser; `code` receives the exit code when it runs.
#pragma once

#include <CLI/App.hpp>
#include <string_view>

namespace padproof::cli {

inline constexpr std::string_view kVersion = PADPROOF_VERSION;

void add_inspect(CLI::App& app, int& code);
void add_convert(CLI::App& app, int& code);
void add_verify(CLI::App& app, int& code);
void add_run(CLI::App& app, int& code);
void add_diff(CLI::App& app, int& code);
void add_gate(CLI::App& app, int& code);
/// Hidden: what packages install, made of the parser's own description.
void add_describe(CLI::App& app, int& code);

}  // namespace padproof::cli
