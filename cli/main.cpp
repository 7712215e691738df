// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>

#include "cli/commands.h"
#include "cli/report_output.h"
#include "cli/signals.h"
#include "model/mapping_guard.h"
#include "model/result.h"

namespace {

constexpr int kUsage = 2;

/// A file that is opened where a standard stream is missing would get what is meant for that stream. What
/// stands there instead can be neither read as input nor written as output, so that both are noticed.
void fill_missing_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest number that is free is this one.
    const int way = stream == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (::open("/dev/null", way) != stream && ::open("/", O_PATH) != stream) ::_exit(kUsage);
  }
}

/// Help and version go to the streams of C++.
int exit_of_parser(const CLI::App& app, const CLI::ParseError& error) {
  if (app.exit(error) != 0) return kUsage;
  if (std::cout.flush() && std::fflush(stdout) == 0) return 0;
  std::fputs("padproof: cannot write to standard output\n", stderr);
  return kUsage;
}

/// An empty path is a variable of a script that is not set, and would count as an option not given.
void refuse_empty_paths(CLI::App& app) {
  const auto check = [](const std::string& text) -> std::string {
    return text.empty() ? "an empty path" : "";
  };
  for (CLI::Option* const option : app.get_options())
    if (option->get_type_name() == "FILE" || option->get_type_name() == "DIR") option->check(check);
  // Groups of options are among them.
  for (CLI::App* const command : app.get_subcommands({})) refuse_empty_paths(*command);
}

int parse_and_run(int argc, char** argv) {
  CLI::App app("Makes the implicit padding of exported CNNs explicit, and proves that nothing changed.",
               "padproof");
  app.set_version_flag("--version", "padproof " + std::string(padproof::cli::kVersion));
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 proved / nothing to report, 1 refuted, 2 usage, unreadable input, I/O, 3 unknown.");
  int code = kUsage;
  padproof::cli::add_inspect(app, code);
  padproof::cli::add_convert(app, code);
  padproof::cli::add_verify(app, code);
  padproof::cli::add_run(app, code);
  padproof::cli::add_diff(app, code);
  padproof::cli::add_gate(app, code);
  padproof::cli::add_describe(app, code);
  refuse_empty_paths(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    // Of a word that is no subcommand CLI11 says only that there is none.
    if (argc < 2 || !app.get_subcommands().empty()) return exit_of_parser(app, error);
    std::fprintf(stderr, "padproof: '%s' is not a subcommand: inspect, convert, verify, run, diff, gate\n",
                 padproof::model::printable(argv[1]).c_str());
  } catch (const CLI::ParseError& error) {
    return exit_of_parser(app, error);
  }
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  fill_missing_streams();
  // A limit on the size of files is an error like any other.
  std::signal(SIGXFSZ, SIG_IGN);
  padproof::model::guard_mappings();
  try {
    padproof::cli::remove_temporaries_on_signals();
    padproof::cli::record_arguments(argc, argv);
    return parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    // Memory that cannot be had ends up here; everything else is a value.
    std::fprintf(stderr, "padproof: %s\n", error.what());
  }
  return kUsage;
}
