// SPDX-License-Identifier: Apache-2.0
#include "tests/certificate/certified.h"

#include <filesystem>

#include "check/scope.h"
#include "model/digest.h"
#include "tests/support/conversion.h"
#include "tests/support/exports.h"
#include "verifier/certificate/canonical.h"
#include "verifier/certificate/certificate.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;

const std::string kHead = "<ir_version: 8, opset_import: [\"\" : 17]> g ";

// At every size where the pads hold for all, in branches and loops, for averages that count pads.
const std::string kModels[] = {
    "(float[N,3,H,W] x, float[4,3,3,3] w) => (float[N,4,H,W] y) { y = Conv<auto_pad=\"SAME_UPPER\">(x, w) }",
    "(float[N,3,H,W] x) => (float[N,3,P,Q] y) { y = MaxPool<auto_pad=\"SAME_LOWER\", kernel_shape=[3,3], "
    "strides=[2,2]>(x) }",
    "(float[1,3,9,H] x) => (y) { y = AveragePool<auto_pad=\"SAME_UPPER\", kernel_shape=[2,3], strides=[2,1], "
    "count_include_pad=1>(x) }",
    "(float[1,1,H,4] x, float[1,2,3,3] w) => (y) { y = ConvTranspose<auto_pad=\"SAME_LOWER\", "
    "strides=[2,2]>(x, w) }",
    "(float[1,1,5,4] x, float[1,2,3,4] w) => (y) { y = ConvTranspose<output_shape=[9,8], strides=[2,2]>(x, "
    "w) }",
    "(float[1,1,H,8] x, float[1,1,9,3] w) => (y) { y = Conv<auto_pad=\"SAME_LOWER\", strides=[2,1]>(x, w) }",
    "(float[1,1,8,8] x, float[1,1,3,3] w) => (y) { a = MaxPool<kernel_shape=[2,2], strides=[2,2], "
    "ceil_mode=1>(x) y = "
    "Conv<auto_pad=\"SAME_UPPER\">(x, w) }",
    "(bool b, float[1,1,8,8] x, float[1,1,3,3] w) => (y) { y = If(b) <then_branch = t () => (float[1,1,4,4] "
    "p) { "
    "p = Conv<auto_pad=\"SAME_LOWER\", strides=[2,2]>(x, w) }, else_branch = e () => (float[1,1,6,6] q) { q "
    "= "
    "Conv<auto_pad=\"VALID\">(x, w) }> }",
    "(float[1,1,8,8] x, float[1,1,3,3] w) => (y) { a = Conv<auto_pad=\"SAME_UPPER\">(x, w) b = "
    "Concat<axis=1>(a, "
    "x) c = Transpose<perm=[0,1,3,2]>(b) y = LpPool<auto_pad=\"SAME_UPPER\", kernel_shape=[2,2]>(c) }",
};

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

std::vector<Certified> certified_shapes() {
  std::vector<Certified> all;
  for (const std::string& text : kModels) all.push_back(certify_text(kHead + text));
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
