// SPDX-License-Identifier: Apache-2.0
// Arbitrary bytes as a model: read, inferred and planned without a crash, a hang or an error that is not one
// line.
#include "converter/planner.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace padproof;
  const auto model = fuzz::read(data, size);
  if (!model) return 0;
  const auto facts = model::infer(*model, fuzz::inference_options());
  if (!facts) {
    fuzz::check_diagnostic(facts.error());
    return 0;
  }
  const auto plan = converter::make_plan(*model, **facts);
  if (!plan) fuzz::check_diagnostic(plan.error());
  return 0;
}
