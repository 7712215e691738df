// SPDX-License-Identifier: Apache-2.0
// Runs of `padproof gate`, and what they report.
#pragma once

#include <string>
#include <vector>

#include "schemas/report.pb.h"
#include "tests/support/process.h"

namespace padproof::test {

using Strings = std::vector<std::string>;

const std::string kImplicit = "testdata/examples/same.onnx";
const std::string kExplicit = "testdata/examples/pads.onnx";
const std::string kStrided = "testdata/examples/same_stride2.onnx";
const std::string kShortcut = "testdata/examples/shortcut_stride2.onnx";

/// With --format json.
ProcessResult gate(Strings arguments);

schemas::Report report_of(const ProcessResult& result);

/// `rule state` of each finding of a model.
Strings findings_of(const schemas::Model& model);

/// Whether standard error holds `part`.
bool says(const ProcessResult& result, const std::string& part);

}  // namespace padproof::test
