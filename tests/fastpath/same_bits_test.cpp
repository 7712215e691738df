// SPDX-License-Identifier: Apache-2.0
// The fast path gives the bits of the scalar oracle: every operator it knows, every instruction set, any
// number of threads.
#include <doctest/doctest.h>

#include <bit>

#include "tests/support/instruction_sets.h"
#include "tests/support/layers.h"
#include "tests/support/models.h"
#include "tests/support/slow_build.h"

namespace padproof::test {
namespace {

using verifier::NamedTensors;

NamedTensors run(const model::Model& model, const NamedTensors& inputs, bool oracle, int threads) {
  verifier::ExecuteOptions options;
  options.oracle = oracle;
  options.threads = threads;
  return value_or_throw(verifier::execute(model, inputs, options));
}

void check_case(const LayerCase& layer, Values values, Random& random) {
  const Loaded loaded = load_text(layer.text);
  const NamedTensors inputs = random_inputs(loaded.model, values, random);
  const NamedTensors wanted = run(loaded.model, inputs, true, 1);
  for (const InstructionSet& set : instruction_sets()) {
    const OnInstructionSet on_set(set);
    for (const int threads : {1, 2, 7}) {
      const NamedTensors got = run(loaded.model, inputs, false, threads);
      INFO(layer.text << " on " << set.name << " with " << threads << " threads");
      REQUIRE(same_bits(got.at("y"), wanted.at("y")));
    }
  }
}

struct Row {
  std::string name;
  LayerCase (*layer)(Random&);
};

}  // namespace

TEST_CASE("the emulated instruction set and those of this machine are tried") {
  CHECK(instruction_sets().size() >= 1);
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0) CHECK(instruction_sets().size() >= 2);
#endif
}

TEST_CASE("random layers give the oracle's bits") {
  const Row rows[] = {{"convolution", random_convolution},
                      {"pooling", random_pooling},
                      {"product", random_product},
                      {"elementwise", random_elementwise},
                      {"integer convolution", random_integer_convolution},
                      {"integer product", random_integer_product},
                      {"linear bytes", random_linear_bytes}};
  const int cases = kSlowBuild ? 15 : 120;
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Random random(20261122);
    for (int i = 0; i < cases; ++i) {
      check_case(row.layer(random), Values::kOrdinary, random);
      if (i % 2 == 0) check_case(row.layer(random), Values::kSpecial, random);
      if (i % 2 == 1) check_case(row.layer(random), Values::kUnderflow, random);
    }
  }
}

TEST_CASE("Sigmoid gives the oracle's bits over all exponents") {
  const Loaded loaded = load_text(
      "<ir_version: 8, opset_import: [\"\" : 17]> g (float[2097152] x) => (float[2097152] y) { y = "
      "Sigmoid(x) }");
  verifier::Tensor x(model::DataType::kFloat, {2097152});
  std::uint32_t bits = 1;
  for (float& value : x.mutable_data<float>()) value = std::bit_cast<float>(bits += 2039);
  const NamedTensors inputs{{"x", x}};
  const NamedTensors wanted = run(loaded.model, inputs, true, 1);
  for (const InstructionSet& set : instruction_sets()) {
    const OnInstructionSet on_set(set);
    INFO(set.name);
    CHECK(same_bits(run(loaded.model, inputs, false, 2).at("y"), wanted.at("y")));
  }
}

}  // namespace padproof::test
