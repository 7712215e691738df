// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/description.h"

namespace padproof::cli {
namespace {

// When the text below changed last.
constexpr std::string_view kManualDate = "2026-11-23";

constexpr std::string_view kFiles = R"(.SH REPORTS
.B \-\-format
is what goes to standard output; each
.B \-\-report
adds a file, in the format of its ending.
Diagnostics go to standard error.
.SH EXAMPLES
.TP
.B padproof convert model.onnx \-o explicit.onnx
Write the pads into a model, and prove that nothing changed.
.TP
.B padproof convert exports \-\-out\-dir explicit \-\-jobs 0
The same for every model below a folder, on all cores.
.TP
.B padproof verify model.onnx explicit.onnx
Prove two models equal, and run both.
.TP
.B padproof diff keras.onnx torch.onnx \-\-report diff.html
Which layers of two ports pad differently, and how far the outputs move.
.TP
.B padproof gate exports \-\-policy padproof.toml \-\-baseline known.json
Hold exports to rules, apart from what is known.
)";

/// Nothing in the text is a request or an escape, wherever its lines end.
std::string roff(const std::string& text) {
  std::string escaped;
  char before = ' ';
  for (const char c : text) {
    if (before == ' ' && (c == '.' || c == '\'')) escaped += "\\&";
    escaped += c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
    before = c;
  }
  return escaped;
}

/// In lines of at most 80 bytes, which roff asks for.
std::string filled(const std::string& text) {
  constexpr std::size_t kMostLineBytes = 80;
  std::string out;
  std::size_t column = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (column != 0) {
      const bool fits = column + 1 + end - at <= kMostLineBytes;
      out += fits ? ' ' : '\n';
      column = fits ? column + 1 : 0;
    }
    out += text.substr(at, end - at);
    column += end - at;
    at = end + 1;
  }
  return out;
}

std::string roff_option(const OptionDescription& option) {
  std::string head;
  for (const std::string& name : option.names)
    head += fmt::format("{}\\fB{}\\fR", head.empty() ? "" : ", ", roff(name));
  if (!option.choices.empty())
    head += fmt::format(" \\fB{}\\fR", roff(fmt::format("{}", fmt::join(option.choices, "|"))));
  else if (!option.value.empty())
    head += fmt::format(" \\fI{}\\fR", roff(option.value));
  return ".TP\n" + head + "\n" + filled(roff(option.text)) + ".\n";
}

std::string roff_command(const CommandDescription& command) {
  std::string out = fmt::format(".SS padproof {} [options] {}\n{}.\n", command.name, roff(command.operands),
                                roff(command.text));
  for (const OptionDescription& option : command.options) out += roff_option(option);
  return out;
}

}  // namespace

std::string manual_page(const Description& description) {
  std::string out =
      fmt::format(".TH PADPROOF 1 {} \"padproof {}\" \"User Commands\"\n", kManualDate, kVersion);
  out += ".SH NAME\npadproof \\- make padding explicit, and prove that nothing changed\n.SH SYNOPSIS\n";
  for (const CommandDescription& command : description.commands)
    out += fmt::format("{}.B padproof {}\n[options]\n{}\n",
                       &command == &description.commands.front() ? "" : ".br\n", command.name,
                       roff(command.operands));
  out += ".SH DESCRIPTION\n" + filled(roff(description.text)) + "\n";
  out += "Models are ONNX files; where a command takes several, also directories,\npatterns and \\-.\n";
  out += ".SH OPTIONS\n";
  for (const OptionDescription& option : description.options) out += roff_option(option);
  out += ".SH COMMANDS\n";
  for (const CommandDescription& command : description.commands) out += roff_command(command);
  out += kFiles;
  return out + ".SH EXIT STATUS\n" + filled(roff(description.exit_codes)) +
         "\nThe worst of several models counts: 2 over 1 over 3 over 0.\n";
}

}  // namespace padproof::cli
