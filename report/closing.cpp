// SPDX-License-Identifier: Apache-2.0
#include "report/closing.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "report/table.h"

namespace padproof::report {
namespace {

Table batch_table(const schemas::Batch& batch) {
  Table table({"models", "status", ""});
  const auto add = [&](std::int64_t models, const char* status, const char* text) {
    if (models != 0) table.add({{std::to_string(models), kBold}, {status, ""}, {text, kDim}});
  };
  add(batch.converted(), "converted", "");
  add(batch.copied(), "copied", "already explicit");
  add(batch.unchanged(), "unchanged", "already explicit");
  add(batch.up_to_date(), "up to date", "done by an earlier run");
  add(batch.refused(), "refused", "no output: not explicit, or not proved");
  add(batch.failed(), "failed", "no output: not read, or not written");
  add(batch.not_started(), "not started", "after a failure");
  return table;
}

}  // namespace

std::string verdict_in_words(const std::string& command, const std::string& verdict) {
  if (command == "diff" && verdict == "proved") return "no padding difference";
  return command == "gate" && verdict == "none" ? "passed" : verdict;
}

std::string counts_by_verdict(const Message& report) {
  std::map<std::string, std::int64_t> verdicts;
  for (const auto& count : report.batch().verdicts()) verdicts[count.verdict()] = count.models();
  if (!report.has_batch())
    for (const schemas::Model& model : report.models()) ++verdicts[model.verdict()];
  std::vector<std::string> parts;
  parts.reserve(verdicts.size());
  for (const auto& [verdict, models] : verdicts)
    parts.push_back(fmt::format("{} {}", models, verdict_in_words(report.command(), verdict)));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string closing_lines(const Message& report, const RenderOptions& options, bool markdown) {
  const std::int64_t models = report.has_batch() ? report.batch().models() : report.models_size();
  if (models == 0 && report.has_batch()) return "no models\n";
  if (models < 2) return "";
  const bool is_dense = options.quiet && !markdown;
  std::string out = is_dense || report.models().empty() ? "" : "\n";
  if (report.has_batch() && !options.quiet) {
    const Table table = batch_table(report.batch());
    out += markdown ? table.render_markdown(table.rows().size()) + "\n" : table.render(options.color);
    const std::string& manifest = report.batch().manifest();
    if (!manifest.empty() && !markdown) out += "  manifest: " + manifest + "\n";
    if (!manifest.empty() && markdown) out += "Manifest: " + markdown_code(manifest) + "\n\n";
  }
  return out + fmt::format("{} models: {}\n", models, counts_by_verdict(report));
}

}  // namespace padproof::report
