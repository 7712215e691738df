// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>

#include "report/alignment_text.h"
#include "report/closing.h"
#include "report/comment.h"
#include "report/evidence_text.h"
#include "report/gate.h"
#include "report/node_tables.h"
#include "report/render.h"
#include "report/table.h"

namespace padproof::report {
namespace {

using schemas::Model;
using schemas::Node;

// Of a table in Markdown: nobody reads more in a comment.
constexpr std::size_t kMostRows = 100;

class ModelText {
 public:
  ModelText(const Message& report, const Model& model, const RenderOptions& options, bool markdown)
      : report_(report),
        command_(report.command()),
        model_(model),
        color_(options.color && !markdown),
        quiet_(options.quiet),
        markdown_(markdown) {}

  std::string render() {
    if (!quiet_) {
      title();
      if (model_.has_alignment()) alignment();
      command_ == "verify" ? pairs() : windows();
      findings();
      warnings();
      witnesses();
      outputs();
      counts();
      proof();
      execution();
      comparisons();
    }
    closing();
    return std::move(out_);
  }

 private:
  // In Markdown a list begins with an empty line.
  void line(const std::string& text) {
    if (!markdown_) {
      out_ += "  " + text + "\n";
      return;
    }
    if (!out_.ends_with("\n- " + last_line_)) out_ += "\n";
    last_line_ = markdown_code(text) + "\n";
    out_ += "- " + last_line_;
  }

  void add(const Table& rows) {
    if (rows.empty()) return;
    out_ += markdown_ ? "\n" + rows.render_markdown(kMostRows) : rows.render(color_);
  }

  void alignment() {
    add(layers_table(model_.alignment()));
    for (const std::string& text : diff_lines(model_, color_)) line(text);
  }

  void title() {
    std::string text = model_.source();
    if (!model_.target().empty()) text += (command_ == "convert" ? " -> " : " against ") + model_.target();
    if (!model_.baseline().empty()) text += " against " + model_.baseline();
    out_ += markdown_ ? "### " + markdown_code(text) + "\n" : styled(text, kBold, color_) + "\n";
  }

  void findings() {
    add(findings_table(model_));
    for (const std::string& text : fix_lines(report_, model_, color_)) line(text);
  }

  void windows() {
    add(windows_table(model_, command_ == "inspect"));
    for (const Node& node : model_.nodes()) {
      if (node.reason().empty()) continue;
      line(fmt::format("{} {} '{}': {}", styled(node.status(), style_of(node.status()), color_), node.op(),
                       node.name(), node.reason()));
    }
  }

  void pairs() {
    add(pairs_table(model_));
    for (const Node& node : model_.nodes()) {
      if (node.proof_status() == "proved" || node.reason().empty()) continue;
      line(fmt::format("{} {} '{}': {}", styled(node.proof_status(), style_of(node.proof_status()), color_),
                       node.op(), node.name(), node.reason()));
    }
  }

  // Once per kind, with the nodes it concerns: a ResNet repeats itself.
  void warnings() {
    std::map<std::string, std::pair<std::string, std::vector<std::string>>> by_code;
    for (const Node& node : model_.nodes()) {
      for (const auto& warning : node.warnings()) {
        auto& entry = by_code[warning.code()];
        entry.first = warning.text();
        entry.second.push_back(node.name());
      }
    }
    for (const auto& [code, entry] : by_code) {
      const auto& [text, nodes] = entry;
      constexpr std::size_t kShown = 3;
      const std::vector<std::string> shown(
          nodes.begin(), nodes.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, nodes.size())));
      const std::string more =
          nodes.size() > kShown ? fmt::format(" and {} more", nodes.size() - kShown) : "";
      line(fmt::format("{} {}: {} ({}{})", styled("note", kYellow, color_), code, text,
                       fmt::join(shown, ", "), more));
    }
  }

  void witnesses() {
    for (const Node& node : model_.nodes()) {
      if (node.has_witness()) line(fmt::format("witness for '{}': {}", node.name(), node.witness().text()));
    }
  }

  void outputs() {
    add(outputs_table(model_));
    if (model_.has_timing()) {
      const auto& timing = model_.timing();
      line(fmt::format("{} in {:.4f} s / {:.4f} s / {:.4f} s (min / median / max)",
                       plural(static_cast<std::size_t>(timing.runs()), "run"), timing.min_seconds(),
                       timing.median_seconds(), timing.max_seconds()));
    }
  }

