// SPDX-License-Identifier: Apache-2.0
// Annotations as GitHub's workflow commands. A step shows at most ten of a kind; the tenth says how many
// there are besides. Each rule that a model breaks is shown once before any is shown twice.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "report/closing.h"
#include "report/concerns.h"
#include "report/render.h"

namespace padproof::report {
namespace {

constexpr std::size_t kMostOfAKind = 10;

/// What a command's end and its properties' would be.
std::string escaped(std::string_view text, bool in_property) {
  std::string out;
  for (const char c : text) {
    const bool is_special = c == '%' || c == '\r' || c == '\n' || (in_property && (c == ':' || c == ','));
    out += is_special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return out;
}

struct Annotation {
  std::string file;
  std::string title;
  std::string text;
  bool fails = false;
};

/// Which of a kind are shown where not all can be, least first: models that could not be read; one of each
/// file and rule, those that fail before others; what is left.
int turn_of(const Annotation& annotation, bool is_first) {
  if (annotation.title == "unreadable-model" && is_first) return 0;
  return (is_first ? 1 : 3) + (annotation.fails ? 0 : 1);
}

void take_turns(std::vector<Annotation>& annotations) {
  std::set<std::pair<std::string, std::string>> seen;
  std::vector<std::pair<int, Annotation>> turns;
  turns.reserve(annotations.size());
  for (Annotation& each : annotations) {
    const bool is_first = seen.emplace(each.file, each.title).second;
    const int turn = turn_of(each, is_first);
    turns.emplace_back(turn, std::move(each));
  }
  std::stable_sort(turns.begin(), turns.end(),
                   [](const auto& left, const auto& right) { return left.first < right.first; });
  for (std::size_t i = 0; i < turns.size(); ++i) annotations[i] = std::move(turns[i].second);
}

std::string command(std::string_view kind, const Annotation& annotation) {
  std::string properties;
  if (!annotation.file.empty()) properties += " file=" + escaped(annotation.file, true) + ",";
  properties += fmt::format("{}title={}", properties.empty() ? " " : "", escaped(annotation.title, true));
  return fmt::format("::{}{}::{}\n", kind, properties, escaped(annotation.text, false));
}

std::string rest_of(const std::vector<Annotation>& annotations) {
  std::map<std::string, std::size_t> by_title;
  for (std::size_t i = kMostOfAKind - 1; i < annotations.size(); ++i) ++by_title[annotations[i].title];
  std::string text = fmt::format("{} more:", annotations.size() - kMostOfAKind + 1);
  for (const auto& [title, count] : by_title) text += fmt::format(" {} {},", count, title);
  text.pop_back();
  return text;
}

}  // namespace

std::string render_github(const Message& report, const RenderOptions& /*options*/) {
  // A known or suppressed finding is nothing that anybody is to look at now.
  std::map<std::string, std::vector<Annotation>> by_level;
  for (const bool fails : {true, false})
    for (const schemas::Model& model : report.models())
      for (const Concern& concern : concerns_of(report, model))
        if (concern.state == "new" && concern.fails == fails)
          by_level[concern.level].push_back(
              {concern.in_target ? model.target() : model.source(), concern.rule, sentence(concern), fails});
  for (const auto& error : report.errors())
    by_level["error"].push_back({"", error.code(), error.text(), true});
  for (const auto& note : report.notes()) by_level["warning"].push_back({"", note.code(), note.text()});
  std::string out;
  for (const auto& [level, kind] : std::array{std::pair("error", "error"), std::pair("warning", "warning"),
                                              std::pair("note", "notice")}) {
    auto& annotations = by_level[level];
    const bool is_cut = annotations.size() > kMostOfAKind;
    if (is_cut) take_turns(annotations);
    for (std::size_t i = 0; i < (is_cut ? kMostOfAKind - 1 : annotations.size()); ++i)
      out += command(kind, annotations[i]);
    if (is_cut) out += command(kind, {"", "padproof", rest_of(annotations)});
  }
  for (const schemas::Model& model : report.models())
    out += fmt::format(
        "padproof {}: {}: {}{}\n", report.command(), model.source(),
        report.command() == "diff" ? verdict_in_words(report.command(), model.verdict()) : model.verdict(),
        model.reason().empty() ? "" : ": " + model.reason());
  return out;
}

}  // namespace padproof::report
