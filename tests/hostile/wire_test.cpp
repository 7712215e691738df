// SPDX-License-Identifier: Apache-2.0
// What no model writer produces and a file can hold all the same.
#include "model/wire.h"

#include <doctest/doctest.h>

#include <functional>

#include "model/onnx/fields.h"
#include "tests/support/conversion.h"
#include "tests/support/rejected.h"
#include "tests/support/wire_bytes.h"

namespace {

namespace fields = padproof::model::fields;
namespace wire = padproof::test::wire;
using padproof::model::WireType;
using padproof::test::check_model_rejected;
using wire::image_model;
using wire::initializer;
using wire::input;
using wire::ints;
using wire::node;
using wire::output;

constexpr int kBadInput = 2;
constexpr std::int64_t kLarge = std::int64_t{1} << 62;

std::string tag(std::uint32_t number, WireType type) {
  std::string out;
  padproof::model::write_tag(out, number, type);
  return out;
}

std::string relu_model(const std::string& graph_fields) {
  return wire::model(graph_fields + node("Relu", {"x"}, {"y"}) + output("y"));
}

std::string conv(const std::string& attributes) {
  return image_model(node("Conv", {"x", "w"}, {"y"}, attributes));
}

// `inner` wrapped `levels` times: each wrapper is a run of length-delimited fields, outermost first. Linear.
std::string nested(std::string inner, std::size_t levels, const std::vector<std::uint32_t>& wrapper) {
  std::vector<std::string> heads;
  std::size_t size = inner.size();
  for (std::size_t i = 0; i < levels; ++i) {
    for (std::size_t j = wrapper.size(); j-- > 0;) {
      std::string head = tag(wrapper[j], WireType::kLength);
      padproof::model::write_varint(head, size);
      size += head.size();
      heads.push_back(std::move(head));
    }
  }
  std::string out;
  for (std::size_t i = heads.size(); i-- > 0;) out += heads[i];
  return out + inner;
}

// Graphs within attributes of nodes, without names or operators: the depth alone is wrong.
std::string nested_graphs(std::size_t levels) {
  const std::vector<std::uint32_t> wrapper = {fields::graph_proto::kNode, fields::node_proto::kAttribute,
                                              fields::attribute_proto::kG};
  return wire::model(nested("", levels, wrapper));
}

struct Row {
  std::string name;
  std::string bytes;
  const char* expected;
};

void check(const Row& row) {
  CAPTURE(row.name);
  check_model_rejected(row.bytes, kBadInput, row.expected);
}

}  // namespace

TEST_CASE("nodes") {
  const std::string twice = ints("strides", {1, 1});
  const Row rows[] = {
      {"an attribute given twice", conv(twice + twice), "[attribute-twice]"},
      {"an attribute given twice, otherwise", conv(ints("pads", {1, 1, 1, 1}) + ints("pads", {0, 0, 0, 0})),
       "[attribute-twice]"},
      {"a node without op_type", relu_model(input("x", {1}) + node("", {"x"}, {"z"})), "[no-op-type]"},
      {"an attribute without name", conv(ints("", {1, 1}) + ints("", {2, 2})), "[attribute-twice]"},
      {"integers in a string attribute",
       conv(wire::attribute("auto_pad", wire::number(fields::attribute_proto::kI, 1))), "[attribute-type]"},
  };
  for (const Row& row : rows) check(row);
}

TEST_CASE("graphs") {
  const std::string x = input("x", {1});
  const std::string four(4, '\0');
  const std::string graph = x + node("Relu", {"x"}, {"y"}) + output("y");
  const Row rows[] = {
      {"two initializers of one name", relu_model(initializer("x", {1}, four) + initializer("x", {1}, four)),
       "[duplicate-value]"},
      {"an initializer without name", relu_model(x + initializer("", {1}, four)), "[no-name]"},
      {"an input without name", relu_model(x + input("", {1})), "[no-name]"},
      {"an output without name", relu_model(x + output("")), "[no-name]"},
      {"two graphs", wire::model(graph, wire::bytes(fields::model_proto::kGraph, graph)), "[given-twice]"},
      {"a graph that is a number", wire::number(fields::model_proto::kGraph, 7), "[wire-type]"},
      {"no operator sets in a modern model",
       wire::number(fields::model_proto::kIrVersion, 8) + wire::bytes(fields::model_proto::kGraph, graph),
       "[no-opset]"},
      {"a negative operator set",
       wire::model(graph, wire::bytes(fields::model_proto::kOpsetImport,
                                      wire::bytes(fields::opset_id_proto::kDomain, "local") +
                                          wire::number(fields::opset_id_proto::kVersion, ~std::uint64_t{0}))),
       "[opset-version]"},
      {"a function without name", wire::model(graph, wire::function("", {"a"}, {"b"}, {})), "[no-name]"},
  };
  for (const Row& row : rows) check(row);
}

