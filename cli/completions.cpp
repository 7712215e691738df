// SPDX-License-Identifier: Apache-2.0
// What shells complete: commands, options, an option's choices, and files everywhere else.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/description.h"

namespace padproof::cli {
namespace {

std::string replace_each(const std::string& text, const std::string& characters, const std::string& before) {
  std::string replaced;
  for (const char c : text) {
    if (characters.find(c) != std::string::npos) replaced += before;
    replaced += c;
  }
  return replaced;
}

/// Within a shell's single quotes: zsh and fish part ways here.
std::string zsh_quoted(const std::string& text) {
  std::string quoted;
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return "'" + quoted + "'";
}

std::string fish_quoted(const std::string& text) { return "'" + replace_each(text, "\\'", "\\") + "'"; }

std::vector<std::string> names_of(const std::vector<OptionDescription>& options) {
  std::vector<std::string> names;
  for (const OptionDescription& option : options)
    names.insert(names.end(), option.names.begin(), option.names.end());
  return names;
}

std::vector<std::string> names_of(const std::vector<CommandDescription>& commands) {
  std::vector<std::string> names;
  names.reserve(commands.size());
  for (const CommandDescription& command : commands) names.push_back(command.name);
  return names;
}

/// Only what takes a value: choices, or nothing where the value is no file.
std::string bash_values(const CommandDescription& command) {
  std::string cases;
  for (const OptionDescription& option : command.options) {
    if (option.value.empty() || option.is_path) continue;
    for (const std::string& name : option.names)
      cases += fmt::format("    '{} {}') words='{}' files=no ;;\n", command.name, name,
                           fmt::join(option.choices, " "));
  }
  return cases;
}

std::string zsh_spec(const OptionDescription& option) {
  const std::string text = "[" + replace_each(option.text, "[]:\\", "\\") + "]";
  std::string value;
  if (!option.value.empty()) {
    const std::string action = !option.choices.empty() ? fmt::format("({})", fmt::join(option.choices, " "))
                               : option.is_path        ? "_files"
                                                       : " ";
    value = ":" + replace_each(option.value, ":", "\\") + ":" + action;
  }
  std::string lines;
  for (const std::string& name : option.names) {
    // An option that is there already is not offered again, nor its other name.
    const std::string once = option.is_repeatable ? "*" : fmt::format("({})", fmt::join(option.names, " "));
    lines += fmt::format("        {} \\\n", zsh_quoted(fmt::format("{}{}{}{}", once, name, text, value)));
  }
  return lines;
}

std::string fish_line(const std::string& condition, const OptionDescription& option) {
  std::string line = "complete -c padproof -n " + fish_quoted(condition);
  for (const std::string& name : option.names)
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (!option.choices.empty())
    line += " -x -a " + fish_quoted(fmt::format("{}", fmt::join(option.choices, " ")));
  else if (!option.value.empty())
    line += option.is_path ? " -r -F" : " -x";
  return line + " -d " + fish_quoted(option.text) + "\n";
}

}  // namespace

std::string bash_completion(const Description& description) {
  std::string out = "# bash completion for padproof; made by `padproof describe bash`\n_padproof() {\n";
  out += "  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} words='' files=yes\n";
  out += "  local before=${COMP_WORDS[COMP_CWORD - 1]}\n";
  out += fmt::format(
      "  if ((COMP_CWORD == 1)); then\n    mapfile -t COMPREPLY < <(compgen -W '{} {}' -- \"$word\")\n",
      fmt::join(names_of(description.commands), " "), fmt::join(names_of(description.options), " "));
  out += "    return\n  fi\n  case \"$command $before\" in\n";
  for (const CommandDescription& command : description.commands) out += bash_values(command);
  out += "    *) ;;\n  esac\n  if [[ $files == yes && $word == -* ]]; then\n    case $command in\n";
  for (const CommandDescription& command : description.commands)
    out += fmt::format("      {}) words='{}' ;;\n", command.name, fmt::join(names_of(command.options), " "));
  out += "      *) ;;\n    esac\n    files=no\n  fi\n  if [[ $files == yes ]]; then\n";
  out +=
      "    mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n    compopt -o filenames 2>/dev/null\n  else\n";
  out += "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n  fi\n}\n";
  return out + "complete -F _padproof padproof\n";
}

std::string zsh_completion(const Description& description) {
  std::string out = "#compdef padproof\n# made by `padproof describe zsh`\n_padproof() {\n";
  out += "  local context state state_descr line\n  typeset -A opt_args\n  _arguments -C \\\n";
  for (const OptionDescription& option : description.options) out += zsh_spec(option);
  out += "        '1:command:->command' '*::argument:->argument'\n  case $state in\n    command)\n";
  out += "      local -a commands=(\n";
  for (const CommandDescription& command : description.commands)
    out += "        " + zsh_quoted(command.name + ":" + replace_each(command.text, ":\\", "\\")) + "\n";
  out += "      )\n      _describe command commands ;;\n    argument)\n      case $words[1] in\n";
  for (const CommandDescription& command : description.commands) {
    out += "      " + command.name + ")\n      _arguments \\\n";
    for (const OptionDescription& option : command.options) out += zsh_spec(option);
    out += "        '*:model:_files' ;;\n";
  }
  return out + "      esac ;;\n  esac\n}\n_padproof \"$@\"\n";
}

std::string fish_completion(const Description& description) {
  std::string out = "# made by `padproof describe fish`\n";
  for (const OptionDescription& option : description.options)
    out += fish_line("__fish_use_subcommand", option);
  for (const CommandDescription& command : description.commands) {
    out += fmt::format("complete -c padproof -n __fish_use_subcommand -f -a {} -d {}\n", command.name,
                       fish_quoted(command.text));
    for (const OptionDescription& option : command.options)
      out += fish_line("__fish_seen_subcommand_from " + command.name, option);
  }
  return out;
}

}  // namespace padproof::cli
