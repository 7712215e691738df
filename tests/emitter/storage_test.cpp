// SPDX-License-Identifier: Apache-2.0
// Constants however they are kept: raw, typed, sparse, in another file. None is touched.
#include <doctest/doctest.h>
#include <onnx/onnx_pb.h>

#include <functional>

#include "tests/emitter/emitted.h"

namespace padproof::test {
namespace {

onnx::TensorProto tensor(const std::string& name, int dtype, const std::vector<int>& dims) {
  onnx::TensorProto tensor;
  tensor.set_name(name);
  tensor.set_data_type(dtype);
  for (const int dim : dims) tensor.add_dims(dim);
  return tensor;
}

onnx::TensorProto weights() { return tensor("w", onnx::TensorProto::FLOAT, {1, 1, 3, 3}); }

struct Row {
  std::string name;
  std::function<void(onnx::GraphProto&)> add_constants;  // w among them
};

const Row kRows[] = {
    {"raw",
     [](onnx::GraphProto& graph) {
       *graph.add_initializer() = weights();
       graph.mutable_initializer(0)->set_raw_data(std::string(36, '?'));
     }},
    {"typed floats",
     [](onnx::GraphProto& graph) {
       onnx::TensorProto& w = *graph.add_initializer() = weights();
       for (int i = 0; i < 9; ++i) w.add_float_data(static_cast<float>(i) / 3);
     }},
    {"typed integers, strings and doubles beside",
     [](onnx::GraphProto& graph) {
       *graph.add_initializer() = weights();
       graph.mutable_initializer(0)->set_raw_data(std::string(36, '?'));
       onnx::TensorProto& ints = *graph.add_initializer() = tensor("i", onnx::TensorProto::INT64, {2});
       ints.add_int64_data(-1);
       ints.add_int64_data(INT64_MAX);
       onnx::TensorProto& strings = *graph.add_initializer() = tensor("s", onnx::TensorProto::STRING, {2});
       strings.add_string_data("");
       strings.add_string_data(std::string("a\0b", 3));
       onnx::TensorProto& doubles = *graph.add_initializer() = tensor("d", onnx::TensorProto::DOUBLE, {});
       doubles.add_double_data(-0.0);
     }},
    {"sparse",
     [](onnx::GraphProto& graph) {
       onnx::SparseTensorProto& sparse = *graph.add_sparse_initializer();
       onnx::TensorProto& values = *sparse.mutable_values() = tensor("w", onnx::TensorProto::FLOAT, {2});
       values.add_float_data(1.5F);
       values.add_float_data(-2);
       onnx::TensorProto& indices = *sparse.mutable_indices() = tensor("", onnx::TensorProto::INT64, {2});
       indices.add_int64_data(0);
       indices.add_int64_data(8);
       for (const int dim : {1, 1, 3, 3}) sparse.add_dims(dim);
     }},
    {"external",
     [](onnx::GraphProto& graph) {
       onnx::TensorProto& w = *graph.add_initializer() = weights();
       w.set_data_location(onnx::TensorProto::EXTERNAL);
       const std::pair<const char*, const char*> entries[] = {
           {"location", "weights.bin"}, {"offset", "4096"}, {"length", "36"}, {"checksum", "unknown key"}};
       for (const auto& [key, value] : entries) {
         auto& entry = *w.add_external_data();
         entry.set_key(key);
         entry.set_value(value);
       }
     }},
};

TEST_CASE("constants are not touched") {
  for (const Row& row : kRows) {
    CAPTURE(row.name);
    onnx::ModelProto model;
    REQUIRE(model.ParseFromString(
        model_bytes("<ir_version: 8, opset_import: [\"\" : 17]> g (float[1,1,8,8] x) => (float[] y) "
                    "{ y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w) }")));
    row.add_constants(*model.mutable_graph());
    const Converted converted = convert(load(rope_of(model.SerializeAsString())));
    REQUIRE(converted.conversion.approved);
    CHECK(check_untouched(converted) == 1);
  }
}

}  // namespace
}  // namespace padproof::test
