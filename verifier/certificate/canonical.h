// SPDX-License-Identifier: Apache-2.0
// Certificates as bytes: the same certificate, the same bytes.
#pragma once

#include <string>
#include <string_view>

#include "model/result.h"
#include "schemas/certificate.pb.h"

namespace padproof::verifier {

/// Text of a model for a certificate: every byte but printable ASCII, and the backslash, as \xNN.
std::string certified_text(std::string_view text);

/// RFC 8785's canonical JSON.
model::Result<std::string> canonical_json(const schemas::Certificate& certificate);

/// The same as the predicate of an in-toto Statement v1 about the target, canonical as well.
model::Result<std::string> in_toto_statement(const schemas::Certificate& certificate);

}  // namespace padproof::verifier
