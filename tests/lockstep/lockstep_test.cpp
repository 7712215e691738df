// SPDX-License-Identifier: Apache-2.0
// Two models side by side: what is run once, what is compared, and what is said of the first difference.
#include "verifier/lockstep.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/conversion.h"
#include "tests/support/exports.h"
#include "tests/support/models.h"
#include "verifier/execution.h"
#include "verifier/verify.h"

namespace padproof::test {
namespace {

using verifier::LockstepRun;

LockstepRun run_pair(const Loaded& source, const Loaded& target,
                     const verifier::ExecuteOptions& options = {}) {
  const auto inputs = value_or_throw(verifier::make_inputs(*source.facts, 1, 2));
  return value_or_throw(verifier::run_in_lockstep(source.model, target.model, inputs, options));
}

bool same_outputs(const LockstepRun& run) {
  for (const auto& [name, tensor] : run.source)
    if (!same_bits(tensor, run.target.at(name))) return false;
  return true;
}

/// Conv -> Relu, a branch of AveragePool, both added; `conv` and `pool` are the windows' attributes.
std::string network(const std::string& conv, const std::string& pool) {
  return fmt::format(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[2,3,8,8] x, float[3,3,3,3] w) => (float[] y) {{
  c = Conv<kernel_shape=[3,3],{}>(x, w)
  r = Relu(c)
  p = AveragePool<kernel_shape=[3,3],{}>(x)
  y = Add(r, p)
}})",
                     conv, pool);
}
constexpr const char* kPads = "pads=[1,1,1,1]";

}  // namespace

TEST_CASE("a model beside itself is run once") {
  const Loaded model = load_text(network(kPads, kPads));
  const LockstepRun run = run_pair(model, model);
  CHECK(same_outputs(run));
  CHECK(run.nodes_run_once == 4);
  CHECK(run.nodes_run_twice == 0);
}

TEST_CASE("a window that is written otherwise is run once where its numbers are the same") {
  struct Row {
    std::string source;
    std::string target;
    bool is_run_once;
  };
  // 8x8, 3x3 windows.
  const Row rows[] = {
      {"auto_pad=\"SAME_UPPER\"", "pads=[1,1,1,1]", true},
      {"auto_pad=\"SAME_LOWER\"", "auto_pad=\"SAME_UPPER\"", true},
      {"auto_pad=\"VALID\"", "pads=[0,0,0,0], strides=[1,1], dilations=[1,1]", true},
      {"auto_pad=\"SAME_UPPER\", strides=[2,2]", "pads=[0,0,1,1], strides=[2,2]", true},
      // One more row and column that no window reads: other numbers, the same bits.
      {"auto_pad=\"SAME_UPPER\", strides=[2,2]", "pads=[0,0,2,2], strides=[2,2]", false},
      {"auto_pad=\"SAME_UPPER\", strides=[2,2]", "pads=[1,1,0,0], strides=[2,2]", false},
  };
  constexpr const char* kText = R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[2,3,8,8] x, float[3,3,3,3] w) => (float[] y) {{
  c = Conv<kernel_shape=[3,3],{}>(x, w)
  y = Relu(c)
}})";
  for (const Row& row : rows) {
    CAPTURE(row.source);
    CAPTURE(row.target);
    const Loaded source = load_text(fmt::format(kText, row.source));
    const Loaded target = load_text(fmt::format(kText, row.target));
    const bool is_same = row.target.find("[1,1,0,0]") == std::string::npos;
    for (const bool fuse : {false, true}) {
      verifier::ExecuteOptions options;
      options.fuse = fuse;
      const LockstepRun run = run_pair(source, target, options);
      CHECK(same_outputs(run) == is_same);
      CHECK(run.first.has_value() == !is_same);
      CHECK((run.nodes_run_twice == 0) == row.is_run_once);
    }
  }
}

TEST_CASE("the first value that differs is named, with where and by how much") {
  struct Row {
    std::string name;
    std::string conv;
    std::string pool;
    std::string node;
    std::string value;
    bool all_on_border;
  };
  const Row rows[] = {
      {"a shift by one pixel", "pads=[0,0,2,2]", kPads, "Conv 'c'", "c", false},
      {"another divisor at the border", kPads, "pads=[1,1,1,1],count_include_pad=1", "AveragePool 'p'", "p",
       true},
      {"both: the first in order", "pads=[2,2,0,0]", "pads=[0,0,2,2]", "Conv 'c'", "c", false},
  };
  const Loaded source = load_text(network(kPads, kPads));
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const LockstepRun run = run_pair(source, load_text(network(row.conv, row.pool)));
    CHECK_FALSE(same_outputs(run));
    REQUIRE(run.first);
    CHECK(run.first->node == row.node);
    CHECK(run.first->value == row.value);
    CHECK(run.first->elements == 2 * 3 * 8 * 8);
    CHECK(run.first->differing > 0);
    CHECK((run.first->on_border == run.first->differing) == row.all_on_border);
    CHECK(run.first->max_absolute > 0);
    CHECK(run.first->max_ulps > 0);
    CHECK(run.first->source != run.first->target);
  }
}

TEST_CASE("numbers of a difference") {
  using verifier::Tensor;
  Tensor source(model::DataType::kFloat, {1, 1, 3, 3});
  Tensor target(model::DataType::kFloat, {1, 1, 3, 3});
  source.mutable_data<float>()[4] = 2.0F;
  target.mutable_data<float>()[4] = std::nextafter(2.0F, 3.0F);
  target.mutable_data<float>()[8] = -0.0F;
  const auto found = verifier::difference(source, target);
  REQUIRE(found);
  CHECK(found->differing == 2);
  CHECK(found->on_border == 1);
  CHECK(found->place == "[0,0,1,1]");
  CHECK(found->max_absolute == 0x1p-22);
  CHECK(found->max_relative == 0x1p-23);
  CHECK(found->max_ulps == 1);
  CHECK_FALSE(verifier::difference(source, source));
  CHECK(verifier::difference(source, source.reshaped({9}))->kind == "float of 1x1x3x3 against float of 9");
}

