// SPDX-License-Identifier: Apache-2.0
// Pairs of models with the verdict that the proof must reach. Each pair is also proved against itself, both
// ways.
#include "verifier/proof/proof.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/conversion.h"
#include "tests/support/models.h"
#include "tests/support/wire_bytes.h"

namespace {

namespace wire = padproof::test::wire;
using padproof::verifier::Status;

std::string model_text(const std::string& input, const std::string& body, const std::string& opset = "17") {
  return "<ir_version: 8, opset_import: [\"\" : " + opset + "]> g (" + input +
         ", float[4,3,3,3] w) => (float[] y) <int64[8] pads = {0,0,1,1,0,0,1,1}> {" + body + "}";
}

const char* const kFixed = "float[1,3,8,9] x";
const char* const kOpen = "float[N,3,H,W] x";

struct BodyRow {
  std::string name;
  const char* input;
  const char* source;
  const char* target;
  Status expected;
};

const BodyRow kRows[] = {
    {"a convolution has no output_shape", kFixed, "y = Conv(x, w)", "y = Conv<output_shape=[99,99]>(x, w)",
     Status::kUnknown},
    {"a convolution has no output_padding", kFixed, "y = Conv(x, w)", "y = Conv<output_padding=[0,0]>(x, w)",
     Status::kUnknown},
    {"a convolution counts nothing", kFixed, "y = Conv(x, w)", "y = Conv<count_include_pad=0>(x, w)",
     Status::kUnknown},
    {"a maximum counts nothing", kFixed, "y = MaxPool<kernel_shape=[2,2]>(x)",
     "y = MaxPool<kernel_shape=[2,2], count_include_pad=0>(x)", Status::kUnknown},
    {"auto_pad against its pads", kFixed, "y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w)",
     "y = Conv<pads=[0,1,1,1], strides=[2,2]>(x, w)", Status::kProved},
    {"the shortcut (k-1)/2 at stride 2", kFixed, "y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w)",
     "y = Conv<pads=[1,1,1,1], strides=[2,2]>(x, w)", Status::kRefuted},
    {"begin and end swapped", kFixed, "y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w)",
     "y = Conv<pads=[1,1,0,1], strides=[2,2]>(x, w)", Status::kRefuted},
    {"SAME_LOWER is not SAME_UPPER", kFixed, "y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w)",
     "y = Conv<auto_pad=\"SAME_LOWER\", strides=[2,2]>(x, w)", Status::kRefuted},
    {"cells past the last window are free", kFixed, "y = Conv<pads=[0,1,1,1], strides=[2,2]>(x, w)",
     "y = Conv<pads=[0,1,1,2], strides=[2,2]>(x, w)", Status::kProved},
    {"one cell more is another output", kFixed, "y = Conv<pads=[1,1,1,1]>(x, w)",
     "y = Conv<pads=[1,1,1,2]>(x, w)", Status::kRefuted},
    {"VALID is pads of zero", kFixed, "y = Conv<auto_pad=\"VALID\">(x, w)", "y = Conv(x, w)",
     Status::kProved},
    {"VALID at open extents", kOpen, "y = Conv<auto_pad=\"VALID\", strides=[2,2]>(x, w)",
     "y = Conv<strides=[2,2]>(x, w)", Status::kProved},
    {"stride 1 at open extents", kOpen, "y = Conv<auto_pad=\"SAME_UPPER\">(x, w)",
     "y = Conv<pads=[1,1,1,1]>(x, w)", Status::kProved},
    {"stride 1 behind an operator nobody knows", kFixed,
     "u = vendor.Op(x) y = Conv<auto_pad=\"SAME_UPPER\">(u, w)",
     "u = vendor.Op(x) y = Conv<pads=[1,1,1,1]>(u, w)", Status::kProved},
    {"the same, one pixel off", kFixed, "u = vendor.Op(x) y = Conv<auto_pad=\"SAME_UPPER\">(u, w)",
     "u = vendor.Op(x) y = Conv<pads=[0,0,2,2]>(u, w)", Status::kRefuted},
    {"a pool behind an operator nobody knows", kFixed,
     "u = vendor.Op(x) y = MaxPool<auto_pad=\"SAME_UPPER\", kernel_shape=[3,3]>(u)",
     "u = vendor.Op(x) y = MaxPool<pads=[1,1,1,1], kernel_shape=[3,3]>(u)", Status::kProved},
    {"a Pad behind what moves axes is a node like any other", kFixed,
     "p = Pad(x, pads) t = Transpose<perm=[0,1,3,2]>(p) y = Conv(t, w)",
     "t = Transpose<perm=[0,1,3,2]>(x) y = Conv<pads=[1,1,1,1]>(t, w)", Status::kUnknown},
    {"a Pad of the other axes behind what moves them", kFixed,
     "q = Pad(x, pads) t = Transpose<perm=[0,1,3,2]>(q) y = Conv<pads=[1,0,1,0]>(t, w)",
     "q = Pad(x, pads) t = Transpose<perm=[0,1,3,2]>(q) y = Conv<pads=[0,1,0,1]>(t, w)", Status::kRefuted},
    {"weights behind an operator nobody knows", kFixed,
     "v = vendor.Op(w) y = Conv<auto_pad=\"SAME_UPPER\", kernel_shape=[3,3]>(x, v)",
     "v = vendor.Op(w) y = Conv<pads=[1,1,1,1], kernel_shape=[3,3]>(x, v)", Status::kProved},
    {"SAME_LOWER k3 s2 is (1,1) for every size", kOpen,
     "y = Conv<auto_pad=\"SAME_LOWER\", strides=[2,2]>(x, w)",
     "y = Conv<pads=[1,1,1,1], strides=[2,2]>(x, w)", Status::kProved},
    {"SAME_UPPER k3 s2 has no pads for every size", kOpen,
     "y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w)",
     "y = Conv<pads=[0,0,1,1], strides=[2,2]>(x, w)", Status::kRefuted},
    {"another stride", kFixed, "y = Conv<pads=[1,1,1,1]>(x, w)",
     "y = Conv<pads=[1,1,1,1], strides=[2,1]>(x, w)", Status::kRefuted},
    {"another activation", kFixed, "c = Conv(x, w) y = Relu(c)", "c = Conv(x, w) y = Sigmoid(c)",
     Status::kUnknown},
    {"a dropped node", kFixed, "c = Conv(x, w) y = Relu(c)", "y = Conv(x, w)", Status::kUnknown},
    {"names and order do not matter", kFixed, "a = Relu(x) b = Sigmoid(x) c = Add(a, b) y = Conv(c, w)",
     "q = Sigmoid(x) p = Relu(x) r = Add(p, q) y = Conv(r, w)", Status::kProved},
    {"swapped operands", kFixed, "a = Relu(x) b = Sigmoid(x) c = Sub(a, b) y = Conv(c, w)",
     "a = Relu(x) b = Sigmoid(x) c = Sub(b, a) y = Conv(c, w)", Status::kUnknown},
    {"Identity is transparent", kFixed, "y = Conv(x, w)", "i = Identity(x) c = Conv(i, w) y = Identity(c)",
     Status::kProved},
    {"max-pool SAME", kFixed,
     "c = Conv(x, w) y = MaxPool<kernel_shape=[3,3], strides=[2,2], auto_pad=\"SAME_UPPER\">(c)",
     "c = Conv(x, w) y = MaxPool<kernel_shape=[3,3], strides=[2,2], pads=[0,0,1,1]>(c)", Status::kRefuted},
    {"average counts its pads or not", kFixed,
     "c = Conv(x, w) y = AveragePool<kernel_shape=[3,3], pads=[1,1,1,1]>(c)",
     "c = Conv(x, w) y = AveragePool<kernel_shape=[3,3], pads=[1,1,1,1], count_include_pad=1>(c)",
     Status::kRefuted},
    {"counting pads that are not there", kFixed, "c = Conv(x, w) y = AveragePool<kernel_shape=[3,3]>(c)",
     "c = Conv(x, w) y = AveragePool<kernel_shape=[3,3], count_include_pad=1>(c)", Status::kProved},
    {"other maps over other data are no refutation", kFixed,
     "p = Pad<mode=\"constant\">(x, pads) r = Relu(p) y = Conv(r, w)",
     "r = Relu(x) y = Conv<pads=[1,1,1,1]>(r, w)", Status::kUnknown},
    {"an operator nobody knows may not be a function", kFixed,
     "a = vendor.Op(x) b = vendor.Op(x) c = Sub(a, b) y = Conv(c, w)",
     "a = vendor.Op(x) c = Sub(a, a) y = Conv(c, w)", Status::kUnknown},
    {"random numbers", kFixed, "r = RandomNormalLike(x) c = Add(r, x) y = Conv(c, w)",
     "r = RandomNormalLike(x) c = Add(r, x) y = Conv(c, w)", Status::kUnknown},
};

Status judge(const padproof::test::Loaded& source, const padproof::test::Loaded& target) {
  return padproof::verifier::prove(source.model, *source.facts, target.model, *target.facts).status;
}

}  // namespace

