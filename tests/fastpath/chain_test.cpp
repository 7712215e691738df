// SPDX-License-Identifier: Apache-2.0
// Which nodes a convolution does on the way depends on what is known when it runs; the bits do not.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/layers.h"
#include "tests/support/models.h"
#include "verifier/execution.h"

namespace padproof::test {
namespace {

using verifier::NamedTensors;

struct Row {
  std::string name;
  int opset;
  std::string nodes;  // what they read: x, w, r, least, most
};

NamedTensors run(const Loaded& loaded, const NamedTensors& inputs, bool oracle) {
  verifier::ExecuteOptions options;
  options.oracle = oracle;
  return value_or_throw(verifier::execute(loaded.model, inputs, options));
}

}  // namespace

TEST_CASE("chains give the oracle's bits whichever bounds are known") {
  const Row rows[] = {
      {"both", 17, "c = Conv(x, w) a = Add(c, r) y = Clip(a, low, most)"},
      {"min, max comes later", 17, "c = Conv(x, w) a = Add(c, r) m = Identity(most) y = Clip(a, low, m)"},
      {"max, min comes later", 17, "c = Conv(x, w) a = Add(c, r) l = Identity(least) y = Clip(a, l, most)"},
      {"min, no addend", 17, "c = Conv(x, w) m = Identity(most) y = Clip(c, low, m)"},
      {"min, max omitted", 17, "c = Conv(x, w) a = Add(c, r) y = Clip(a, low)"},
      {"neither", 17,
       "c = Conv(x, w) a = Add(c, r) l = Identity(least) m = Identity(most) y = Clip(a, l, m)"},
      {"of an opset whose Clip has attributes", 10, "c = Conv(x, w) a = Add(c, r) y = Clip(a, low, most)"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Loaded loaded = load_text(fmt::format(
        R"(<ir_version: 8, opset_import: ["" : {}]>
g (float[1,4,6,6] x, float[5,4,1,1] w, float[1,5,6,6] r, float least, float most) => (float[] y) {{
  low = Constant<value = float {{-0.25}}>()
  {}
}})",
        row.opset, row.nodes));
    for (const bool is_upside_down : {false, true}) {
      CAPTURE(is_upside_down);
      Random random(20261122);
      NamedTensors inputs = random_inputs(loaded.model, Values::kOrdinary, random);
      inputs.at("least").mutable_data<float>()[0] = is_upside_down ? 0.5F : -0.5F;
      inputs.at("most").mutable_data<float>()[0] = is_upside_down ? -0.5F : 0.5F;
      CHECK(same_bits(run(loaded, inputs, false).at("y"), run(loaded, inputs, true).at("y")));
    }
  }
}

}  // namespace padproof::test
