// SPDX-License-Identifier: Apache-2.0
// A proof as a statement that others can check: certificates are written here, and never read.
//
// The checker (check/) shares no code with this. What the form has no words for is an error (kUnsupported),
// not a certificate that says less.
#pragma once

#include <string>

#include "model/facts.h"
#include "model/result.h"
#include "schemas/certificate.pb.h"
#include "verifier/evidence.h"

namespace padproof::verifier {

struct CertifiedPair {
  const model::Model& source;
  const model::GraphInstance& source_facts;
  const model::Model& target;
  const model::GraphInstance& target_facts;
  const Proof& proof;
  std::string source_name;  // of the files: the last part is used
  std::string target_name;
  std::string tool;
};

/// Only of what is proved. Hashes both models and their side files.
model::Result<schemas::Certificate> certify(const CertifiedPair& pair);

}  // namespace padproof::verifier
