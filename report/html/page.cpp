// SPDX-License-Identifier: Apache-2.0
// One page that needs nothing else: style and script are part of it, and its policy lets nothing be loaded.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "model/digest.h"
#include "report/alignment_text.h"
#include "report/closing.h"
#include "report/evidence_text.h"
#include "report/gate.h"
#include "report/html/assets.h"
#include "report/html/findings.h"
#include "report/html/layers.h"
#include "report/html/markup.h"
#include "report/node_tables.h"
#include "report/render.h"

namespace padproof::report {
namespace {

using schemas::Model;

/// Hexadecimal digits as Base64 (RFC 4648), which content security policies want.
std::string base64_of(const std::string& digits) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < digits.size(); at += 6) {
    std::string group = digits.substr(at, 6);
    const std::size_t bytes = group.size() / 2;
    group.resize(6, '0');
    const auto bits = std::stoul(group, nullptr, 16);
    for (std::size_t i = 0; i < 4; ++i) out += i <= bytes ? kAlphabet[(bits >> (18 - 6 * i)) & 63U] : '=';
  }
  return out;
}

std::string verdict_of(const std::string& verdict, const std::string& command) {
  const std::string words = verdict_in_words(command, verdict);
  if (words == "none" || words.empty()) return "";
  return fmt::format("<span class=\"verdict {}\">{}</span>", html_class(words == "passed" ? words : verdict),
                     html_text(words));
}

std::string section(const std::string& heading, const std::string& contents) {
  return contents.empty() ? "" : fmt::format("<h3>{}</h3>\n{}", heading, contents);
}

std::string witnesses_of(const Model& model) {
  std::vector<std::string> lines;
  for (const schemas::Node& node : model.nodes()) {
    if (node.has_witness())
      lines.push_back(fmt::format("{} '{}': {}", node.op(), node.name(), node.witness().text()));
    else if (!node.reason().empty() && (node.proof_status() != "proved" || node.status() == "refused"))
      lines.push_back(fmt::format("{} '{}': {}", node.op(), node.name(), node.reason()));
  }
  return html_list(lines);
}

std::string evidence_of(const Model& model) {
  std::vector<std::string> lines;
  const auto add = [&](const std::vector<std::string>& more) {
    lines.insert(lines.end(), more.begin(), more.end());
  };
  for (const auto& diagnostic : model.diagnostics()) lines.push_back(diagnostic.text());
  if (model.has_proof()) add(proof_lines(model.proof(), false));
  if (model.has_execution()) add(execution_lines(model.execution(), false));
  for (const auto& comparison : model.comparisons()) add(comparison_lines(comparison, false));
  return html_list(lines);
}

std::string digest_of(std::string_view role, const std::string& path, const schemas::FileDigest& digest) {
  if (path.empty()) return "";
  const std::string hash = digest.sha256().empty() ? ""
                                                   : fmt::format("<br><code>sha256:{}</code>, {} bytes",
                                                                 digest.sha256(), digest.bytes());
  return fmt::format("<dt>{}</dt><dd>{}{}</dd>\n", role, html_text(path), hash);
}

std::string files_of(const Model& model) {
  return "<dl>\n" +
         digest_of(model.target().empty() ? "model" : "source", model.source(), model.source_file()) +
         digest_of("target", model.target(), model.target_file()) +
         digest_of("baseline", model.baseline(), {}) + "</dl>\n";
}

/// Of a diff whose layers differ in what pads can mend.
std::string what_to_do(const Model& model) {
  const auto& layers = model.alignment().layers();
  if (std::none_of(layers.begin(), layers.end(), [](const auto& pair) { return !advice_for(pair).empty(); }))
    return "";
  return fmt::format(
      "<p>The layers below read other cells in the two models. One of them is what the weights were trained "
      "with: give the "
      "other the same pads. Open a row to see the windows and what to write; then run <code>padproof "
      "diff</code> again.</p>\n");
}

/// Open where it is short: the layers follow.
std::string left_over(const schemas::Alignment& alignment) {
  constexpr int kShort = 12;
  const int of_source = alignment.left_source().size();
  const int of_target = alignment.left_target().size();
  if (of_source + of_target == 0) return "";
  return fmt::format(
      "<details{}><summary>{} of the source and {} of the target: nothing is said of them</summary>\n"
      "{}</details>\n",
      of_source + of_target <= kShort ? " open" : "", of_source, of_target,
      html_table(left_over_table(alignment)));
}

