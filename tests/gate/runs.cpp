// SPDX-License-Identifier: Apache-2.0
#include "tests/gate/runs.h"

#include <doctest/doctest.h>
#include <google/protobuf/util/json_util.h>

namespace padproof::test {

ProcessResult gate(Strings arguments) {
  arguments.insert(arguments.begin(), {"gate", "--format", "json"});
  return run_padproof(arguments);
}

schemas::Report report_of(const ProcessResult& result) {
  schemas::Report report;
  const auto status = google::protobuf::util::JsonStringToMessage(result.out, &report);
  CHECK_MESSAGE(status.ok(), status.ToString());
  return report;
}

Strings findings_of(const schemas::Model& model) {
  Strings found;
  for (const auto& finding : model.findings()) found.push_back(finding.rule() + " " + finding.state());
  return found;
}

bool says(const ProcessResult& result, const std::string& part) {
  return result.err.find(part) != std::string::npos;
}

}  // namespace padproof::test
