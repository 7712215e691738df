// SPDX-License-Identifier: Apache-2.0
#include "verifier/certificate/certificate.h"

#include <algorithm>
#include <array>
#include <limits>

#include "verifier/certificate/canonical.h"
#include "verifier/certificate/files.h"
#include "verifier/certificate/node_pairs.h"
#include "verifier/certificate/obligations.h"

namespace padproof::verifier {
namespace {

using model::Result;

/// What a proof assumes, by how the sentence that says so begins.
struct Precondition {
  std::string_view code;
  std::string_view beginning;
};
constexpr std::array kPreconditions = {
    Precondition{"input-sizes", "input '"},
    Precondition{"newest-opset", "operators of opset "},
    Precondition{"other-domains", "operators of other domains "},
    Precondition{"recorded-shapes", "shapes recorded in value_info "},
    Precondition{"training-info", "training information "},
};

Result<void> add_claim(const Proof& proof, schemas::Certificate& certificate) {
  schemas::Claim& claim = *certificate.mutable_claim();
  claim.set_outputs("equal-for-all-inputs");
  claim.set_floating_point("same-operations");
  std::size_t known = 0;
  for (const Precondition& each : kPreconditions) {
    const auto says_so = [&](const std::string& text) { return text.starts_with(each.beginning); };
    const auto count = std::count_if(proof.assumptions.begin(), proof.assumptions.end(), says_so);
    if (count != 0) claim.add_preconditions(std::string(each.code));
    known += static_cast<std::size_t>(count);
  }
  if (known == proof.assumptions.size()) return {};
  return model::unsupported("certificate-form", "the proof assumes what certificates have no word for");
}

Result<void> add_interface(const CertifiedPair& pair, schemas::Certificate& certificate) {
  for (const model::ValueInfo& input : pair.source.graph->inputs) {
    schemas::CertifiedInput& entry = *certificate.add_inputs();
    entry.set_name(certified_text(input.name));
    const auto& shape = pair.source_facts.facts(input.value).shape;
    entry.set_has_rank(shape.has_value());
    if (!shape) continue;
    for (const model::Extent& extent : *shape) {
      const std::int64_t number = extent.constant().value_or(-1);
      if (number > std::numeric_limits<std::int32_t>::max())
        return model::unsupported("certificate-size", "an input is too large for a certificate");
      entry.add_extents(static_cast<std::int32_t>(number));
    }
  }
  for (const model::ValueInfo& output : pair.source.graph->outputs)
    certificate.add_outputs(certified_text(output.name));
  return {};
}

}  // namespace

Result<schemas::Certificate> certify(const CertifiedPair& pair) {
  if (pair.proof.status != Status::kProved)
    return model::unsupported("not-proved", "a certificate is given for what is proved only");
  schemas::Certificate certificate;
  certificate.set_certificate_version("1.0");
  certificate.set_semantics_version("1");
  certificate.set_tool(pair.tool);
  auto source = certify_files(pair.source, pair.source_name);
  if (!source) return model::Error(source.error());
  *certificate.mutable_source() = std::move(*source);
  auto target = certify_files(pair.target, pair.target_name);
  if (!target) return model::Error(target.error());
  *certificate.mutable_target() = std::move(*target);
  if (auto done = add_interface(pair, certificate); !done) return model::Error(done.error());
  if (auto done = certify_nodes(pair, certificate); !done) return model::Error(done.error());
  if (auto done = certify_obligations(pair, certificate); !done) return model::Error(done.error());
  if (auto done = add_claim(pair.proof, certificate); !done) return model::Error(done.error());
  return certificate;
}

}  // namespace padproof::verifier
