// SPDX-License-Identifier: Apache-2.0
#include "verifier/proof/proof.h"

#include "verifier/proof/pairing.h"

namespace padproof::verifier {

std::string_view to_string(Status status) {
  switch (status) {
    case Status::kProved:
      return "proved";
    case Status::kRefuted:
      return "refuted";
    case Status::kUnknown:
      return "unknown";
  }
  return "unknown";
}

std::string_view to_string(Method method) {
  switch (method) {
    case Method::kIdentical:
      return "identical";
    case Method::kIndexMap:
      return "index-map";
    case Method::kComposedPad:
      return "composed-pad";
    case Method::kFolded:
      return "folded";
    case Method::kTransparent:
      return "transparent";
    case Method::kUnreached:
      return "unreached";
    case Method::kNone:
      return "none";
  }
  return "none";
}

Proof prove(const model::Model& source, const model::GraphInstance& source_facts, const model::Model& target,
            const model::GraphInstance& target_facts, ConstantComparison* constants,
            const model::Deadline& deadline) {
  ConstantComparison own;
  return Pairing(source, source_facts, target, target_facts, constants == nullptr ? own : *constants)
      .run(deadline);
}

}  // namespace padproof::verifier