TEST_CASE("tensors") {
  const std::string x = input("x", {1});
  const std::string raw = wire::bytes(fields::tensor_proto::kRawData, std::string(4, '\0'));
  const std::string body = wire::number(fields::tensor_proto::kDims, 1) +
                           wire::number(fields::tensor_proto::kDataType, 1) +
                           wire::bytes(fields::tensor_proto::kName, "t");
  const auto at_place = [&](std::uint64_t place) {
    return wire::bytes(fields::graph_proto::kInitializer,
                       body + raw + wire::number(fields::tensor_proto::kDataLocation, place));
  };
  const std::string sparse = wire::bytes(fields::sparse_tensor_proto::kValues, body + raw) +
                             wire::bytes(fields::sparse_tensor_proto::kIndices, body + raw) +
                             wire::number(fields::sparse_tensor_proto::kDims, static_cast<std::uint64_t>(-5));
  const std::string holder =
      wire::attribute("value", wire::bytes(fields::attribute_proto::kT, body + raw) +
                                   wire::bytes(fields::attribute_proto::kT, body + raw) +
                                   wire::number(fields::attribute_proto::kType, 4));
  const Row rows[] = {
      {"too few bytes for the dims", relu_model(x + initializer("t", {3}, std::string(8, '\0'))),
       "[tensor-size]"},
      {"too many bytes for the dims", relu_model(x + initializer("t", {1}, std::string(8, '\0'))),
       "[tensor-size]"},
      {"bytes for no elements", relu_model(x + initializer("t", {0}, std::string(8, '\0'))), "[tensor-size]"},
      {"no bytes for a terabyte", relu_model(x + initializer("t", {std::int64_t{1} << 38}, "")),
       "[tensor-size]"},
      {"a negative dimension", relu_model(x + initializer("t", {-1}, "")), "[negative-dim]"},
      {"elements beyond 63 bits", relu_model(x + initializer("t", {kLarge, kLarge}, "")), "[overflow]"},
      {"bits beyond 63 bits", relu_model(x + initializer("t", {kLarge}, "")), "[overflow]"},
      {"a terabyte of typed elements in no bytes",
       relu_model(x + wire::bytes(fields::graph_proto::kInitializer,
                                  wire::number(fields::tensor_proto::kDims, std::uint64_t{1} << 38) + body)),
       "[tensor-size]"},
      {"raw_data twice", relu_model(x + wire::bytes(fields::graph_proto::kInitializer, body + raw + raw)),
       "[given-twice]"},
      {"a negative sparse dimension",
       relu_model(x + wire::bytes(fields::graph_proto::kSparseInitializer, sparse)), "[negative-dim]"},
      {"a place whose lowest 32 bits say elsewhere", relu_model(x + at_place((std::uint64_t{1} << 32U) + 1)),
       "[data-location]"},
      {"a place of a kind that is not known", relu_model(x + at_place(2)), "[data-location]"},
      {"a type of more than 32 bits",
       relu_model(
           x +
           wire::bytes(
               fields::graph_proto::kInitializer,
               body + wire::number(fields::tensor_proto::kDataType, (std::uint64_t{1} << 32U) + 1) + raw)),
       "[wire-number]"},
      {"elements of two kinds",
       relu_model(x + wire::bytes(fields::graph_proto::kInitializer,
                                  body + wire::bytes(fields::tensor_proto::kFloatData, std::string(4, '\0')) +
                                      wire::number(fields::tensor_proto::kInt64Data, 1))),
       "[given-twice]"},
      {"elements beside raw ones",
       relu_model(
           x + wire::bytes(fields::graph_proto::kInitializer,
                           body + raw + wire::bytes(fields::tensor_proto::kFloatData, std::string(4, '\1')))),
       "[given-twice]"},
      {"raw elements beside external ones", relu_model(x + at_place(1)), "[given-twice]"},
      {"values of two kinds and no type",
       relu_model(x + node("Elu", {"x"}, {"e"},
                           wire::attribute("alpha", wire::number(fields::attribute_proto::kI, 1) +
                                                        wire::bytes(fields::attribute_proto::kS, "1")))),
       "[given-twice]"},
      {"two types of an attribute",
       relu_model(x + node("Elu", {"x"}, {"e"},
                           wire::attribute("alpha", wire::number(fields::attribute_proto::kType, 1) +
                                                        wire::number(fields::attribute_proto::kType, 99)))),
       "[given-twice]"},
      {"two tensors in an attribute for one", relu_model(x + node("Constant", {}, {"c"}, holder)),
       "[given-twice]"},
  };
  for (const Row& row : rows) check(row);
}