std::string render_model(const Message& report, const Model& model, std::size_t index) {
  const bool is_alone = report.models().size() == 1;
  const std::string other = model.target().empty() ? model.baseline() : model.target();
  std::string out = fmt::format("<section id=\"model-{}\" aria-labelledby=\"title-{}\">\n", index, index);
  out += fmt::format("<h2 id=\"title-{}\">{}{}</h2>\n", index, html_text(model.source()),
                     other.empty() ? "" : " <span class=\"quiet\">against</span> " + html_text(other));
  if (!is_alone)
    out += fmt::format("<p class=\"headline\">{} {}</p>\n", verdict_of(model.verdict(), report.command()),
                       html_text(model.reason()));
  out += section("Findings", html_findings(report, model));
  if (model.has_alignment()) {
    out += section("How much it matters", html_list(matter_lines(model)));
    out += section("What to do", what_to_do(model));
    out += section("Without a counterpart", left_over(model.alignment()));
    out += section("Layers", html_layers(model, fmt::format("layers-{}", index)));
  }
  out += section("What the nodes show", witnesses_of(model));
  out += section("Evidence", evidence_of(model));
  if (report.command() == "verify")
    out += section("Nodes that are not identical", html_table(pairs_table(model)));
  else
    out +=
        section("Sliding-window operators", html_table(windows_table(model, report.command() == "inspect")));
  out += section("Outputs", html_table(outputs_table(model)));
  return out + section("Files", files_of(model)) + "</section>\n";
}

/// What inspect finds has no verdict and so no reason.
std::string summary_of(const Model& model) {
  if (!model.reason().empty() || model.nodes().empty()) return model.reason();
  const auto implicit = std::count_if(model.nodes().begin(), model.nodes().end(),
                                      [](const auto& node) { return node.status() != "unchanged"; });
  return fmt::format("{}, {} implicit",
                     plural(static_cast<std::size_t>(model.nodes().size()), "sliding-window operator"),
                     implicit);
}

std::string overview(const Message& report) {
  if (report.models().size() < 2) return "";
  std::string out =
      "<h2>Models</h2>\n<div class=\"scroll\"><table><thead><tr><th scope=\"col\">model</th><th "
      "scope=\"col\">verdict</th>"
      "<th scope=\"col\">reason</th></tr></thead><tbody>\n";
  for (int i = 0; i < report.models().size(); ++i) {
    const Model& model = report.models(i);
    const std::string verdict = model.verdict() != "none"    ? model.verdict()
                                : report.command() == "gate" ? "passed"
                                                             : "";
    out += fmt::format(
        "<tr><td class=\"name\"><a href=\"#model-{}\">{}</a></td><td class=\"{}\">{}</td><td>{}</td></tr>\n",
        i, html_text(model.source()), html_class(verdict), html_text(verdict), html_text(summary_of(model)));
  }
  return out + "</tbody></table></div>\n";
}

/// What kept the command from starting.
std::string errors_of(const Message& report) {
  std::vector<std::string> lines;
  for (const auto& error : report.errors()) lines.push_back(error.text());
  return html_list(lines);
}

/// Behind the verdict.
std::string headline_of(const Message& report) {
  const auto& models = report.models();
  if (models.empty()) return "";
  if (models.size() == 1) return models[0].reason();
  const bool is_judged =
      std::any_of(models.begin(), models.end(), [](const Model& model) { return model.verdict() != "none"; });
  const std::string count = fmt::format("{} models", models.size());
  return is_judged || report.command() == "gate" ? count + ": " + counts_by_verdict(report) : count;
}

std::string reproduce(const Message& report) {
  std::string command = "padproof";
  for (const std::string& argument : report.arguments()) command += " " + shell_quoted(argument);
  return fmt::format(
      "<h2>How to reproduce</h2>\n<pre>{}</pre>\n<p class=\"quiet\">padproof {}, report schema {}</p>\n",
      html_text(command), html_text(report.tool_version()), html_text(report.schema_version()));
}

std::string head(const std::string& title) {
  const std::string policy = fmt::format(
      "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action "
      "'none'",
      base64_of(model::sha256_of(kReportStyle)), base64_of(model::sha256_of(kReportScript)));
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n<title>{}</title>\n<style>{}</style>\n</head>\n",
      policy, html_text(title), kReportStyle);
}

}  // namespace

std::string render_html(const Message& report, const RenderOptions& /*options*/) {
  const std::string name = "padproof " + report.command();
  std::string out = head(
      report.verdict() == "none" ? name : name + ": " + verdict_in_words(report.command(), report.verdict()));
  out += fmt::format("<body>\n<header>\n<h1>{}</h1>\n<p class=\"headline\">{} {}</p>\n</header>\n<main>\n",
                     html_text(name), verdict_of(report.verdict(), report.command()),
                     html_text(headline_of(report)));
  out += overview(report);
  if (report.models().empty()) out += html_table(rules_table(report));
  out += errors_of(report);
  for (int i = 0; i < report.models().size(); ++i)
    out += render_model(report, report.models(i), static_cast<std::size_t>(i));
  std::vector<std::string> notes;
  for (const auto& note : report.notes()) notes.push_back(note.text());
  out += section("Notes", html_list(notes));
  out += reproduce(report);
  return out + fmt::format(
                   "</main>\n<footer>What a verdict means, and what it does not, is said in padproof's "
                   "README.</footer>\n"
                   "<script>{}</script>\n</body>\n</html>\n",
                   kReportScript);
}

}  // namespace padproof::report
