// SPDX-License-Identifier: Apache-2.0
#include "cli/description.h"

#include <cstdio>
#include <map>
#include <memory>

#include "cli/commands.h"

namespace padproof::cli {
namespace {

/// Between the braces of `TEXT:{text,json}`, which is how the parser writes choices.
std::vector<std::string> choices_in(const std::string& type) {
  std::vector<std::string> choices;
  const std::size_t open = type.find('{');
  if (open == std::string::npos) return choices;
  std::string word;
  for (const char c : type.substr(open + 1)) {
    if (c != ',' && c != '}') {
      word += c;
      continue;
    }
    choices.push_back(std::move(word));
    word.clear();
    if (c == '}') break;
  }
  return choices;
}

OptionDescription describe_option(const CLI::Option& option) {
  OptionDescription described;
  for (const std::string& name : option.get_snames()) described.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) described.names.push_back("--" + name);
  described.text = option.get_description();
  if (option.get_items_expected_max() == 0) return described;
  const std::string type = option.get_type_name();
  described.value = type.substr(0, type.find(':'));
  described.choices = choices_in(type);
  described.is_path = described.value == "FILE" || described.value == "DIR";
  described.is_repeatable = option.get_expected_max() > 1;
  return described;
}

std::string operand(const CLI::Option& option) {
  std::string text = option.get_name();
  if (option.get_expected_max() > 1) text += "...";
  return option.get_required() ? text : "[" + text + "]";
}

/// Groups of options are nameless commands, with a --help of their own that nobody can ask for.
void add_options(const CLI::App& app, CommandDescription& command) {
  for (const CLI::Option* const option : app.get_options()) {
    if (app.get_name().empty() && option == app.get_help_ptr()) continue;
    if (!option->nonpositional()) {
      command.operands += (command.operands.empty() ? "" : " ") + operand(*option);
    } else if (!option->get_group().empty()) {
      command.options.push_back(describe_option(*option));
    }
  }
  for (const CLI::App* const group : app.get_subcommands([](const CLI::App*) { return true; }))
    if (group->get_name().empty()) add_options(*group, command);
}

CommandDescription describe_command(const CLI::App& app) {
  CommandDescription command;
  command.name = app.get_name();
  command.text = app.get_description();
  add_options(app, command);
  return command;
}

}  // namespace

Description describe(const CLI::App& app) {
  Description description;
  description.text = app.get_description();
  description.exit_codes = app.get_footer();
  description.options = describe_command(app).options;
  for (const CLI::App* const command : app.get_subcommands([](const CLI::App*) { return true; }))
    if (!command->get_name().empty() && !command->get_group().empty())
      description.commands.push_back(describe_command(*command));
  return description;
}

void add_describe(CLI::App& app, int& code) {
  static const std::map<std::string, std::string (*)(const Description&)> kForms = {
      {"bash", bash_completion}, {"fish", fish_completion}, {"man", manual_page}, {"zsh", zsh_completion}};
  auto* command = app.add_subcommand("describe", "Print a completion or the manual page")->group("");
  const auto form = std::make_shared<std::string>();
  command->add_option("FORM", *form)->required()->check(CLI::IsMember({"bash", "fish", "man", "zsh"}));
  command->callback([form, &app, &code] {
    const std::string text = kForms.at(*form)(describe(app));
    code =
        std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0 ? 0 : 2;
  });
}

}  // namespace padproof::cli
