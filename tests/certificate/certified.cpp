// SPDX-License-Identifier: Apache-2.0
#include "tests/certificate/certified.h"

#include <filesystem>

#include "check/certificate.h"
#include "model/digest.h"
#include "tests/support/conversion.h"
#include "tests/support/exports.h"
#include "verifier/certificate/canonical.h"
#include "verifier/certificate/certificate.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;

Certified certify_loaded(Loaded source, const model::InferenceOptions& options) {
  const std::string name = source.model.file;
  const Converted converted = convert(std::move(source), options);
  if (!converted.conversion.approved) throw std::runtime_error(name + " is not converted");
  const model::Model& mine = converted.source.model;
  const model::Model& theirs = converted.target->model;
  const auto certificate = value_or_throw(
      verifier::certify({mine, *converted.source.facts, theirs, *converted.target->facts,
                         converted.verdict.proof, "folder/source.onnx", "folder/target.onnx", "tests"}));
  return {name, bytes_of(*mine.source), bytes_of(*theirs.source),
          nlohmann::json::parse(value_or_throw(verifier::canonical_json(certificate)))};
}

check::LoadedModel loaded(const std::string& bytes) {
  check::LoadedModel model;
  model.bytes = bytes;
  model.digest = {model::sha256_of(bytes), bytes.size()};
  model.model = check::read_model(model.bytes);
  return model;
}

void patch(nlohmann::json& file, const std::string& bytes) {
  file["sha256"] = model::sha256_of(bytes);
  file["bytes"] = std::to_string(bytes.size());
}

}  // namespace

Certified certify_file(const std::string& path, const model::InferenceOptions& options) {
  return certify_loaded(load_file(path, options), options);
}

Certified certify_text(const std::string& text, const model::InferenceOptions& options) {
  return certify_loaded(load_text(text, options), options);
}

std::vector<Certified> certified_models() {
  std::vector<Certified> all;
  for (const std::string& name : exported_names()) {
    const ExportedModel exported = exported_model(name);
    all.push_back(certify_file(exported.path, bound_to(exported.inputs)));
  }
  for (const auto& entry : fs::directory_iterator(PADPROOF_SOURCE_DIR "/testdata/examples"))
    if (entry.path().extension() == ".onnx") all.push_back(certify_file(entry.path().string(), {}));
  std::sort(all.begin(), all.end(),
            [](const auto& left, const auto& right) { return left.name < right.name; });
  return all;
}

void patch_digests(Certified& certified) {
  patch(certified.certificate["source"], certified.source);
  patch(certified.certificate["target"], certified.target);
}

CheckResult check_certified(const Certified& certified) {
  try {
    const auto certificate = check::read_certificate(certified.certificate.dump());
    const auto source = loaded(certified.source);
    const auto target = loaded(certified.target);
    return {check::Answer::kAccepted, check::check_pair(source, target, certificate)};
  } catch (const check::Stop& stop) {
    return {stop.answer, stop.reason};
  } catch (const nlohmann::json::exception& error) {
    return {check::Answer::kUnreadable, error.what()};
  }
}

}  // namespace padproof::test
