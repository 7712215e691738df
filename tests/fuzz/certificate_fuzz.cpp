// SPDX-License-Identifier: Apache-2.0
// The certificate checker on arbitrary certificates of a fixed pair, and on arbitrary models: it ends by
// itself, accepts no certificate of the pair but the honest one, and no target that the prover refutes.
//
// The first byte says what the others are: `c` a certificate, `t` the target beside the fixed source and its
// certificate, all else a model to be checked against itself.
#include "check/scope.h"
#include "check/stop.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/conversion.h"
#include "verifier/certificate/canonical.h"
#include "verifier/certificate/certificate.h"
#include "verifier/proof/proof.h"

namespace {

using namespace padproof;
using check::Json;

constexpr std::string_view kSource =
    "<ir_version: 8, opset_import: [\"\" : 17]> g (float[1,3,9,H] x, float[4,3,3,3] w) => (float[1,4,5,Q] y, "
    "z) "
    "<float[2] k = {1, 2}> { a = Conv<auto_pad=\"SAME_UPPER\", strides=[2,1]>(x, w) y = Relu(a) z = "
    "AveragePool<auto_pad=\"SAME_LOWER\", kernel_shape=[2,2]>(y) }";

check::LoadedModel load(const std::string& bytes) {
  check::LoadedModel loaded;
  loaded.bytes = bytes;
  loaded.model = check::read_model(loaded.bytes);
  return loaded;
}

// Digests say nothing here, or every change would end at them.
Json without_digests(Json certificate) {
  for (const char* side : {"source", "target"}) {
    certificate[side]["sha256"] = "";
    certificate[side]["bytes"] = "0";
  }
  return certificate;
}

struct Fixed {
  Fixed() : converted(test::convert_text(kSource)) {
    const auto& mine = converted.source;
    const auto& theirs = *converted.target;
    const auto made = test::value_or_throw(verifier::certify(
        {mine.model, *mine.facts, theirs.model, *theirs.facts, converted.verdict.proof, "s", "t", "tests"}));
    certificate = without_digests(Json::parse(test::value_or_throw(verifier::canonical_json(made))));
    source = test::bytes_of(*mine.model.source);
    target = test::bytes_of(*theirs.model.source);
    try {
      check::check_pair(load(source), load(target), certificate);
    } catch (const check::Stop& stop) {
      fuzz::broken("the honest certificate is not accepted: " + stop.reason);
    }
  }
  test::Converted converted;
  std::string source;
  std::string target;
  Json certificate;
};

/// What the certificate itself may say as it likes.
Json without_freedom(Json certificate) {
  for (const char* side : {"source", "target"}) certificate[side].erase("name");
  certificate["claim"].erase("preconditions");
  certificate.erase("tool");
  return certificate;
}

void try_certificate(const Fixed& fixed, const std::string& text) {
  const Json certificate = check::read_certificate(text);
  check::check_pair(load(fixed.source), load(fixed.target), certificate);
  if (without_freedom(certificate) != without_freedom(fixed.certificate))
    fuzz::broken("another certificate is accepted: " + text);
}

void try_target(const Fixed& fixed, const std::string& bytes) {
  check::check_pair(load(fixed.source), load(bytes), fixed.certificate);
  const auto target = model::read_onnx(test::rope_of(bytes), "fuzz.onnx");
  if (!target) return;
  const auto facts = model::infer(*target, fuzz::inference_options());
  if (!facts) return;
  const auto& source = fixed.converted.source;
  if (verifier::prove(source.model, *source.facts, *target, **facts).status == verifier::Status::kRefuted)
    fuzz::broken("a target is accepted that the prover refutes");
}

void try_itself(const Fixed& fixed, const std::string& bytes) {
  const auto loaded = load(bytes);
  Json certificate = fixed.certificate;
  for (const char* list : {"inputs", "nodes", "obligations", "outputs"}) certificate[list] = Json::array();
  for (const auto& input : loaded.model.graph.inputs)
    certificate["inputs"].push_back({{"name", check::escaped(input.name)},
                                     {"has_rank", input.shape.has_value()},
                                     {"extents", input.shape.value_or(check::Shape())}});
  for (std::size_t i = 0; i < loaded.model.graph.nodes.size(); ++i)
    certificate["nodes"].push_back({{"source", i}, {"target", i}, {"method", "identical"}});
  for (const auto& output : loaded.model.graph.outputs)
    certificate["outputs"].push_back(check::escaped(output.name));
  check::check_pair(loaded, loaded, certificate);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Fixed fixed;
  if (size == 0 || size > fuzz::kMostBytes) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    if (data[0] == 'c') {
      try_certificate(fixed, bytes);
    } else if (data[0] == 't') {
      try_target(fixed, bytes);
    } else {
      try_itself(fixed, bytes);
    }
  } catch (const check::Stop& stop) {
    if (stop.reason.empty() || stop.answer == check::Answer::kAccepted)
      fuzz::broken("a check stops without a reason");
  } catch (const Json::exception&) {
    // Not of the form that is due; main() says so.
  }
  return 0;
}
