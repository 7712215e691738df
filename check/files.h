// SPDX-License-Identifier: Apache-2.0
// The files: certificates, and the models that they are about, each read once and hashed on the way. Nothing
// in a certificate is believed: it gives hints, and in the end all of it must be what the models give.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "check/model.h"

namespace padproof::check {

using Json = nlohmann::json;

struct FileDigest {
  std::string sha256;
  std::uint64_t bytes = 0;
};

/// A model with all that it is made of. Stays where it is: `model` points into `bytes`.
struct LoadedModel {
  std::string bytes;
  FileDigest digest;
  Model model;
  std::map<std::string, FileDigest, std::less<>> external_data;  // by location
};

/// Of a regular file; its bytes go to `keep` unless that is null.
FileDigest read_file(const std::string& path, std::string* keep);
/// Side files must lie in the model's folder, links followed.
std::shared_ptr<const LoadedModel> load_model(const std::string& path);
/// The certificate in `text`, or in the in-toto statement that is `text`.
Json read_certificate(const std::string& text);
/// What a certificate must say of a model, but for its file's name.
Json model_claim(const LoadedModel& model);
/// Stops if the two are not the same to the letter; says in which member, if they are objects.
void require_same(const Json& derived, const Json& stated, const std::string& what);

}  // namespace padproof::check
