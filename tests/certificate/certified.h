// SPDX-License-Identifier: Apache-2.0
// Converted models with the certificates of it, and the checker's answer to them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "check/stop.h"
#include "model/inference.h"

namespace padproof::test {

struct Certified {
  std::string name;
  std::string source;  // bytes
  std::string target;
  nlohmann::json certificate;
};

/// Converts and certifies in-process.
Certified certify_file(const std::string& path, const model::InferenceOptions& options);
Certified certify_text(const std::string& text, const model::InferenceOptions& options = {});

/// Every model of testdata/exports at the sizes of its inputs, and every one of testdata/examples.
std::vector<Certified> certified_models();

/// Small ones: every size, transposed, averages that count pads, branches.
std::vector<Certified> certified_shapes();

/// Writes the digests that the bytes have into the certificate.
void patch_digests(Certified& certified);

struct CheckResult {
  check::Answer answer;
  std::string reason;
};
CheckResult check_certified(const Certified& certified);

}  // namespace padproof::test
