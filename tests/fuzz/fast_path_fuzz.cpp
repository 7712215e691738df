// SPDX-License-Identifier: Apache-2.0
// The fast path gives the bits of the scalar oracle: layers, their values and the threads come from the
// bytes.
#include <bit>
#include <cstring>
#include <span>

#include "tests/fuzz/fuzz_input.h"
#include "tests/support/instruction_sets.h"
#include "tests/support/layers.h"

namespace {

using namespace padproof;
using verifier::NamedTensors;

/// Choices are read from the bytes; behind their end the first is taken.
class Bytes : public test::Random {
 public:
  explicit Bytes(std::span<const std::uint8_t> bytes)
      : test::Random(bytes.empty() ? 0 : bytes.front()), bytes_(bytes) {}

  // Of wide ranges mostly the beginning: small layers are run more often in the same time.
  std::int64_t between(std::int64_t least, std::int64_t most) override {
    constexpr std::int64_t kNarrow = 16;
    const std::int64_t byte = next();
    if (most - least < kNarrow) return least + byte % (most - least + 1);
    return least + (most - least) * byte * byte / (UINT8_MAX * UINT8_MAX);
  }
  std::uint8_t next() {
    if (is_empty()) return 0;
    const std::uint8_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte;
  }
  [[nodiscard]] bool is_empty() const { return bytes_.empty(); }

 private:
  std::span<const std::uint8_t> bytes_;
};

test::LayerCase layer_of(Bytes& bytes) {
  switch (bytes.between(0, 3)) {
    case 0:
      return test::random_convolution(bytes);
    case 1:
      return test::random_pooling(bytes);
    case 2:
      return test::random_product(bytes);
    default:
      return test::random_elementwise(bytes);
  }
}

/// What is left of the bytes overwrites elements with special values or any bits.
void patch(NamedTensors& inputs, Bytes& bytes) {
  while (!bytes.is_empty()) {
    const auto input = std::next(inputs.begin(), bytes.between(0, std::ssize(inputs) - 1));
    const std::span<float> values = input->second.mutable_data<float>();
    const std::size_t place = bytes.next() * std::size_t{256} + bytes.next();
    float value = test::special_value(bytes);
    if (bytes.one_in(2)) {
      std::uint32_t bits = 0;
      for (int i = 0; i < 4; ++i) bits = bits << 8U | bytes.next();
      value = std::bit_cast<float>(bits);
    }
    values[place % values.size()] = value;
  }
}

/// Larger ones take seconds on the emulated instruction set.
bool is_small(const NamedTensors& inputs) {
  std::int64_t elements = 0;
  for (const auto& [name, tensor] : inputs) elements += tensor.size();
  return elements < 20'000;
}

NamedTensors run(const model::Model& model, const NamedTensors& inputs, bool oracle, std::int64_t threads) {
  verifier::ExecuteOptions options;
  options.oracle = oracle;
  options.threads = static_cast<int>(threads);
  return test::value_or_throw(verifier::execute(model, inputs, options));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes({data, size});
  const std::int64_t several = bytes.between(2, 3);
  const auto values = bytes.one_in(2) ? test::Values::kOrdinary : test::Values::kUnderflow;
  const test::LayerCase layer = layer_of(bytes);
  const test::Loaded loaded = test::load_text(layer.text);
  NamedTensors inputs = test::random_inputs(loaded.model, values, bytes);
  if (!is_small(inputs)) return 0;
  patch(inputs, bytes);
  const NamedTensors wanted = run(loaded.model, inputs, true, 1);
  for (const test::InstructionSet& set : test::instruction_sets()) {
    const test::OnInstructionSet on_set(set);
    for (const std::int64_t threads : {std::int64_t{1}, several}) {
      const NamedTensors got = run(loaded.model, inputs, false, threads);
      if (!same_bits(got.at("y"), wanted.at("y")))
        fuzz::broken(layer.text + " on " + set.name + " with " + std::to_string(threads) + " threads");
    }
  }
  return 0;
}
