// SPDX-License-Identifier: Apache-2.0
#include "cli/batch_report.h"

#include "cli/commands.h"
#include "report/build.h"

namespace padproof::cli {
namespace {

// Models that text tells of one by one; of more it names those that fail.
constexpr std::size_t kMostTold = 100;
// Models listed, beside those that fail, and listed with their nodes: a few kilobytes each.
constexpr int kMostListed = 100'000;
constexpr int kMostWithNodes = 1'000;

}  // namespace

bool is_good(const std::string& verdict, const CommonOptions& options) {
  return verdict == "proved" || verdict == "none" || (verdict == "unknown" && options.allow_unknown);
}

BatchReport::BatchReport(const ConvertOptions& options, std::size_t count)
    : report_(report::make_report("convert", kVersion)),
      lists_all_(options.common.format != "text" || !options.common.reports.empty() || count <= kMostTold) {
  report_.mutable_batch()->set_shard(options.shard);
  report_.mutable_batch()->set_verdict("none");
}

void BatchReport::count(const std::string& status) {
  schemas::Batch& batch = *report_.mutable_batch();
  batch.set_models(batch.models() + 1);
  if (status == "converted") batch.set_converted(batch.converted() + 1);
  if (status == "copied") batch.set_copied(batch.copied() + 1);
  if (status == "unchanged") batch.set_unchanged(batch.unchanged() + 1);
  if (status == "up_to_date") batch.set_up_to_date(batch.up_to_date() + 1);
  if (status == "refused") batch.set_refused(batch.refused() + 1);
  if (status == "failed") batch.set_failed(batch.failed() + 1);
  if (status == "not_started") batch.set_not_started(batch.not_started() + 1);
}

void BatchReport::add(schemas::Model model, const std::string& status) {
  count(status);
  if (status == "not_started") return;
  model.set_outcome(status);
  schemas::Batch& batch = *report_.mutable_batch();
  batch.set_verdict(report::worse_of(batch.verdict(), model.verdict()));
  ++verdicts_[model.verdict()];
  const bool fails = model.verdict() != "proved" && model.verdict() != "none";
  if (fails) ++failures_;
  if ((!lists_all_ && !fails) || report_.models_size() >= kMostListed) {
    batch.set_not_listed(batch.not_listed() + 1);
    return;
  }
  if (report_.models_size() >= kMostWithNodes && model.nodes_size() > 0) {
    model.clear_nodes();
    batch.set_without_nodes(batch.without_nodes() + 1);
  }
  *report_.add_models() = std::move(model);
}

void BatchReport::add_warning(const model::Diagnostic& warning) {
  schemas::Diagnostic& note = *report_.add_notes();
  note.set_code(warning.code);
  note.set_text(model::to_string(warning));
}

void BatchReport::add_failure(const model::Diagnostic& failure) {
  add_warning(failure);
  report_.mutable_batch()->set_verdict("error");
}

report::Message& BatchReport::finish() {
  for (const auto& [verdict, models] : verdicts_) {
    schemas::VerdictCount& count = *report_.mutable_batch()->add_verdicts();
    count.set_verdict(verdict);
    count.set_models(models);
  }
  return report_;
}

}  // namespace padproof::cli
