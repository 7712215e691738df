// SPDX-License-Identifier: Apache-2.0
// Windows inside If and Loop bodies and functions, one in another: only they are rewritten.
#include <doctest/doctest.h>

#include "tests/emitter/emitted.h"
#include "tests/emitter/wire_walk.h"

namespace padproof::test {
namespace {

struct Row {
  std::string name;
  const char* text;
  std::size_t rewritten;
};

const Row kRows[] = {
    {"nothing to do", R"(<ir_version: 8, opset_import: ["" : 17]>
      g (float[1,2,7,7] x, float[2,2,3,3] w) => (float[] y) { y = Conv<pads=[1,1,1,1]>(x, w) })",
     0},
    {"two of three in the main graph", R"(<ir_version: 8, opset_import: ["" : 17]>
      g (float[1,2,7,7] x, float[2,2,3,3] w) => (float[] y) {
        a = Conv<auto_pad="SAME_UPPER", strides=[2,2]>(x, w)
        b = Conv<pads=[1,1,1,1]>(a, w)
        y = MaxPool<kernel_shape=[2,2], auto_pad="SAME_LOWER", ceil_mode=1>(b) })",
     2},
    {"both branches of an If", R"(<ir_version: 8, opset_import: ["" : 17]>
      g (bool c, float[1,2,7,7] x, float[2,2,3,3] w) => (float[] y) {
        y = If (c) <
          then_branch = t () => (float[] p) { p = Conv<auto_pad="SAME_UPPER", strides=[2,2]>(x, w) },
          else_branch = e () => (float[] q) { q = Conv<auto_pad="SAME_LOWER", strides=[2,2]>(x, w) }> })",
     2},
    {"an If in an If, and a window behind", R"(<ir_version: 8, opset_import: ["" : 17]>
      g (bool c, float[1,2,7,7] x, float[2,2,3,3] w) => (float[] y) {
        a = If (c) <
          then_branch = t () => (float[] p) {
            p = If (c) <
              then_branch = tt () => (float[] pp) { pp = Conv<auto_pad="SAME_UPPER">(x, w) },
              else_branch = te () => (float[] pq) { pq = Relu(x) }> },
          else_branch = e () => (float[] q) { q = AveragePool<kernel_shape=[3,3], auto_pad="SAME_UPPER">(x) }>
        y = MaxPool<kernel_shape=[3,3], strides=[2,2], auto_pad="SAME_UPPER">(x) })",
     3},
    {"an If in a Loop", R"(<ir_version: 8, opset_import: ["" : 17]>
      g (int64 n, bool c, float[1,2,7,7] x, float[2,2,3,3] w) => (float[] y) {
        y = Loop (n, c, x) <
          body = b (int64 i, bool go, float[1,2,7,7] v) => (bool again, float[1,2,7,7] next) {
            again = Identity(go)
            next = If (go) <
              then_branch = t () => (float[1,2,7,7] p) { p = Conv<auto_pad="SAME_UPPER">(v, w) },
              else_branch = e () => (float[1,2,7,7] q) { q = Identity(v) }> }> })",
     1},
    {"a function that calls a function", R"(<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
      g (float[1,2,8,8] x, float[2,2,3,3] w) => (float[] y) { y = local.outer(x, w) }
      <domain: "local", opset_import: ["" : 17, "local" : 1]>
      outer (x, w) => (y) {
        a = local.inner(x, w)
        y = MaxPool<kernel_shape=[3,3], strides=[2,2], auto_pad="SAME_UPPER">(a) }
      <domain: "local", opset_import: ["" : 17]>
      inner (x, w) => (y) { y = Conv<auto_pad="SAME_LOWER", strides=[2,2]>(x, w) })",
     2},
    {"an If in a function", R"(<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
      g (bool c, float[1,2,8,8] x, float[2,2,3,3] w) => (float[] y) { y = local.choose(c, x, w) }
      <domain: "local", opset_import: ["" : 17]>
      choose (c, x, w) => (y) {
        y = If (c) <
          then_branch = t () => (float[] p) { p = Conv<auto_pad="SAME_UPPER", strides=[2,2]>(x, w) },
          else_branch = e () => (float[] q) { q = Conv<pads=[1,1,1,1], strides=[2,2]>(x, w) }> })",
     1},
    {"a function in a Loop", R"(<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
      g (int64 n, bool c, float[1,2,7,7] x, float[2,2,3,3] w) => (float[] y) {
        y = Loop (n, c, x) <
          body = b (int64 i, bool go, float[1,2,7,7] v) => (bool again, float[1,2,7,7] next) {
            again = Identity(go)
            next = local.conv(v, w) }> }
      <domain: "local", opset_import: ["" : 17]>
      conv (x, w) => (y) { y = Conv<auto_pad="SAME_LOWER">(x, w) })",
     1},
};

TEST_CASE("nested graphs and functions") {
  for (const Row& row : kRows) {
    CAPTURE(row.name);
    const Converted converted = convert_text(row.text);
    REQUIRE(converted.conversion.approved);
    CHECK(check_untouched(converted) == row.rewritten);
  }
}

bool is_in_new_attribute(const std::vector<RewrittenNode>& nodes, const char* byte) {
  for (const RewrittenNode& node : nodes) {
    for (const WireField& field : fields_of(fields_of(node.target).front().payload)) {
      const bool holds = byte >= field.whole.data() && byte < field.whole.data() + field.whole.size();
      if (holds) return is_padding_attribute(field);
    }
  }
  return false;
}

// The checks must be able to fail: one byte changed anywhere outside of the rewritten nodes is seen.
TEST_CASE("a change elsewhere is seen") {
  Converted converted = convert_text(kRows[1].text);
  const std::string target = bytes_of(*converted.conversion.target);
  const auto nodes = rewritten_nodes(bytes_of(*converted.source.model.source), target);
  REQUIRE(nodes.size() == 2);
  std::size_t seen = 0;
  for (std::size_t at = 0; at < target.size(); ++at) {
    std::string changed = target;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    converted.conversion.target = rope_of(changed);
    try {
      check_untouched(converted);
      CHECK_MESSAGE(is_in_new_attribute(nodes, target.data() + at), "not seen: ", at);
    } catch (const std::exception&) {
      ++seen;
    }
  }
  CHECK(seen > target.size() / 2);
}

}  // namespace
}  // namespace padproof::test
