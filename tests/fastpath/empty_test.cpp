// SPDX-License-Identifier: Apache-2.0
// Layers over tensors without elements: the fast path has nothing to divide among cores, and says so.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/models.h"
#include "verifier/execution.h"

namespace padproof::test {

TEST_CASE("a batch of no images gives no outputs") {
  struct Row {
    std::string type;
    std::string inputs;
    std::string node;
    std::vector<std::int64_t> dims;
  };
  const Row rows[] = {
      {"float", "float[0,3,9,9] x, float[8,3,3,3] w", "y = Conv<pads=[1,1,1,1]>(x, w)", {0, 8, 9, 9}},
      {"float", "float[0,3,9,9] x, float[8,3,1,1] w", "y = Conv<strides=[2,2]>(x, w)", {0, 8, 5, 5}},
      {"float", "float[0,8,9,9] x, float[8,1,3,3] w", "y = Conv<group=8>(x, w)", {0, 8, 7, 7}},
      {"int32", "uint8[0,3,9,9] x, uint8[8,3,3,3] w", "y = ConvInteger(x, w)", {0, 8, 7, 7}},
      {"float", "float[0,3,9,9] x", "y = MaxPool<kernel_shape=[3,3]>(x)", {0, 3, 7, 7}},
      {"float", "float[0,3,9,9] x", "y = AveragePool<kernel_shape=[3,3]>(x)", {0, 3, 7, 7}},
      {"float", "float[0,3,9,9] x, float[9,4] w", "y = MatMul(x, w)", {0, 3, 9, 4}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.node);
    const Loaded loaded =
        load_text(fmt::format(R"(<ir_version: 8, opset_import: ["" : 17]> g ({}) => ({}[] y) {{ {} }})",
                              row.inputs, row.type, row.node));
    const auto inputs = value_or_throw(verifier::make_inputs(*loaded.facts, 1, 1));
    const auto outputs = value_or_throw(verifier::execute(loaded.model, inputs, {}));
    CHECK(outputs.at("y").dims() == row.dims);
  }
}

}  // namespace padproof::test
