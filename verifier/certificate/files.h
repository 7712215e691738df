// SPDX-License-Identifier: Apache-2.0
// What a certificate says of the files.
#pragma once

#include <string>

#include "model/graph.h"
#include "model/result.h"
#include "schemas/certificate.pb.h"

namespace padproof::verifier {

/// Digests of the model, which need not have been written yet, and of every side file that it names.
model::Result<schemas::CertifiedModel> certify_files(const model::Model& model, const std::string& name);

}  // namespace padproof::verifier
