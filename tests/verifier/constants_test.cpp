// SPDX-License-Identifier: Apache-2.0
// Constants of two models: compared to the last byte, whatever their size, and as often as asked.
#include <doctest/doctest.h>

#include <string>

#include "verifier/constant_comparison.h"

namespace padproof::test {
namespace {

model::TensorRef raw_floats(const std::string& bytes) {
  model::TensorRef tensor;
  tensor.dtype = model::DataType::kFloat;
  tensor.dims = {static_cast<std::int64_t>(bytes.size() / sizeof(float))};
  tensor.storage = model::Storage::kRaw;
  tensor.raw = bytes;
  tensor.message = bytes;
  return tensor;
}

}  // namespace

TEST_CASE("constants differ if any byte does, the first time and again") {
  // Below and above what is compared in parts; the last part is not whole.
  for (const std::size_t floats : {std::size_t{3}, std::size_t{1} << 17U, (std::size_t{1} << 18U) + 5}) {
    CAPTURE(floats);
    const std::string bytes(floats * sizeof(float), '\x01');
    const std::string copy = bytes;
    const model::TensorRef source = raw_floats(bytes);
    for (const std::size_t place : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
      CAPTURE(place);
      std::string changed = bytes;
      changed[place] = '\x02';
      const model::TensorRef same = raw_floats(copy);
      const model::TensorRef other = raw_floats(changed);
      verifier::ConstantComparison constants;
      for (int turn = 0; turn < 2; ++turn) {
        CHECK(constants.are_same(source, same).value());
        CHECK_FALSE(constants.are_same(source, other).value());
      }
    }
  }
}

TEST_CASE("the same bytes under other dims or types are other constants") {
  const std::string bytes(std::size_t{1} << 20U, '\x01');
  const std::string copy = bytes;
  const model::TensorRef source = raw_floats(bytes);
  model::TensorRef folded = raw_floats(copy);
  folded.dims = {2, folded.dims[0] / 2};
  model::TensorRef integers = raw_floats(copy);
  integers.dtype = model::DataType::kInt32;
  verifier::ConstantComparison constants;
  CHECK_FALSE(constants.are_same(source, folded).value());
  CHECK_FALSE(constants.are_same(source, integers).value());
}

}  // namespace padproof::test
