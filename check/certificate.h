// SPDX-License-Identifier: Apache-2.0
// A certificate as it is read. Nothing in it is believed: it gives hints, and in the end all of it must be
// what the models give.
#pragma once

#include <nlohmann/json.hpp>

#include "check/files.h"

namespace padproof::check {

using Json = nlohmann::json;

/// The certificate in `text`, or in the in-toto statement that is `text`.
Json read_certificate(const std::string& text);

/// What a certificate must say of a model, but for its file's name.
Json model_claim(const LoadedModel& model);

/// Stops if the two are not the same to the letter; says in which member, if they are objects.
void require_same(const Json& derived, const Json& stated, const std::string& what);

/// Makes the proof anew, by congruence: nodes that do the same to equal inputs have equal outputs. Stops
/// unless `certificate` is what the two models give; otherwise says what was found.
std::string check_pair(const LoadedModel& source, const LoadedModel& target, const Json& certificate);

}  // namespace padproof::check
