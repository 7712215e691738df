// SPDX-License-Identifier: Apache-2.0
// Models that are well-formed files and contradict themselves.
#include "tests/support/models.h"

#include <doctest/doctest.h>

#include "tests/support/rejected.h"

namespace {

struct Row {
  std::string name;
  std::string text;
  std::string expected;  // part of the one line
};

std::string model(const std::string& body, const std::string& input = "float[1,1,8,8] x",
                  const std::string& opset = "\"\" : 17") {
  return "<ir_version: 8, opset_import: [" + opset + "]> g (" + input +
         ") => (y) <float[1,1,3,3] w = {1,2,3,4,5,6,7,8,9}, float[1,1] flat = {1}, int64[1] five = {5}> {" +
         body + "}";
}

std::string conv(const std::string& attributes) { return model("y = Conv<" + attributes + ">(x, w)"); }

std::string pool(const std::string& attributes) { return model("y = MaxPool<" + attributes + ">(x)"); }

const Row kUnreadable[] = {
    {"a cycle", model("a = Add(x, b) b = Relu(a) y = Relu(b)"), "[cycle]"},
    {"a node that reads its own output", model("y = Add(x, y)"), "[cycle]"},
    {"two nodes make one value", model("y = Relu(x) y = Sigmoid(x)"), "[duplicate-value]"},
    {"one node makes a value twice", model("y, y = MaxPool<kernel_shape=[2,2]>(x)"), "[duplicate-value]"},
    {"a node makes an input", model("x = Relu(w) y = Relu(x)"), "[duplicate-value]"},
    {"a node makes a constant", model("w = Relu(x) y = Relu(w)"), "[duplicate-value]"},
    {"nobody makes an input", model("y = Relu(q)"), "[undefined-value]"},
    {"nobody makes the output", model("z = Relu(x)"), "[undefined-value]"},
    {"two inputs of one name", model("y = Relu(x)", "float[1] x, float[1] x"), "[duplicate-value]"},
};

const Row kGraphs[] = {
    {"no operator set", model("y = Conv<auto_pad=\"SAME_UPPER\">(x, w)", "float[1,1,8,8] x", "\"local\" : 1"),
     "[no-opset]"},
    {"an operator set at two versions", model("y = Relu(x)", "float[1] x", "\"\" : 17, \"ai.onnx\" : 13"),
     "[opset-twice]"},
    {"If without branches", model("y = If(c)", "bool[] c"), "then_branch"},
    {"Loop without a body", model("y = Loop(five, c, x)", "bool[] c, float[1] x"), "body"},
};

const Row kWindows[] = {
    {"kernel of zero", conv("kernel_shape=[0,3]"), "kernel_shape"},
    {"negative kernel", conv("kernel_shape=[-3,-3]"), "kernel_shape"},
    {"negative kernel of a pool", pool("kernel_shape=[-3,-3]"), "kernel_shape"},
    {"a pool without kernel", pool("strides=[1,1]"), "kernel_shape"},
    {"stride of zero", conv("auto_pad=\"SAME_UPPER\", strides=[0,1]"), "strides"},
    {"negative stride", conv("auto_pad=\"SAME_UPPER\", strides=[-2,-2]"), "strides"},
    {"dilation of zero", conv("auto_pad=\"SAME_UPPER\", dilations=[0,1]"), "dilations"},
    {"negative dilation", conv("auto_pad=\"SAME_UPPER\", dilations=[1,-1]"), "dilations"},
    {"too few strides", conv("auto_pad=\"SAME_UPPER\", strides=[2]"), "strides"},
    {"too many dilations", conv("auto_pad=\"SAME_UPPER\", dilations=[1,1,1]"), "dilations"},
    {"too few pads", conv("pads=[1,1]"), "pads"},
    {"an odd number of pads", conv("pads=[1,1,1]"), "pads"},
    {"too many kernel extents", conv("kernel_shape=[3,3,3]"), "kernel"},
    {"a kernel that the weights do not have", conv("kernel_shape=[5,5], auto_pad=\"SAME_UPPER\""), "kernel"},
    {"auto_pad is an unknown word", conv("auto_pad=\"SAME\""), "auto_pad"},
    {"auto_pad is empty", conv("auto_pad=\"\""), "auto_pad"},
    {"auto_pad in lower case", conv("auto_pad=\"same_upper\""), "auto_pad"},
    {"auto_pad is a number", conv("auto_pad=1"), "[attribute-type]"},
    {"pads is a word", conv("pads=\"1,1,1,1\""), "[attribute-type]"},
    {"strides are fractions", conv("strides=[1.5,1.5]"), "[attribute-type]"},
    {"strides is one number", conv("strides=2"), "[attribute-type]"},
    {"group is a word", conv("group=\"1\""), "[attribute-type]"},
    {"group of zero", conv("group=0"), "group"},
    {"negative group", conv("group=-1"), "group"},
    {"a group that does not divide the channels", conv("group=2"), "group"},
    {"a kernel beyond 2^30", pool("kernel_shape=[1073741824,3], auto_pad=\"SAME_UPPER\""), "kernel_shape"},
    {"a stride beyond 2^30", conv("strides=[9223372036854775807,1], auto_pad=\"SAME_UPPER\""), "strides"},
    {"pads beyond 2^30", conv("pads=[9223372036854775807,0,9223372036854775807,0]"), "pads"},
    {"pads that crop all there is", conv("pads=[-8,0,-8,0]"), "does not fit"},
    {"a window larger than what it slides over", pool("kernel_shape=[9,9]"), "window"},
    {"data without spatial axes", model("y = Conv(x, w)", "float[1,1] x"), "rank"},
    {"weights without spatial axes", model("y = Conv(x, flat)"), "rank"},
};

const Row kExtents[] = {
    {"an extent that no arithmetic holds",
     model("y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w)", "float[1,1,9223372036854775807,8] x"),
     "extent"},
    {"a declared output that the operators contradict",
     "<ir_version: 8, opset_import: [\"\" : 17]> g (float[1,1,8,8] x) => (float[1,1,9,8] y) { y = Relu(x) }",
     "[shape-contradiction]"},
    {"a declared rank that the operators contradict",
     "<ir_version: 8, opset_import: [\"\" : 17]> g (float[1,1,8,8] x) => (float[1,8,8] y) { y = Relu(x) }",
     "[shape-contradiction]"},
    {"a declared type that the operators contradict",
     "<ir_version: 8, opset_import: [\"\" : 17]> g (float[1,1,8,8] x) => (int64[1,1,8,8] y) { y = Relu(x) }",
     "[shape-contradiction]"},
    {"shapes that do not broadcast", model("y = Add(x, z)", "float[1,1,8,8] x, float[1,1,8,7] z"), ""},
};

const std::string kFunctionHead = "<ir_version: 8, opset_import: [\"\" : 17, \"local\" : 1]> ";
const std::string kFunctionMain = "g (float[1,1,8,8] x) => (y) { y = local.f(x) } ";
const std::string kFunctionOpset = "<opset_import: [\"\" : 17, \"local\" : 1], domain: \"local\"> ";

const Row kFunctions[] = {
    {"a function that calls itself",
     kFunctionHead + kFunctionMain + kFunctionOpset + "f (a) => (b) { b = local.f(a) }",
     "[recursive-function]"},
    {"two functions that call each other",
     kFunctionHead + kFunctionMain + kFunctionOpset + "f (a) => (b) { b = local.g(a) } " + kFunctionOpset +
         "g (a) => (b) { b = local.f(a) }",
     "[recursive-function]"},
    {"two functions of one name",
     kFunctionHead + kFunctionMain + kFunctionOpset + "f (a) => (b) { b = Relu(a) } " + kFunctionOpset +
         "f (a) => (b) { b = Sigmoid(a) }",
     "[duplicate-function]"},
    {"a function that reads what nobody makes",
     kFunctionHead + kFunctionMain + kFunctionOpset + "f (a) => (b) { b = Relu(x) }", "[undefined-value]"},
    {"a function without its output",
     kFunctionHead + kFunctionMain + kFunctionOpset + "f (a) => (b) { c = Relu(a) }", "[undefined-value]"},
    {"a call with more inputs than the function takes",
     kFunctionHead + "g (float[1,1,8,8] x) => (y) { y = local.f(x, x) } " + kFunctionOpset +
         "f (a) => (b) { b = Relu(a) }",
     "[too-many-inputs]"},
};

void check(const Row& row) {
  CAPTURE(row.name);
  padproof::test::check_model_senseless(padproof::test::model_bytes(row.text), row.expected);
}

}  // namespace

