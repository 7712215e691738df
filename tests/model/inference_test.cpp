// SPDX-License-Identifier: Apache-2.0
// Where shapes come from, and what happens when the sources disagree.
#include <doctest/doctest.h>

#include "tests/support/models.h"

namespace {

using padproof::model::InferenceOptions;
using padproof::model::ValueFacts;
using padproof::test::load_text;
using padproof::test::shape_of;

std::string text_of(const std::string& inputs, const std::string& body,
                    const std::string& outputs = "float[] y", const std::string& values = "") {
  return "<ir_version: 8, opset_import: [\"\" : 17]> g (" + inputs + ") => (" + outputs + ") " +
         (values.empty() ? "" : "<" + values + "> ") + "{" + body + "}";
}

std::string shape(const padproof::test::Loaded& loaded, const std::string& value) {
  const ValueFacts& facts = loaded.facts->facts(loaded.model.graph->value_by_name.at(value));
  return facts.shape ? to_string(*facts.shape) : "unknown";
}

InferenceOptions bound(const std::string& name, const std::string& dims) {
  InferenceOptions options;
  options.input_shapes[name] = shape_of(dims);
  return options;
}

}  // namespace

TEST_CASE("a symbolic size flows through") {
  const auto loaded =
      load_text(text_of("float[N,3,H,W] x, float[8,3,3,3] w",
                        "a = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w) "
                        "y = MaxPool<kernel_shape=[3,3], strides=[2,2], auto_pad=\"SAME_UPPER\">(a)"));
  CHECK(shape(loaded, "a") == "Nx8xceil(H/2)xceil(W/2)");
  CHECK(shape(loaded, "y") == "Nx8xceil(H/4)xceil(W/4)");
}

TEST_CASE("--input-shape binds a symbol wherever it stands") {
  const std::string text = text_of("float[N,3,H,H] x, float[1,1,H,1] z", "y = Add(x, z)");
  CHECK(shape(load_text(text), "y") == "Nx3xHxH");
  CHECK(shape(load_text(text, bound("x", "2x3x8x8")), "y") == "2x3x8x8");
  CHECK(shape(load_text(text, bound("x", "2x3x8x8")), "z") == "1x1x8x1");
  CHECK_THROWS_WITH(load_text(text, bound("x", "2x3x8x9")), doctest::Contains("input-shape"));
  CHECK_THROWS_WITH(load_text(text, bound("x", "2x4x8x8")), doctest::Contains("contradicts the model"));
  CHECK_THROWS_WITH(load_text(text, bound("x", "2x3x8")), doctest::Contains("contradicts the model"));
  CHECK_THROWS_WITH(load_text(text, bound("nobody", "1x2")), doctest::Contains("names no input"));
}

TEST_CASE("value_info that contradicts the operators is an error that names the value") {
  const std::string body = "a = Relu(x) y = Relu(a)";
  CHECK_NOTHROW(load_text(text_of("float[1,3,8,8] x", body, "float[] y", "float[1,3,8,8] a")));
  CHECK_THROWS_WITH(load_text(text_of("float[1,3,8,8] x", body, "float[] y", "float[1,3,8,9] a")),
                    doctest::Contains("'a' contradicts"));
  CHECK_THROWS_WITH(load_text(text_of("float[1,3,8,8] x", body, "float[] y", "float[1,3,8] a")),
                    doctest::Contains("'a' contradicts"));
  CHECK_THROWS_WITH(load_text(text_of("float[1,3,8,8] x", body, "float[] y", "int64[1,3,8,8] a")),
                    doctest::Contains("'a' contradicts"));
  CHECK_THROWS_WITH(load_text(text_of("float[1,3,8,8] x", body, "float[1,3,8,7] y")),
                    doctest::Contains("'y' contradicts"));
}

TEST_CASE("value_info fills what the operators lose, and is marked") {
  const std::string body = "a = com.vendor.Odd(x) y = Relu(a)";
  const std::string head =
      "<ir_version: 8, opset_import: [\"\" : 17, \"com.vendor\" : 1]> g (float[1,3,8,8] x) => (float[] y) ";
  const auto lost = load_text(head + "{" + body + "}");
  CHECK(shape(lost, "y") == "unknown");
  const ValueFacts& why = lost.facts->facts(lost.model.graph->value_by_name.at("y"));
  CHECK(why.lost.find("Odd") != std::string::npos);
  const auto filled = load_text(head + "<float[1,3,4,4] a> {" + body + "}");
  CHECK(shape(filled, "y") == "1x3x4x4");
  CHECK(filled.facts->facts(filled.model.graph->value_by_name.at("y")).rests_on_value_info);
}

// ONNX 1.12 reads the second axis unseen.
TEST_CASE("the library is not asked about a signal without an axis of samples") {
  const auto spectrum = [](const std::string& signal) {
    const auto loaded =
        load_text(text_of(signal + " s, int64 step, int64 length", "y = STFT(s, step, , length)"));
    return shape(loaded, "y");
  };
  CHECK(spectrum("float[7]") == "unknown");
  CHECK(spectrum("float") == "unknown");
}
