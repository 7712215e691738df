// SPDX-License-Identifier: Apache-2.0
// Whole networks, one as several exporters write it: which layers pad differently, and nothing else.
#include "verifier/diff/diff.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/exports.h"
#include "tests/support/models.h"
#include "verifier/diff/numbers.h"

namespace padproof::test {
namespace {

using verifier::Convention;
using verifier::LayerDifference;
using verifier::Match;
using verifier::PaddingDiff;
using verifier::Status;

std::string exported(const std::string& name) {
  return PADPROOF_SOURCE_DIR "/testdata/exports/" + name + "/model.onnx";
}
std::string made(const std::string& name) { return PADPROOF_SOURCE_DIR "/testdata/diff/" + name + ".onnx"; }

/// With every input of that shape.
Loaded load_at(const std::string& path, const std::string& shape) {
  if (shape.empty()) return load_file(path);
  model::InferenceOptions options;
  const Loaded open = load_file(path);
  for (const model::ValueInfo& info : open.model.graph->inputs)
    options.input_shapes.emplace(info.name, shape_of(shape));
  return load_file(path, options);
}

std::string text_of(const std::vector<std::int64_t>& numbers) {
  return fmt::format("{}", fmt::join(numbers, "/"));
}

/// `Conv 7x7 2/2/3/3 SAME_UPPER 3/3/3/3 symmetric -1/-1`
std::string line_of(const LayerDifference& layer) {
  const auto side = [](const verifier::LayerSide& of) {
    return text_of(of.pads) + " " +
           (of.conventions.empty() ? "?" : std::string(verifier::to_string(of.conventions.front())));
  };
  const auto& axes = layer.source.window->axes;
  return fmt::format("{} {}x{} {} {} {}", layer.source.node->op_type, axes[0].kernel, axes[1].kernel,
                     side(layer.source), side(layer.target), text_of(layer.shift));
}

std::vector<std::string> lines_of(const PaddingDiff& diff) {
  std::vector<std::string> lines;
  for (const LayerDifference& layer : diff.layers)
    if (layer.status != Status::kProved) lines.push_back(line_of(layer));
  return lines;
}

}  // namespace

TEST_CASE("the layers that differ are named, and no other, however the models are written") {
  const std::vector<std::string> at_64 = {
      "Conv 7x7 2/2/3/3 SAME_UPPER 3/3/3/3 symmetric -1/-1",
      "MaxPool 3x3 0/0/1/1 SAME_UPPER 1/1/1/1 symmetric -1/-1",
      "Conv 3x3 0/0/1/1 SAME_UPPER 1/1/1/1 symmetric -1/-1",
      "Conv 3x3 0/0/1/1 SAME_UPPER 1/1/1/1 symmetric -1/-1",
      "Conv 3x3 0/0/1/1 SAME_UPPER 1/1/1/1 symmetric -1/-1",
  };
  // 61 cells: 31, 16, 8, 4 behind each stride. Where the stride leaves one over, SAME is symmetric.
  const std::vector<std::string> at_61_75 = {
      "MaxPool 3x3 1/0/1/1 SAME_UPPER 1/1/1/1 symmetric 0/-1",
      "Conv 3x3 0/1/1/1 SAME_UPPER 1/1/1/1 symmetric -1/0",
      "Conv 3x3 0/0/1/1 SAME_UPPER 1/1/1/1 symmetric -1/-1",
      "Conv 3x3 0/1/1/1 SAME_UPPER 1/1/1/1 symmetric -1/0",
  };
  for (const std::string& source : {exported("resnet50_same"), made("same_normalized")})
    for (const std::string& target : {made("symmetric"), made("symmetric_scrambled")}) {
      CAPTURE(source);
      CAPTURE(target);
      for (const auto& [shape, expected] :
           {std::pair{"1x64x64x3", &at_64}, std::pair{"1x61x75x3", &at_61_75}}) {
        const Loaded left = load_at(source, shape);
        const Loaded right = load_at(target, shape);
        const PaddingDiff diff = verifier::diff_padding(*left.facts, *right.facts);
        CHECK(diff.status == Status::kRefuted);
        CHECK(diff.layers.size() == 54);
        CHECK(diff.left_source.empty());
        CHECK(diff.left_target.empty());
        CHECK(lines_of(diff) == *expected);
      }
      const Loaded left = load_file(source);
      const Loaded right = load_file(target);
      CHECK(verifier::diff_padding(*left.facts, *right.facts).layers.size() == 54);
      CHECK(lines_of(verifier::diff_padding(*left.facts, *right.facts)).size() == 5);
    }
}

TEST_CASE("what is written otherwise and reads the same cells is no discrepancy") {
  struct Row {
    std::string source;
    std::string target;
    std::string shape;
    std::size_t layers;
  };
  const Row rows[] = {
      {exported("resnet50_same"), exported("resnet50_same_batch"), "", 54},
      {exported("resnet50_same"), made("same_normalized"), "", 54},
      {made("symmetric"), made("symmetric_scrambled"), "", 54},
      {exported("resnet50_static"), made("keras_absorbed"), "", 54},
      {exported("torch_resnet18_script_static"), exported("torch_resnet18_script_bn"), "", 21},
      {exported("torch_resnet18_script_batch"), exported("torch_resnet18_dynamo_batch"), "", 21},
  };
  for (const Row& row : rows)
    for (const bool swapped : {false, true}) {
      CAPTURE(row.source);
      CAPTURE(row.target);
      const Loaded left = load_at(swapped ? row.target : row.source, row.shape);
      const Loaded right = load_at(swapped ? row.source : row.target, row.shape);
      const PaddingDiff diff = verifier::diff_padding(*left.facts, *right.facts);
      CHECK(diff.status == Status::kProved);
      CHECK(diff.layers.size() == row.layers);
      CHECK(lines_of(diff).empty());
    }
}

TEST_CASE("a maximum that reads zeros beyond the border differs where its data may be below zero") {
  const Loaded source = load_file(exported("resnet50v2_static"));
  const Loaded target = load_file(made("keras_v2_absorbed"));
  const PaddingDiff diff = verifier::diff_padding(*source.facts, *target.facts);
  CHECK(lines_of(diff) == std::vector<std::string>{"MaxPool 3x3 1/1/1/1 symmetric 1/1/1/1 symmetric 0/0"});
}

TEST_CASE("every exported model beside itself has all layers aligned and none that differs") {
  for (const std::string& name : exported_names()) {
    CAPTURE(name);
    const Loaded model = load_file(exported(name));
    const PaddingDiff diff = verifier::diff_padding(*model.facts, *model.facts);
    CHECK(diff.status == Status::kProved);
    for (const LayerDifference& layer : diff.layers) CHECK(layer.source.node == layer.target.node);
  }
}

TEST_CASE("running both shows the first layer that computes something else") {
  const Loaded source = load_at(made("same_normalized"), "1x64x64x3");
  const Loaded target = load_at(made("symmetric_scrambled"), "1x64x64x3");
  const PaddingDiff diff = verifier::diff_padding(*source.facts, *target.facts);
  verifier::NumbersOptions options;
  options.samples = 2;
  const auto numbers = verifier::run_and_compare(source.model, *source.facts, target.model, diff, options);
  CHECK(numbers.reason.empty());
  CHECK(numbers.samples == 2);
  CHECK(numbers.rounding.agreement == verifier::Agreement::kBeyond);
  REQUIRE(numbers.first_beyond);
  CHECK(*numbers.first_beyond == 0);
  CHECK(numbers.layers.front().max_absolute > 1);
  REQUIRE(numbers.layers.front().heat.size() == 32);
  for (const std::string& row : numbers.layers.front().heat) CHECK(row.size() == 32);
  for (std::size_t i = 0; i < diff.layers.size(); ++i)
    CHECK(numbers.layers[i].is_beyond_rounding == (diff.layers[i].status == Status::kRefuted));
  REQUIRE(numbers.outputs.size() == 1);
  CHECK(numbers.outputs.front().rows == 2);
}

TEST_CASE("rounding explains what a folded normalisation changes, and all of it") {
  for (const bool swapped : {false, true}) {
    const Loaded source = load_at(swapped ? made("same_normalized") : exported("resnet50_same"), "1x64x64x3");
    const Loaded target = load_at(swapped ? exported("resnet50_same") : made("same_normalized"), "1x64x64x3");
    const PaddingDiff diff = verifier::diff_padding(*source.facts, *target.facts);
    const auto numbers = verifier::run_and_compare(source.model, *source.facts, target.model, diff, {});
    CHECK(numbers.rounding.agreement == verifier::Agreement::kWithin);
    CHECK_FALSE(numbers.first_beyond);
    REQUIRE(numbers.outputs.size() == 1);
    CHECK(numbers.outputs.front().moves);
    CHECK(numbers.outputs.front().same_top1 == 1);
    for (const auto& layer : numbers.layers) {
      CHECK(layer.is_known);
      CHECK(layer.max_absolute < 1e-3 * layer.largest);
    }
  }
}

}  // namespace padproof::test