TEST_CASE("graphs that cannot be read") {
  for (const Row& row : kUnreadable) {
    CAPTURE(row.name);
    padproof::test::check_model_rejected(padproof::test::model_bytes(row.text), 2, row.expected);
  }
}

TEST_CASE("graphs that contradict themselves") {
  for (const Row& row : kGraphs) check(row);
}

TEST_CASE("windows that are none") {
  for (const Row& row : kWindows) check(row);
}

TEST_CASE("extents that cannot be") {
  for (const Row& row : kExtents) check(row);
}

TEST_CASE("functions that contradict themselves") {
  for (const Row& row : kFunctions) check(row);
}

// Not wrong, perhaps, but nothing can be said: refused with exit code 3, and nothing is written.
TEST_CASE("models that cannot be decided") {
  const Row rows[] = {
      {"a domain that the function does not import",
       kFunctionHead + "g (float[1,1,8,8] x, float[1,1,3,3] w) => (y) { y = local.f(x, w) } " +
           kFunctionOpset +
           "f (a, w) => (b) { c = nowhere.h(a) b = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(c, w) }",
       ""},
      {"auto_pad on a stranger", model("y = vendor.Conv<auto_pad=\"SAME_UPPER\">(x, w)"), ""},
      {"an open extent", model("y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w)", "float[1,1,H,W] x"),
       ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const padproof::test::TemporaryFolder folder;
    const std::string path = folder.write("model.onnx", padproof::test::model_bytes(row.text));
    const auto result = padproof::test::run_padproof({"convert", path, "-o", folder.file("out.onnx")});
    CHECK(result.exit_code == 3);
    CHECK(result.out.find("refused") != std::string::npos);
    CHECK(folder.entries().size() == 1);
  }
}
