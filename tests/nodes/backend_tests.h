// SPDX-License-Identifier: Apache-2.0
// The backend tests of ONNX: models with stored inputs and outputs, as a folder tree of any version.
#pragma once

#include <string>
#include <vector>

#include "model/graph.h"

namespace padproof::test {

struct BackendTest {
  std::string name;                    // of its folder, or of the file where it stands alone
  std::string model;                   // path of the .onnx file
  std::vector<std::string> data_sets;  // folders of input_N.pb and output_N.pb
};

/// Every .onnx file below PADPROOF_NODE_TESTS, or below the folder that the environment variable of that name
/// gives; sorted by path.
std::vector<BackendTest> backend_tests();

/// Every .onnx file below `tree`, sorted by path.
std::vector<BackendTest> backend_tests(const std::string& tree);

/// Empty if `model` gives the outputs of the data set, otherwise what differs. Integers exactly, floats
/// within the tolerances of the ONNX suite (relative 1e-3, for bfloat16 2^-6; absolute 1e-7).
std::string check_data_set(const model::Model& model, const std::string& folder);

}  // namespace padproof::test