TEST_CASE("broken wire data") {
  const std::string start = tag(99, WireType::kStartGroup);
  const std::string end = tag(99, WireType::kEndGroup);
  const auto times = [](std::size_t count, const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += text;
    return out;
  };
  const std::string good = padproof::test::good_model();
  const Row rows[] = {
      {"a million groups within each other", good + times(1'000'000, start), "[wire-format]"},
      {"a million groups, all closed", good + times(1'000'000, start) + times(1'000'000, end),
       "[wire-format]"},
      {"a group that is not closed", good + start, "[wire-format]"},
      {"a group that was not opened", good + end, "[wire-format]"},
      {"groups that cross",
       good + start + tag(98, WireType::kStartGroup) + end + tag(98, WireType::kEndGroup), "[wire-format]"},
      {"a number of eleven bytes", good + tag(99, WireType::kVarint) + std::string(10, '\x80') + "\x01",
       "[wire-format]"},
      {"a length of 2^64-1", good + tag(99, WireType::kLength) + std::string(9, '\xff') + "\x01",
       "[wire-format]"},
      {"a length of 2^63", good + tag(99, WireType::kLength) + std::string(9, '\x80') + "\x01",
       "[wire-format]"},
      {"a tag of six bytes", good + std::string("\x98\x86\x80\x80\x80\x00\x01", 7), "[wire-format]"},
      {"field number 0", good + std::string("\x02\x01x", 3), "[wire-format]"},
      {"wire type 7", good + "\x0f", "[wire-format]"},
  };
  for (const Row& row : rows) check(row);
}

TEST_CASE("depth") {
  for (const std::size_t levels : {100U, 10'000U, 1'000'000U}) {
    CAPTURE(levels);
    check_model_rejected(nested_graphs(levels), kBadInput, "[too-deep]");
  }
}

// Rare, but right: such files must go through like any other.
TEST_CASE("unusual but valid") {
  const std::string group =
      tag(99, WireType::kStartGroup) + wire::number(1, 5) + tag(99, WireType::kEndGroup);
  const std::string mixed = wire::attribute("strides", wire::bytes(fields::attribute_proto::kInts, "\x02") +
                                                           wire::number(fields::attribute_proto::kInts, 2) +
                                                           wire::number(fields::attribute_proto::kType, 7));
  const std::string same = wire::text("auto_pad", "SAME_UPPER");
  const std::string bytes[] = {
      conv(same + mixed),
      conv(same + group),
      conv(group + same) + group,
      conv(same + wire::bytes(1000, std::string(300, 'u')) + mixed),
      conv(wire::attribute("auto_pad", wire::bytes(fields::attribute_proto::kS, "VALID") +
                                           wire::bytes(fields::attribute_proto::kS, "SAME_LOWER"))),
  };
  for (const std::string& model : bytes) {
    const auto converted = padproof::test::convert(padproof::test::load(padproof::test::rope_of(model)));
    CHECK(converted.conversion.approved);
    REQUIRE(converted.target != nullptr);
    CHECK(converted.target->model.graph->nodes.size() == 1);
  }
}