// What s holds is not known, so the shape of m is what the file says of it.
std::string recorded(const std::string& shape, const std::string& window) {
  return "<ir_version: 8, opset_import: [\"\" : 17]> g (float[N] x, int64[4] s) => (float[] y) <float[" +
         shape + "] m> { m = Reshape(x, s) y = MaxPool<kernel_shape=[3,3], strides=[2,2], " + window +
         ">(m) }";
}

TEST_CASE("a proof over an opset from the future says what it takes for granted") {
  const auto assumptions = [](const std::string& opset) {
    const std::string source = model_text(kFixed, "y = Conv<auto_pad=\"SAME_UPPER\">(x, w)", opset);
    const std::string target = model_text(kFixed, "y = Conv<pads=[1,1,1,1]>(x, w)", opset);
    const auto proof = padproof::test::prove_texts(source, target);
    CHECK(proof.status == Status::kProved);
    return proof.assumptions.size();
  };
  CHECK(assumptions("28") == 0);
  CHECK(assumptions("99") == 1);
}

// Its cells scatter, and its pads crop: adding them up had proved these equal.
TEST_CASE("a Pad in front of a transposed convolution is not its padding") {
  const auto model = [](const std::string& nodes) {
    return "<ir_version: 8, opset_import: [\"\" : 17]> g (float[1,1,6,6] x) => (float[] y) "
           "<float[1,1,3,3] w = {1,2,3,4,5,6,7,8,9}, int64[8] q = {0,0,1,1,0,0,0,0}> { " +
           nodes + " }";
  };
  const std::string padded = model("p = Pad(x, q) y = ConvTranspose<pads=[0,0,3,3]>(p, w)");
  const std::string cropped = model("y = ConvTranspose<pads=[1,1,1,1]>(x, w)");
  CHECK(padproof::test::prove_texts(padded, cropped).status == Status::kUnknown);
  CHECK(padproof::test::prove_texts(cropped, padded).status == Status::kUnknown);
  CHECK(padproof::test::prove_texts(padded, padded).status == Status::kProved);
}

