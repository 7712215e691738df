// SPDX-License-Identifier: Apache-2.0
// The bits of a whole ResNet-50 are one digest, here and anywhere: any number of threads, either instruction
// set, alone or inside a batch.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "tests/support/exports.h"
#include "tests/support/instruction_sets.h"
#include "tests/support/models.h"
#include "verifier/execution.h"

namespace padproof::test {
namespace {

using verifier::NamedTensors;
using verifier::Tensor;

// FNV-1a.
std::string digest(const Tensor& tensor) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char byte : tensor.bytes()) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3U;
  return fmt::format("{:016x}", hash);
}

/// Rows [first, first+count) along the first axis.
Tensor rows_of(const Tensor& tensor, std::int64_t first, std::int64_t count) {
  verifier::Dims dims = tensor.dims();
  const std::size_t row = tensor.bytes().size() / static_cast<std::size_t>(dims[0]);
  dims[0] = count;
  Tensor rows(tensor.dtype(), dims);
  const model::Bytes bytes =
      tensor.bytes().substr(static_cast<std::size_t>(first) * row, static_cast<std::size_t>(count) * row);
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(rows.mutable_bytes()));
  return rows;
}

NamedTensors rows_of(const NamedTensors& tensors, std::int64_t first, std::int64_t count) {
  NamedTensors rows;
  for (const auto& [name, tensor] : tensors) rows.emplace(name, rows_of(tensor, first, count));
  return rows;
}

Tensor run(const Loaded& loaded, const NamedTensors& inputs, int threads) {
  verifier::ExecuteOptions options;
  options.threads = threads;
  return value_or_throw(verifier::execute(loaded.model, inputs, options)).begin()->second;
}

constexpr std::int64_t kBatch = 5;
constexpr const char* kDigest = "a5cf722c334e3e98";

}  // namespace

TEST_CASE("a ResNet-50 has one digest") {
  const ExportedModel model = exported_model("resnet50_same_batch");
  const Loaded loaded = load_file(model.path);
  const NamedTensors inputs = value_or_throw(verifier::make_inputs(*loaded.facts, 7, kBatch));
  for (const InstructionSet& set : instruction_sets()) {
    const OnInstructionSet on_set(set);
    for (const int threads : {1, 2, 7}) {
      CAPTURE(set.name);
      CAPTURE(threads);
      const Tensor whole = run(loaded, inputs, threads);
      CHECK(digest(whole) == kDigest);
      const std::int64_t row = threads % kBatch;
      CHECK(same_bits(run(loaded, rows_of(inputs, row, 1), threads), rows_of(whole, row, 1)));
      CHECK(same_bits(run(loaded, rows_of(inputs, 0, 3), threads), rows_of(whole, 0, 3)));
    }
  }
}

}  // namespace padproof::test
