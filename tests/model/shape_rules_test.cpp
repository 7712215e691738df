// SPDX-License-Identifier: Apache-2.0
// The table of rules, and what every rule owes whatever it is given: no crash, no undefined arithmetic, no
// made-up facts.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <onnx/defs/schema.h>
#include <rapidcheck.h>

#include <algorithm>
#include <limits>
#include <set>

#include "model/onnx_inference.h"
#include "model/shapes/rule.h"
#include "tests/model/shape_rows.h"
#include "tests/support/models.h"

namespace padproof::test {
namespace {

using model::Extent;
using model::Shape;
using model::ValueFacts;

/// Operators of the library that have no rule on purpose: control flow is inference's, the others are asked
/// of the library where it knows them.
const std::set<std::string> kWithoutRule = {
    "If",
    "Loop",
    "Scan",  // graphs inside
    "SequenceAt",
    "SequenceConstruct",
    "SequenceEmpty",
    "SequenceErase",
    "SequenceInsert",
    "SequenceLength",
    "SequenceMap",
    "SplitToSequence",
    "ConcatFromSequence",
    "Optional",
    "OptionalGetElement",
    "OptionalHasElement",  // not tensors
    "NegativeLogLikelihoodLoss",
    "SoftmaxCrossEntropyLoss",  // training
    "StringNormalizer",
    "TfIdfVectorizer",  // text
    "BlackmanWindow",
    "DFT",
    "HammingWindow",
    "HannWindow",
    "MelWeightMatrix",
    "STFT",  // signals
};

TEST_CASE("every operator that the library knows has a rule or is left out on purpose") {
  for (const auto& schema : onnx::OpSchemaRegistry::get_all_schemas()) {
    if (!schema.domain().empty()) continue;
    CAPTURE(schema.Name());
    CHECK((model::find_rule("", schema.Name()) != nullptr) != (kWithoutRule.count(schema.Name()) == 1));
  }
  CHECK(!model::find_rule("", ""));
  CHECK(!model::find_rule("com.example", "Conv"));
  const auto names = model::operators_with_rules();
  CHECK(std::is_sorted(names.begin(), names.end()));
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

std::int64_t some_number() {
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  if (*rc::gen::inRange(0, 8) > 0) return *rc::gen::inRange<std::int64_t>(-3, 9);
  return *rc::gen::elementOf(
      std::vector<std::int64_t>{kMin, kMin + 1, kMax, kMax - 1, 1LL << 31, 1LL << 40, -(1LL << 31)});
}

Extent some_size() {
  const int kind = *rc::gen::inRange(0, 10);
  if (kind < 6) return *rc::gen::inRange<std::int64_t>(0, 9);
  if (kind == 6) return std::max<std::int64_t>(some_number(), 0);
  if (kind == 7) return Extent();
  return Extent::symbol(*rc::gen::elementOf(std::vector<std::string>{"H", "N"})) +
         *rc::gen::inRange<std::int64_t>(0, 3);
}

ValueFacts some_facts() {
  ValueFacts facts;
  facts.dtype = static_cast<model::DataType>(*rc::gen::inRange(0, 20));
  if (*rc::gen::inRange(0, 8) == 0) return facts;
  facts.shape.emplace();
  const int rank = *rc::gen::elementOf(std::vector<int>{0, 1, 1, 1, 2, 3, 4, 4, 4, 5});
  for (int axis = 0; axis < rank; ++axis) facts.shape->push_back(some_size());
  const auto count = element_count(*facts.shape).constant();
  if (!count || *count > 8 || *rc::gen::arbitrary<bool>()) return facts;
  if (facts.dtype == model::DataType::kFloat && rank <= 1) {
    facts.floats.emplace();
    for (std::int64_t i = 0; i < *count; ++i)
      facts.floats->push_back(static_cast<float>(some_number()) * 0.5F);
  } else {
    facts.contents.emplace();
    for (std::int64_t i = 0; i < *count; ++i) {
      facts.contents->push_back(*rc::gen::inRange(0, 5) == 0 ? some_size() : Extent(some_number()));
    }
  }
  return facts;
}

model::Attribute some_attribute() {
  static const std::vector<std::string> kNames = {"axis",
                                                  "axes",
                                                  "pads",
                                                  "strides",
                                                  "dilations",
                                                  "kernel_shape",
                                                  "group",
                                                  "auto_pad",
                                                  "ceil_mode",
                                                  "keepdims",
                                                  "output_shape",
                                                  "output_padding",
                                                  "perm",
                                                  "split",
                                                  "num_outputs",
                                                  "shape",
                                                  "starts",
                                                  "ends",
                                                  "blocksize",
                                                  "k",
                                                  "to",
                                                  "equation",
                                                  "scales",
                                                  "transA",
                                                  "transB",
                                                  "direction",
                                                  "layout",
                                                  "hidden_size",
                                                  "start",
                                                  "end",
                                                  "dtype",
                                                  "broadcast",
                                                  "noop_with_empty_axes",
                                                  "batch_dims",
                                                  "output_height",
                                                  "pooled_shape",
                                                  "keep_aspect_ratio_policy",
                                                  "value_int",
                                                  "value_ints",
                                                  "value_floats",
                                                  "fmod",
                                                  "spatial",
                                                  "channels_last",
                                                  "mode",
                                                  "output_dtype",
                                                  "stash_type"};
  static const std::vector<std::string> kStrings = {"SAME_UPPER", "VALID",         "",          "ij,jk->ik",
                                                    "...i",       "bidirectional", "not_larger"};
  static std::set<std::string> kept;  // attributes hold views
  const auto keep = [](const std::string& text) { return std::string_view(*kept.insert(text).first); };
  model::Attribute attribute;
  attribute.name = keep(*rc::gen::elementOf(kNames));
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      attribute.kind = model::AttributeKind::kInt;
      attribute.i = some_number();
      break;
    case 1:
      attribute.kind = model::AttributeKind::kString;
      attribute.s = keep(*rc::gen::elementOf(kStrings));
      break;
    case 2:
      attribute.kind = model::AttributeKind::kFloats;
      attribute.floats = {0.5F, 1e30F};
      break;
    default:
      attribute.kind = model::AttributeKind::kInts;
      for (int i = *rc::gen::inRange(0, 9); i > 0; --i) attribute.ints.push_back(some_number());
  }
  return attribute;
}

void check_facts(const ValueFacts& facts) {
  const bool complete = facts.shape && std::all_of(facts.shape->begin(), facts.shape->end(),
                                                   [](const Extent& extent) { return extent.is_known(); });
  RC_ASSERT(complete || !facts.lost.empty());
  if (!facts.shape) return;
  for (const Extent& extent : *facts.shape) RC_ASSERT(!extent.is_constant() || extent.value() >= 0);
  if (facts.contents) {
    RC_ASSERT(element_count(*facts.shape).constant() == static_cast<std::int64_t>(facts.contents->size()));
  }
  if (facts.floats) {
    RC_ASSERT(element_count(*facts.shape).constant() == static_cast<std::int64_t>(facts.floats->size()));
  }
}

TEST_CASE("rules stand whatever a file can say") {
  const auto names = model::operators_with_rules();
  const std::string microsoft = "com.microsoft";
  CHECK(rc::check([&] {
    const std::string name = *rc::gen::elementOf(names);
    const bool standard = name.rfind(microsoft, 0) != 0;
    model::Node node;
    node.op_type = standard ? std::string_view(name) : std::string_view(name).substr(microsoft.size() + 1);
    node.domain = standard ? "" : std::string_view(microsoft);
    for (int i = *rc::gen::inRange(0, 5); i > 0; --i) node.attributes.push_back(some_attribute());
    std::vector<ValueFacts> inputs(*rc::gen::inRange<std::size_t>(0, 6));
    std::vector<const ValueFacts*> pointers;
    for (ValueFacts& facts : inputs) {
      facts = some_facts();
      pointers.push_back(*rc::gen::inRange(0, 9) == 0 ? nullptr : &facts);
    }
    std::vector<ValueFacts> outputs(*rc::gen::inRange<std::size_t>(1, 4));
    model::RuleContext context(node, *rc::gen::inRange<std::int64_t>(1, 29), nullptr, pointers, outputs);
    const auto ran = model::run_rule(model::find_rule(node.domain, node.op_type), context);
    if (!ran) {
      RC_ASSERT(!ran.error().code.empty());
      RC_ASSERT(!ran.error().what.empty());
    } else {
      check_facts(outputs.front());
    }
  }));
}

std::vector<ValueFacts> from_library(const char* inputs, const char* body) {
  const Loaded loaded = load_text(model_text(17, inputs, body));
  const model::Graph& graph = *loaded.facts->graph;
  const model::Node& node = graph.nodes.back();
  std::vector<const ValueFacts*> facts;
  for (const model::ValueId input : node.inputs) {
    facts.push_back(input == model::kNoValue ? nullptr : &loaded.facts->facts(input));
  }
  const auto message = loaded.model.source->view(node.body.begin, node.body.end);
  return model::infer_with_onnx_library(node, 17, message, facts).value_or(std::vector<ValueFacts>());
}

TEST_CASE("the library is asked for operators without a rule") {
  const auto loss =
      from_library("float[N,5] x, int64[N] t", "y = NegativeLogLikelihoodLoss<reduction='none'>(x, t)");
  REQUIRE(loss.size() == 1);
  CHECK(loss[0].dtype == model::DataType::kFloat);
  REQUIRE(loss[0].shape.has_value());
  CHECK(to_string(*loss[0].shape) == "N");
  const auto window = from_library("float x", "s = Constant<value = int64 {10}>() y = HannWindow(s)");
  REQUIRE(window.size() == 1);
  CHECK(to_string(window[0].shape.value_or(Shape{})) == "10");
  CHECK(from_library("float x", "y = com.example.Anything(x)").empty());
  CHECK(from_library("float x", "y = Anything(x)").empty());
}

}  // namespace
}  // namespace padproof::test