  void counts() {
    if (command_ != "convert" && command_ != "inspect") return;
    std::map<std::string, std::size_t> by_status;
    for (const Node& node : model_.nodes()) ++by_status[node.status()];
    if (model_.nodes().empty()) {
      // Of what an earlier run has done nothing was read.
      if (model_.verdict() != "error" && model_.outcome() != "up_to_date")
        line("no sliding-window operators");
      return;
    }
    const bool inspecting = command_ == "inspect";
    const std::string_view rewritten = inspecting ? "implicit"
                                       : model_.written() || by_status["rewritten"] == 0
                                           ? "rewritten"
                                           : "could be rewritten";
    line(fmt::format(
        "{}: {} {}, {} {}, {} {}", plural(static_cast<std::size_t>(model_.nodes().size()), "window operator"),
        by_status["rewritten"], rewritten, by_status["unchanged"], inspecting ? "explicit" : "unchanged",
        by_status["refused"], inspecting ? "unresolved" : "refused"));
  }

  void proof() {
    if (!model_.has_proof()) return;
    for (const std::string& text : proof_lines(model_.proof(), color_)) line(text);
  }

  void execution() {
    if (!model_.has_execution()) return;
    for (const std::string& text : execution_lines(model_.execution(), color_)) line(text);
  }

  void comparisons() {
    for (const auto& comparison : model_.comparisons()) {
      for (const std::string& text : comparison_lines(comparison, color_)) line(text);
    }
  }

  void closing() {
    for (const auto& diagnostic : model_.diagnostics()) {
      if (quiet_) line(diagnostic.text());
    }
    const std::string subject = quiet_ && !markdown_ ? model_.source() + ": " : "";
    const std::string words = verdict_in_words(command_, model_.verdict());
    if (model_.verdict() == "none") {
      if (!model_.reason().empty())
        out_ += fmt::format("{}{}\n", subject,
                            markdown_ ? "\n" + markdown_code(model_.reason()) : model_.reason());
      return;
    }
    if (markdown_) {
      out_ += fmt::format("\n**{}** {}\n", words, markdown_code(model_.reason()));
      return;
    }
    const std::string verdict = styled(words, style_of(model_.verdict()), color_);
    out_ += fmt::format("{}{}{}\n", subject, verdict, model_.reason().empty() ? "" : ": " + model_.reason());
  }

  const Message& report_;
  const std::string& command_;
  const Model& model_;
  bool color_;
  bool quiet_;
  bool markdown_;
  std::string out_;
  std::string last_line_;  // of the list that is open
};

/// What kept the command from starting.
std::string error_lines(const Message& report, bool color, bool markdown) {
  std::string out;
  for (const auto& error : report.errors())
    out += markdown ? fmt::format("**error** {}\n", markdown_code(error.text()))
                    : fmt::format("{}: {}\n", styled("error", style_of("error"), color), error.text());
  return out;
}

std::string render_all(const Message& report, const RenderOptions& options, bool markdown) {
  if (!report.errors().empty()) return error_lines(report, options.color && !markdown, markdown);
  if (report.models().empty() && !report.rules().empty()) {
    const Table rows = rules_table(report);
    return markdown ? rows.render_markdown(kMostRows) : rows.render(options.color);
  }
  // Of a batch that is too long to list, a line for each that fails.
  RenderOptions each = options;
  each.quiet = options.quiet || report.batch().not_listed() > 0;
  std::string out;
  std::vector<Section> sections;
  for (const Model& model : report.models()) {
    std::string text = ModelText(report, model, each, markdown).render();
    if (markdown) {
      sections.push_back({std::move(text), model.verdict() != "proved" && model.verdict() != "none"});
      continue;
    }
    if (!out.empty() && !each.quiet) out += "\n";
    out += text;
  }
  if (markdown) out = join_sections(std::move(sections));
  return out + closing_lines(report, options, markdown);
}

}  // namespace

std::string render_text(const Message& report, const RenderOptions& options) {
  return render_all(report, options, false);
}

std::string render_markdown(const Message& report, const RenderOptions& options) {
  return render_all(report, options, true);
}

}  // namespace padproof::report
