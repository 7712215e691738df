// SPDX-License-Identifier: Apache-2.0
// Converts a model in-process, with the verifier as the judge.
#pragma once

#include <memory>

#include "converter/convert.h"
#include "tests/support/models.h"
#include "verifier/verify.h"

namespace padproof::test {

struct Converted {
  Loaded source;
  converter::Conversion conversion;
  std::unique_ptr<Loaded> target;  // null if a node was refused
  verifier::Verdict verdict;       // proof only

  /// The plan's entry for a node by name or, if it has none, by its first output.
  [[nodiscard]] const converter::NodePlan& plan(std::string_view name) const;
  [[nodiscard]] bool warns(std::string_view name, std::string_view code) const;
};

Converted convert(Loaded source, const model::InferenceOptions& options = {});
Converted convert_text(std::string_view text, const model::InferenceOptions& options = {});

/// Proof of two texts against each other.
verifier::Proof prove_texts(std::string_view source, std::string_view target,
                            const model::InferenceOptions& options = {});

/// Runs both texts on the engine over one seeded sample.
verifier::Execution execute_texts(std::string_view source, std::string_view target, std::uint64_t seed = 0);

}  // namespace padproof::test
