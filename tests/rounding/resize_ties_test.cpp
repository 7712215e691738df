// SPDX-License-Identifier: Apache-2.0
// Where the place of a result cell of Resize lies so close to a tie, or to the border of the region of
// interest, that float32 may go either way, either is allowed; elsewhere it is not.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/rounding/peer.h"

namespace padproof::test {
namespace {

using verifier::Agreement;
using verifier::Tensor;

template <class T>
Tensor tensor_of(model::DataType dtype, const verifier::Dims& dims, const std::vector<T>& elements) {
  Tensor tensor(dtype, dims);
  std::copy(elements.begin(), elements.end(), tensor.mutable_data<T>().begin());
  return tensor;
}

struct TieRow {
  std::string attributes;
  std::string scale;
  std::vector<float> expected;  // of 1, 2, 4, 8
  Agreement agreement;
};

const TieRow kTies[] = {
    // A third times 3 may be just below 1, and so be cell 0; a third times 4 may not.
    {"nearest_mode=\"floor\", coordinate_transformation_mode=\"asymmetric\"",
     "3",
     {1, 1, 1, 2, 2, 2, 4, 4, 4, 8, 8, 8},
     Agreement::kWithin},
    {"nearest_mode=\"floor\", coordinate_transformation_mode=\"asymmetric\"",
     "3",
     {1, 1, 1, 1, 2, 2, 2, 4, 4, 4, 8, 8},
     Agreement::kWithin},
    {"nearest_mode=\"floor\", coordinate_transformation_mode=\"asymmetric\"",
     "3",
     {1, 1, 1, 2, 1, 2, 4, 4, 4, 8, 8, 8},
     Agreement::kBeyond},
    // A tie is decided where nothing is rounded.
    {"nearest_mode=\"floor\", coordinate_transformation_mode=\"asymmetric\"",
     "2",
     {1, 1, 2, 2, 4, 4, 8, 8},
     Agreement::kWithin},
    {"nearest_mode=\"floor\", coordinate_transformation_mode=\"asymmetric\"",
     "2",
     {1, 1, 1, 2, 4, 4, 8, 8},
     Agreement::kBeyond},
    {"nearest_mode=\"round_prefer_floor\", coordinate_transformation_mode=\"half_pixel\"",
     "0.5",
     {1, 4},
     Agreement::kWithin},
    {"nearest_mode=\"round_prefer_floor\", coordinate_transformation_mode=\"half_pixel\"",
     "0.5",
     {2, 8},
     Agreement::kBeyond},
};

TEST_CASE("a place at a tie may be either neighbour") {
  for (const TieRow& row : kTies) {
    CAPTURE(row.attributes);
    CAPTURE(row.scale);
    const verifier::Dims dims{1, 1, 1, static_cast<std::int64_t>(row.expected.size())};
    for (const std::string type : {"float", "uint8"}) {
      CAPTURE(type);
      const auto model =
          TextModel{type + "[1,1,1,4] x", "y = Resize<" + row.attributes + ">(x, none, scales)",
                    "float[0] none = {}, float[4] scales = {1, 1, 1, " + row.scale + "}", type + "[] y"}
              .read();
      const bool is_float = type == "float";
      const std::vector<std::uint8_t> bytes(row.expected.begin(), row.expected.end());
      const Tensor x = is_float
                           ? tensor_of<float>(model::DataType::kFloat, {1, 1, 1, 4}, {1, 2, 4, 8})
                           : tensor_of<std::uint8_t>(model::DataType::kUint8, {1, 1, 1, 4}, {1, 2, 4, 8});
      const Tensor y = is_float ? tensor_of(model::DataType::kFloat, dims, row.expected)
                                : tensor_of(model::DataType::kUint8, dims, bytes);
      CHECK(compare_values(model, {{"x", x}}, {{"y", y}}).agreement == row.agreement);
    }
  }
}

TEST_CASE("a cell at the border of the region of interest may be extrapolated") {
  // The last place is 0.1 * 10 + 0.9 * 10, which float32 may take for more than 10.
  const auto model =
      TextModel{
          "float[1,1,1,11] x",
          "y = Resize<mode=\"linear\", coordinate_transformation_mode=\"tf_crop_and_resize\", "
          "extrapolation_value=9.0>(x, roi, none, sizes)",
          "float[8] roi = {0, 0, 0, 0.1, 1, 1, 1, 1}, float[0] none = {}, int64[4] sizes = {1, 1, 1, 4}"}
          .read();
  const Tensor x =
      tensor_of<float>(model::DataType::kFloat, {1, 1, 1, 11}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 7});
  const auto agreement = [&](const std::vector<float>& elements) {
    const Tensor y = tensor_of(model::DataType::kFloat, {1, 1, 1, 4}, elements);
    return compare_values(model, {{"x", x}}, {{"y", y}}).agreement;
  };
  CHECK(agreement({1, 4, 7, 7}) == Agreement::kWithin);
  CHECK(agreement({1, 4, 7, 9}) == Agreement::kWithin);
  CHECK(agreement({1, 4, 9, 7}) == Agreement::kBeyond);
}

}  // namespace
}  // namespace padproof::test
