// SPDX-License-Identifier: Apache-2.0
#include "verifier/certificate/certificate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "model/visit_tensors.h"
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
    Precondition{"recorded-shapes", "shapes recorded in value_info "},
    Precondition{"training-info", "training information "},
};

constexpr std::string_view kOtherDomains = "operators of other domains ";

// Operators that the standard does not describe are taken to be functions of their inputs, known here or not.
bool has_other_domains(const model::Model& model, const model::Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const model::Node& node) {
    if (!node.domain.empty() && model::find_function(model, node) == nullptr) return true;
    return std::any_of(
        node.attributes.begin(), node.attributes.end(), [&](const model::Attribute& attribute) {
          return std::any_of(attribute.graphs.begin(), attribute.graphs.end(),
                             [&](const auto& inner) { return has_other_domains(model, *inner); });
        });
  });
}

bool has_other_domains(const model::Model& model) {
  return has_other_domains(model, *model.graph) ||
         std::any_of(model.functions.begin(), model.functions.end(), [&](const model::Function& function) {
           return has_other_domains(model, *function.body);
         });
}

Result<void> add_claim(const CertifiedPair& pair, schemas::Certificate& certificate) {
  schemas::Claim& claim = *certificate.mutable_claim();
  claim.set_outputs("equal-for-all-inputs");
  claim.set_floating_point("same-operations");
  const std::vector<std::string>& assumptions = pair.proof.assumptions;
  std::set<std::string> codes;
  if (has_other_domains(pair.source)) codes.emplace("other-domains");
  const auto is_about_domains = [](const std::string& text) { return text.starts_with(kOtherDomains); };
  auto known = std::count_if(assumptions.begin(), assumptions.end(), is_about_domains);
  for (const Precondition& each : kPreconditions) {
    const auto says_so = [&](const std::string& text) { return text.starts_with(each.beginning); };
    const auto count = std::count_if(assumptions.begin(), assumptions.end(), says_so);
    if (count != 0) codes.emplace(each.code);
    known += count;
  }
  for (const std::string& code : codes) claim.add_preconditions(code);
  if (known == static_cast<std::ptrdiff_t>(assumptions.size())) return {};
  return model::unsupported("certificate-form", "the proof assumes what certificates have no word for");
}

bool are_declared_alike(const std::vector<model::ValueInfo>& source,
                        const std::vector<model::ValueInfo>& target) {
  return std::equal(source.begin(), source.end(), target.begin(), target.end(),
                    [](const model::ValueInfo& mine, const model::ValueInfo& theirs) {
                      return mine.type.message == theirs.type.message;
                    });
}

/// Where external data is, as the file says it.
std::multiset<std::string> places_of_data(const model::Model& model) {
  std::multiset<std::string> places;
  model::visit_model_tensors(model, [&](const model::TensorRef& tensor) {
    if (tensor.storage != model::Storage::kExternal) return;
    const model::ExternalData& data = tensor.external;
    places.insert(fmt::format("{} {} {}", data.offset_bytes, data.length_bytes.value_or(0), data.location));
  });
  return places;
}

// Where the checker would have to know more than what it reads.
Result<void> require_same_form(const CertifiedPair& pair) {
  const model::Graph& source = *pair.source.graph;
  const model::Graph& target = *pair.target.graph;
  if (pair.source.opset_imports != pair.target.opset_imports)
    return model::unsupported("certificate-form", "operator sets are not the same in both models");
  if (!are_declared_alike(source.inputs, target.inputs) ||
      !are_declared_alike(source.outputs, target.outputs))
    return model::unsupported("certificate-form", "inputs or outputs are declared otherwise in the target");
  if (places_of_data(pair.source) != places_of_data(pair.target))
    return model::unsupported("certificate-form", "external data is at other places in the target");
  return {};
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
  if (auto same = require_same_form(pair); !same) return model::Error(same.error());
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
  if (auto done = add_claim(pair, certificate); !done) return model::Error(done.error());
  return certificate;
}

}  // namespace padproof::verifier