TEST_CASE("shapes that only the files record must be the same in both") {
  using padproof::test::prove_texts;
  const std::string same7 = recorded("1,1,7,7", "auto_pad=\"SAME_UPPER\"");
  const std::string pads7 = recorded("1,1,7,7", "pads=[1,1,1,1]");
  const std::string pads6 = recorded("1,1,6,6", "pads=[1,1,1,1]");
  CHECK(prove_texts(same7, pads7).status == Status::kProved);
  CHECK(prove_texts(same7, pads6).status == Status::kUnknown);
  CHECK(prove_texts(pads6, same7).status == Status::kUnknown);
  CHECK_FALSE(prove_texts(same7, pads7).assumptions.empty());
}

TEST_CASE("declared types that are no tensors, and types of outputs, pair too") {
  using padproof::test::prove_texts;
  const std::string floats = wire::bytes(1, wire::number(1, 1));  // TypeProto.tensor_type.elem_type
  const std::string integers = wire::bytes(1, wire::number(1, 7));
  const auto sequences = [](const std::string& element) {
    const std::string type = wire::bytes(4, wire::bytes(1, element));  // TypeProto.sequence_type.elem_type
    const std::string given = wire::bytes(11, wire::bytes(1, "s") + wire::bytes(2, type));
    return padproof::test::load(padproof::test::rope_of(
        wire::model(given + wire::node("SequenceLength", {"s"}, {"y"}) + wire::output("y"))));
  };
  CHECK(judge(sequences(floats), sequences(floats)) == Status::kProved);
  CHECK(judge(sequences(floats), sequences(integers)) == Status::kUnknown);
  CHECK(judge(sequences(floats), sequences(wire::bytes(4, wire::bytes(1, floats)))) == Status::kUnknown);
  const auto declared = [](const std::string& type) {
    return "<ir_version: 8, opset_import: [\"\" : 17, \"vendor\" : 1]> g (float[2] x) => (" + type +
           " y) { y = vendor.Op(x) }";
  };
  CHECK(prove_texts(declared("float[N]"), declared("float[M]")).status == Status::kProved);
  CHECK(prove_texts(declared("float[N]"), declared("int64[N]")).status == Status::kUnknown);
}

TEST_CASE("pairs of models") {
  for (const BodyRow& row : kRows) {
    CAPTURE(row.name);
    const auto source = padproof::test::load_text(model_text(row.input, row.source));
    const auto target = padproof::test::load_text(model_text(row.input, row.target));
    CHECK(to_string(judge(source, target)) == to_string(row.expected));
    CHECK(to_string(judge(target, source)) == to_string(row.expected));
    const bool random = std::string(row.name) == "random numbers";
    CHECK(to_string(judge(source, source)) == to_string(random ? Status::kUnknown : Status::kProved));
    CHECK(to_string(judge(target, target)) == to_string(random ? Status::kUnknown : Status::kProved));
  }
}
