// SPDX-License-Identifier: Apache-2.0
// Pairs of small models whose comparison would take for ever, or that differ where one would not look.
#include <doctest/doctest.h>

#include "tests/support/conversion.h"
#include "tests/support/rejected.h"
#include "tests/support/slow_build.h"

namespace {

using padproof::test::run_under;
using padproof::test::TemporaryFolder;
using padproof::verifier::Status;

std::string model(const std::string& body, const std::string& input = "float[1,4,8,8] x",
                  const std::string& opset = "17") {
  return "<ir_version: 8, opset_import: [\"\" : " + opset + "]> g (" + input +
         ", float[1,1,3,3] w) => (y) {" + body + "}";
}

std::string times(int count, const std::string& op) {
  std::string body = "v0 = Identity(x) ";
  for (int i = 0; i < count; ++i)
    body += "v" + std::to_string(i + 1) + " = " + op + "(v" + std::to_string(i) + ") ";
  return body + "y = Identity(v" + std::to_string(count) + ")";
}

struct Row {
  std::string name;
  std::string source;
  std::string target;
};

const std::string kLong = "float[1,1,134217728] x";
const std::string kLarge = "float[1,1,1000000000,1000000000] x";

const Row kEndless[] = {
    {"long axes, many times", model(times(64, "AveragePool<kernel_shape=[1]>"), kLong),
     model(times(64, "AveragePool<kernel_shape=[1], count_include_pad=1>"), kLong)},
    {"pools with a large window", model("y = MaxPool<kernel_shape=[30000,30000], pads=[2,1,1,1]>(x)", kLarge),
     model("y = MaxPool<kernel_shape=[30000,30000], pads=[1,1,2,1]>(x)", kLarge)},
    {"averages over a large window", model("y = AveragePool<kernel_shape=[900000000,900000000]>(x)", kLarge),
     model("y = AveragePool<kernel_shape=[900000000,900000000], count_include_pad=1>(x)", kLarge)},
    {"pads without end",
     model("y = MaxPool<kernel_shape=[3,1000000], pads=[1,1000000000,1,0]>(x)", "float[1,1,8,1] x"),
     model("y = MaxPool<kernel_shape=[3,1000000], pads=[0,1000000000,2,0]>(x)", "float[1,1,8,1] x")},
    {"strides without end",
     model("y = MaxPool<kernel_shape=[2,2], strides=[4096,4096]>(x)", "float[1,1,H,W] x"),
     model("y = MaxPool<kernel_shape=[2,2], strides=[4096,4096], auto_pad=\"VALID\">(x)",
           "float[1,1,H,W] x")},
    {"counts at every residue",
     model("y = AveragePool<kernel_shape=[200000], strides=[4096]>(x)", "float[1,1,L] x"),
     model("y = AveragePool<kernel_shape=[200000], strides=[4096], count_include_pad=1>(x)",
           "float[1,1,L] x")},
};

}  // namespace

TEST_CASE("comparisons without end are given up") {
  for (std::size_t i = 0; i < std::size(kEndless); i += padproof::test::kSlowBuild ? 2 : 1) {
    const Row& row = kEndless[i];
    CAPTURE(row.name);
    const TemporaryFolder folder;
    const std::string source = folder.write("source.onnx", padproof::test::model_bytes(row.source));
    const std::string target = folder.write("target.onnx", padproof::test::model_bytes(row.target));
    const auto result = run_under({}, {"verify", source, target, "--proof-only"});
    CAPTURE(result.err);
    CAPTURE(result.out);
    CHECK((result.exit_code == 0 || result.exit_code == 1 || result.exit_code == 3));
  }
}

// The same operator with the same attributes and inputs, and yet something else.
TEST_CASE("differences that attributes do not show") {
  const Row rows[] = {
      {"Split divides by the number of its outputs",
       model("y, b = Split<axis=1>(x)", "float[1,4,8,8] x", "13"),
       model("y, b, c, d = Split<axis=1>(x)", "float[1,4,8,8] x", "13")},
      {"an empty output counts for Split", model("y, b = Split<axis=1>(x)", "float[1,4,8,8] x", "13"),
       model("y, b, , = Split<axis=1>(x)", "float[1,4,8,8] x", "13")},
      {"outputs in another order", model("a, y = Split<axis=1>(x)", "float[1,4,8,8] x", "13"),
       model("y, a = Split<axis=1>(x)", "float[1,4,8,8] x", "13")},
      {"a stranger with another number of outputs", model("y, b = vendor.Op(x)"),
       model("y, b, c = vendor.Op(x)")},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(padproof::test::prove_texts(row.source, row.target).status != Status::kProved);
    CHECK(padproof::test::prove_texts(row.target, row.source).status != Status::kProved);
    CHECK(padproof::test::prove_texts(row.source, row.source).status == Status::kProved);
  }
}
