// SPDX-License-Identifier: Apache-2.0
// --assume: pads from a residue alone are those of every size that has it, and of no other.
#include "model/assumption.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "converter/same_padding.h"
#include "tests/support/conversion.h"
#include "tests/support/slow_build.h"

namespace {

using padproof::converter::AxisPads;
using padproof::converter::AxisWindow;
using padproof::converter::NodeStatus;
using padproof::converter::Split;
using padproof::model::Assumption;
using padproof::model::Extent;
using padproof::model::InferenceOptions;
using padproof::verifier::Status;

constexpr std::int64_t kSizes = 48;

InferenceOptions assuming(std::int64_t modulus, std::int64_t residue) {
  InferenceOptions options;
  options.assumptions.push_back({Extent::symbol("H"), modulus, residue});
  return options;
}

std::string model_of(const std::string& op, const AxisWindow& window, const std::string& padding) {
  const std::string attributes =
      fmt::format("kernel_shape=[{}], strides=[{}], {}", window.kernel, window.stride, padding);
  return fmt::format(
      "<ir_version: 8, opset_import: [\"\" : 19]> g (float[1,1,H] x{}) => (float[] y) {{ y = {}<{}, "
      "dilations=[{}]>(x{}) }}",
      op == "Conv" ? fmt::format(", float[1,1,{}] w", window.kernel) : "", op, attributes, window.dilation,
      op == "Conv" ? ", w" : "");
}

/// SAME pads of every small size with the residue: one, or several.
std::vector<AxisPads> pads_of_sizes(const AxisWindow& window, const Assumption& assumption, Split split) {
  std::vector<AxisPads> all;
  for (std::int64_t size = 1; size <= kSizes; ++size) {
    if (!assumption.admits(size)) continue;
    const AxisPads pads = padproof::converter::same_pads(window, size, split);
    if (std::find(all.begin(), all.end(), pads) == all.end()) all.push_back(pads);
  }
  return all;
}

struct Tally {
  int rewritten = 0;
  int refused = 0;
};

void check(const std::string& op, const AxisWindow& window, std::int64_t modulus, std::int64_t residue,
           bool upper, Tally& tally) {
  const InferenceOptions options = assuming(modulus, residue);
  const std::string source =
      model_of(op, window, upper ? "auto_pad=\"SAME_UPPER\"" : "auto_pad=\"SAME_LOWER\"");
  CAPTURE(source);
  CAPTURE(modulus);
  CAPTURE(residue);
  const auto converted = padproof::test::convert_text(source, options);
  const auto exact = pads_of_sizes(window, options.assumptions[0], upper ? Split::kUpper : Split::kLower);
  const auto& plan = converted.plan("y");
  if (plan.status == NodeStatus::kRefused) {
    ++tally.refused;
    CHECK((exact.size() > 1 || modulus % window.stride != 0));
    return;
  }
  ++tally.rewritten;
  CHECK(converted.verdict.proof.status == Status::kProved);
  for (const AxisPads& pads : exact) CHECK(pads.begin == plan.pads[0]);
  // One cell further on, the proof must fail.
  const auto moved = model_of(op, window, fmt::format("pads=[{},{}]", plan.pads[0] + 1, plan.pads[1]));
  CHECK(padproof::test::prove_texts(source, moved, options).status != Status::kProved);
}

}  // namespace

TEST_CASE("pads of a residue are those of each size that has it") {
  Tally tally;
  for (const std::string op : {"Conv", "MaxPool", "AveragePool"})
    for (std::int64_t kernel = 1; kernel <= 4; kernel += padproof::test::kSlowBuild ? 2 : 1)
      for (std::int64_t stride = 1; stride <= 4; ++stride)
        for (std::int64_t dilation = 1; dilation <= 2; ++dilation)
          for (const std::int64_t modulus : {std::int64_t{1}, stride, 2 * stride, std::int64_t{6}})
            for (std::int64_t residue = 0; residue < modulus; ++residue)
              for (const bool upper : {true, false})
                check(op, {kernel, stride, dilation}, modulus, residue, upper, tally);
  MESSAGE(tally.rewritten << " rewritten, " << tally.refused << " refused");
  CHECK(tally.rewritten > (padproof::test::kSlowBuild ? 1000 : 2000));
  CHECK(tally.refused > 100);
}

TEST_CASE("one residue decides a whole chain of layers") {
  const auto converted = padproof::test::convert_text(
      "<ir_version: 8, opset_import: [\"\" : 17]> g (float[N,1,H,W] x, float[1,1,7,7] v, float[1,1,3,3] w) "
      "=> "
      "(float[] y) { a = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, v) b = "
      "MaxPool<auto_pad=\"SAME_UPPER\", "
      "strides=[2,2], kernel_shape=[3,3]>(a) c = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(b, w) d = "
      "Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(c, w) y = Conv<auto_pad=\"SAME_UPPER\", "
      "strides=[2,2]>(d, w) }",
      [] {
        InferenceOptions options = assuming(32, 0);
        options.assumptions.push_back({Extent::symbol("W"), 32, 17});
        return options;
      }());
  CHECK(converted.verdict.proof.status == Status::kProved);
  CHECK(converted.verdict.proof.assumptions.size() == 2);
  using Pads = std::vector<std::int64_t>;
  CHECK(converted.plan("a").pads ==
        Pads{2, 3, 3, 3});  // of W: 17 leaves one cell beside 32*q, so do 9, 5 and 3
  CHECK(converted.plan("b").pads == Pads{0, 1, 1, 1});
  CHECK(converted.plan("y").pads == Pads{0, 0, 1, 1});  // 2 is even again
}

TEST_CASE("sizes that an assumption admits") {
  const Assumption assumption{Extent::symbol("H"), 32, 5};
  CHECK(assumption.extent().to_string() == "(32*ceil(H/32)-27)");
  CHECK(assumption.to_string() == "H % 32 = 5");
  CHECK(assumption.admits(5));
  CHECK(assumption.admits(69));
  CHECK_FALSE(assumption.admits(64));
  CHECK(assumption.size_from(1) == 5);
  CHECK(assumption.size_from(5) == 5);
  CHECK(assumption.size_from(6) == 37);
  CHECK(Assumption{Extent::symbol("H"), 32, 0}.size_from(64) == 64);
  CHECK(Assumption{Extent::symbol("H"), 1, 0}.extent().to_string() == "H");
}