TEST_CASE("other names and another order are the same model") {
  const Loaded source = load_text(network(kPads, kPads));
  const Loaded target = load_text(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[2,3,8,8] x, float[3,3,3,3] w) => (float[] y) {
  n1 = AveragePool<pads=[1,1,1,1],kernel_shape=[3,3]>(x)
  n2 = Conv<kernel_shape=[3,3],pads=[1,1,1,1]>(x, w)
  n3 = Relu(n2)
  y = Add(n3, n1)
})");
  const LockstepRun run = run_pair(source, target);
  CHECK(same_outputs(run));
  CHECK_FALSE(run.first);
}

TEST_CASE("a value that only the target reads by itself is computed") {
  // The source's kernel adds on the way, so that c never is; the target wants it.
  const Loaded source = load_text(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[2,3,8,8] x, float[3,3,1,1] w) => (float[] y) { c = Conv(x, w) y = Relu(c) })");
  const Loaded target = load_text(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[2,3,8,8] x, float[3,3,1,1] w) => (float[] y) { c = Conv(x, w) y = Max(c, c) })");
  const LockstepRun run = run_pair(source, target);
  REQUIRE(run.first);
  CHECK(run.first->value == "y");
}

TEST_CASE("a clamp that one side knows half of hides no value and changes none") {
  const auto side = [](const std::string& conv, const std::string& bounds, const std::string& least) {
    return load_text(fmt::format(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[2,8,8,8] x, float[8,8,3,3] w) => (float[] y) {{
  low = Constant<value = float {{-0.25}}>()
  high = Constant<value = float {{0.25}}>()
  c = Conv<kernel_shape=[3,3],{}>(x, w)
  a = Add(c, x)
  {}
  y = Clip(a, {}, late_high)
}})",
                                 conv, bounds, least));
  };
  const Loaded source = side("auto_pad=\"SAME_UPPER\"", "late_high = Identity(high)", "low");
  const Loaded target =
      side("pads=[1,1,1,1]", "late_low = Identity(low) late_high = Identity(high)", "late_low");
  const LockstepRun run = run_pair(source, target);
  CHECK(same_outputs(run));
  CHECK_FALSE(run.first);
}

TEST_CASE("an operator that differs where no output does is no refutation") {
  const auto pair = [](const std::string& sum) {
    return load_text(fmt::format(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[2,3,8,8] x, float[3,3,3,3] w) => (float[] y) {{
  c = Conv<pads=[1,1,1,1]>(x, w)
  d = Conv<pads=[0,0,2,2]>(x, w)
  y = Add({})
}})",
                                 sum));
  };
  const Loaded source = pair("c, d");
  const Loaded target = pair("d, c");
  verifier::VerifyOptions options;
  const auto verdict = verifier::verify(source.model, *source.facts, target.model, *target.facts, options);
  CHECK(verdict.execution.outcome == verifier::Outcome::kIdentical);
  CHECK(verdict.status == verifier::Status::kUnknown);
}

TEST_CASE("a value that only the target hands out is there, also where the source fused it away") {
  const auto model = [](const std::string& outputs) {
    return load_text(fmt::format(R"(<ir_version: 8, opset_import: ["" : 17]>
g (float[2,3,8,8] x, float[3,3,3,3] w) => ({}) {{
  c = Conv<pads=[1,1,1,1]>(x, w)
  r = Relu(c)
  d = Conv<pads=[1,1,1,1]>(r, w)
  s = Add(d, r)
  y = Relu(s)
}})",
                                 outputs));
  };
  const Loaded plain = model("float[] y");
  const Loaded with_c = model("float[] y, float[] c");
  const Loaded with_d = model("float[] y, float[] d");
  CHECK(same_outputs(run_pair(plain, with_c)));
  CHECK(run_pair(plain, with_c).target.contains("c"));
  CHECK(run_pair(with_d, with_c).target.contains("c"));
  const auto verdict = verifier::verify(with_d.model, *with_d.facts, with_c.model, *with_c.facts, {});
  CHECK(verdict.execution.outcome == verifier::Outcome::kDifferent);
}

TEST_CASE("exported models beside their conversions take the memory of one run and little more") {
  for (const std::string name : {"resnet50_same", "keras_export_resnet50_same"}) {
    CAPTURE(name);
    const ExportedModel model = exported_model(name);
    const Converted converted =
        convert(load_file(model.path, bound_to(model.inputs)), bound_to(model.inputs));
    REQUIRE(converted.target);
    verifier::ExecuteOptions options;
    options.fuse = false;
    options.memory_limit_bytes = 1U << 16U;
    while (!verifier::execute(converted.source.model, model.inputs, options))
      options.memory_limit_bytes += options.memory_limit_bytes / 8;
    options.memory_limit_bytes += options.memory_limit_bytes / 2;
    const LockstepRun run = value_or_throw(
        verifier::run_in_lockstep(converted.source.model, converted.target->model, model.inputs, options));
    CHECK(same_outputs(run));
    CHECK(run.nodes_run_twice == 0);
    CHECK(run.nodes_run_once == converted.target->model.graph->nodes.size());
  }
}

}  // namespace padproof::test
