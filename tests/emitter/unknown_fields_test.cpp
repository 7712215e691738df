// SPDX-License-Identifier: Apache-2.0
// A future version of the format adds fields to every message; none may get lost.
#include <doctest/doctest.h>

#include <map>

#include "tests/emitter/emitted.h"
#include "tests/emitter/wire_walk.h"

namespace padproof::test {
namespace {

constexpr std::uint64_t kUnknown = 12345;

/// Messages within messages of onnx.proto: field number to message, by message.
const std::map<std::string, std::map<std::uint64_t, std::string>> kMessages = {
    {"Model", {{7, "Graph"}, {8, "OperatorSetId"}, {14, "StringStringEntry"}, {25, "Function"}}},
    {"Graph",
     {{1, "Node"},
      {5, "Tensor"},
      {11, "ValueInfo"},
      {12, "ValueInfo"},
      {13, "ValueInfo"},
      {15, "SparseTensor"}}},
    {"Function", {{7, "Node"}, {9, "OperatorSetId"}}},
    {"Node", {{5, "Attribute"}}},
    {"Attribute", {{5, "Tensor"}, {6, "Graph"}, {11, "Graph"}, {22, "SparseTensor"}}},
    {"SparseTensor", {{1, "Tensor"}, {2, "Tensor"}}},
    {"Tensor", {{13, "StringStringEntry"}}},
    {"ValueInfo", {{2, "Type"}}},
    {"Type", {{1, "TensorType"}}},
    {"TensorType", {{2, "Shape"}}},
    {"Shape", {{1, "Dimension"}}},
};

/// The message with fields of number 12345 at its begin and end, in all wire types, and so every message
/// inside.
std::string with_unknown_fields(const std::string& kind, std::string_view message) {
  const auto inner = kMessages.find(kind);
  std::string out = varint_field(kUnknown, 7);
  for (const WireField& field : fields_of(message)) {
    const bool is_message = inner != kMessages.end() && inner->second.contains(field.number);
    out += is_message ? length_field(field.number,
                                     with_unknown_fields(inner->second.at(field.number), field.payload))
                      : std::string(field.whole);
  }
  const std::string tag = varint_field(kUnknown, 0).substr(0, 3);  // wire type 0
  const auto of_type = [&](char type) {
    return std::string{static_cast<char>(tag[0] | type)} + tag.substr(1);
  };
  out += length_field(kUnknown, "from the future");
  out += of_type(1) + "eight..." + of_type(5) + "four";
  return out + of_type(3) + varint_field(1, 1) + of_type(4);  // a group
}

const char* const kModels[] = {
    R"(<ir_version: 8, opset_import: ["" : 17], producer_name: "test">
      g (float[1,2,7,7] x, float[2,2,3,3] w) => (float[1,2,4,4] y) {
        a = Conv<auto_pad="SAME_UPPER", strides=[2,2]>(x, w)
        y = Relu(a) })",
    R"(<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
      g (bool c, float[1,2,8,8] x, float[2,2,3,3] w) => (float[] y) {
        a = local.conv(x, w)
        y = If (c) <
          then_branch = t () => (float[] p) { p = MaxPool<kernel_shape=[2,2], auto_pad="SAME_UPPER">(a) },
          else_branch = e () => (float[] q) { q = Identity(a) }> }
      <domain: "local", opset_import: ["" : 17]>
      conv (x, w) => (y) { y = Conv<auto_pad="SAME_LOWER", strides=[2,2]>(x, w) })",
};

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST_CASE("unknown fields survive at every level") {
  for (const char* text : kModels) {
    const std::string source = with_unknown_fields("Model", model_bytes(text));
    const Converted converted = convert(load(rope_of(source)));
    REQUIRE(converted.conversion.approved);
    const std::size_t rewritten = check_untouched(converted);
    CHECK(rewritten > 0);
    // Only those inside the replaced auto_pad attributes go, with the attributes.
    const std::string target = bytes_of(*converted.conversion.target);
    CHECK(count_of(target, "from the future") == count_of(source, "from the future") - rewritten);
  }
}

}  // namespace
}  // namespace padproof::test
