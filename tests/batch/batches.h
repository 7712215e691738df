// SPDX-License-Identifier: Apache-2.0
// Folders of models, and batches over them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "converter/batch/record.h"
#include "schemas/report.pb.h"
#include "tests/support/process.h"

namespace padproof::test {

const std::string kSame = "testdata/examples/same.onnx";           // converted
const std::string kSame2 = "testdata/examples/same_stride2.onnx";  // converted
const std::string kPads = "testdata/examples/pads.onnx";           // explicit already

/// `in/a.onnx`, `in/b.onnx`, `in/deep/c.onnx` of these.
void write_models(const TemporaryFolder& folder);

struct BatchResult {
  ProcessResult process;
  schemas::Batch counts;
};

/// `convert` with --format json.
BatchResult convert(std::vector<std::string> arguments);
/// FOLDER/in to FOLDER/out.
BatchResult convert_folder(const TemporaryFolder& folder, const std::vector<std::string>& more = {});

/// The last record of each model.
std::map<std::string, converter::Record> records_of(const std::string& manifest);

/// All regular files below a folder, sorted, without manifests.
std::vector<std::string> files_below(const std::string& folder);

/// A model whose weights lie in the side file `location`.
std::string model_with_weights_in(const std::string& location);

}  // namespace padproof::test
