// SPDX-License-Identifier: Apache-2.0
#include "cli/batch.h"
#include "cli/batch_report.h"
#include "cli/report_output.h"
#include "converter/batch/merge.h"
#include "converter/publish.h"

namespace padproof::cli {

int merge_manifests(const ConvertOptions& options) {
  if (options.manifest.empty())
    return fail({model::Fault::kUsage,
                 "no-manifest",
                 "--merge-manifests needs --manifest FILE to write",
                 {},
                 {},
                 {}});
  std::vector<std::string> files = options.merged;
  files.push_back(options.manifest);
  if (auto checked = check_report_files(options.common, files); !checked) return fail(checked.error());
  const auto merged = converter::MergedManifest::of(options.merged);
  if (!merged) return fail(merged.error());
  if (auto written = converter::publish(*merged->text(), options.manifest); !written)
    return fail(written.error());
  BatchReport collected(options, merged->size());
  for (const model::Diagnostic& warning : merged->warnings()) collected.add_warning(warning);
  for (std::size_t i = 0; i < merged->size(); ++i) {
    const converter::Record record = merged->record(i);
    schemas::Model model;
    model.set_source(record.source);
    if (!record.target_file.sha256.empty()) model.set_target(record.source);
    model.set_verdict(record.verdict);
    model.set_reason(record.reason);
    collected.add(std::move(model), record.status);
  }
  report::Message& report = collected.finish();
  report.mutable_batch()->set_manifest(model::printable(options.manifest, model::kMostPrintablePath));
  return deliver(report, options.common);
}

}  // namespace padproof::cli
