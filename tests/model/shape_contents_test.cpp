// SPDX-License-Identifier: Apache-2.0
// Shape plumbing: the chains of small integer tensors that exporters write between convolutions.
#include <doctest/doctest.h>

#include "tests/model/shape_rows.h"
#include "tests/support/models.h"

namespace padproof::test {
namespace {

constexpr const char* kPlumbing = "the library does not follow contents";

/// What the contents of vector c are, as the shape that ConstantOfShape makes of them.
std::string contents(const std::string& inputs, const std::string& body) {
  return our_facts(model_text(17, inputs, body + " y = ConstantOfShape(c)"))["y"];
}

TEST_CASE("a flatten spelled out (PyTorch, Keras)") {
  check_rows({
      {13, 26, "float[N,C,7,7] x",
       "s = Shape(x) z = Constant<value = int64 {0}>() n = Gather<axis=0>(s, z)"
       " a = Constant<value = int64[1] {0}>() u = Unsqueeze(n, a) m = Constant<value = int64[1] {-1}>()"
       " t = Concat<axis=0>(u, m) y = Reshape(x, t)",
       "float Nx49*C", kPlumbing},
      {13, 26, "float[N,3,H,W] x",
       "s = Shape(x) a = Constant<value = int64[1] {0}>() b = Constant<value = int64[1] {1}>()"
       " e = Constant<value = int64[1] {9223372036854775807}>() n = Slice(s, a, b) r = Slice(s, b, e)"
       " p = ReduceProd(r) t = Concat<axis=0>(n, p) y = Reshape(x, t)",
       "float Nx3*H*W", kPlumbing},
      {15, 26, "float[N,3,H,W] x",
       "n = Shape<end=1>(x) m = Constant<value_ints=[-1]>() t = Concat<axis=0>(n, m) y = Reshape(x, t)",
       "float Nx3*H*W", kPlumbing},
  });
}

TEST_CASE("an upsampling whose size is computed (tf2onnx, PyTorch)") {
  check_rows({
      {13, 26, "float[1,3,H,W] x, float[1,8,12,14] z",
       "s = Shape(x) a = Constant<value = int64[1] {2}>() b = Constant<value = int64[1] {4}>() p = Slice(s, "
       "a, b)"
       " f = Cast<to=1>(p) k = Constant<value = float[2] {2.0, 2.0}>() g = Mul(f, k) h = Floor(g) i = "
       "Cast<to=7>(h)"
       " n = Constant<value = int64[2] {1, 3}>() t = Concat<axis=0>(n, i) y = Resize(x,,, t)",
       "float 1x3x2*Hx2*W", kPlumbing},
      {13, 26, "float[1,3,5,7] x",
       "s = Shape(x) a = Constant<value = int64[1] {2}>() b = Constant<value = int64[1] {4}>() p = Slice(s, "
       "a, b)"
       " f = Cast<to=1>(p) k = Constant<value = float[2] {1.5, 1.5}>() g = Mul(f, k) h = Floor(g) i = "
       "Cast<to=7>(h)"
       " n = Constant<value = int64[2] {1, 3}>() t = Concat<axis=0>(n, i) y = Resize(x,,, t)",
       "float 1x3x7x10", kPlumbing},
      {13, 26, "float[1,3,H,W] x, float[1,8,A,B] z",
       "s = Shape(z) a = Constant<value = int64[1] {2}>() b = Constant<value = int64[1] {4}>() p = Slice(s, "
       "a, b)"
       " r = Shape(x) c = Constant<value = int64[1] {0}>() q = Slice(r, c, a) t = Concat<axis=0>(q, p)"
       " y = Resize(x,,, t)",
       "float 1x3xAxB", kPlumbing},
  });
}

TEST_CASE("pads that PyTorch reverses in the graph") {
  check_rows({
      {11, 26, "float[N,3,H,W] x",
       "p = Constant<value = int64[4] {1,2,3,4}>() k = Constant<value = int64[1] {4}>()"
       " z = ConstantOfShape<value = int64[1] {0}>(k) c = Concat<axis=0>(p, z) r = Constant<value = int64[2] "
       "{-1,2}>()"
       " d = Reshape(c, r) a = Constant<value = int64[1] {0}>() s = Constant<value = int64[1] {-1}>()"
       " e = Constant<value = int64[1] {-9223372036854775807}>() f = Slice(d, s, e, a, s) g = "
       "Transpose<perm=[1,0]>(f)"
       " h = Reshape(g, s) i = Cast<to=7>(h) y = Pad<mode='constant'>(x, i)",
       "float Nx3x(H+7)x(W+3)", kPlumbing},
  });
}

TEST_CASE("an expand with its -1 replaced (PyTorch)") {
  check_rows({
      {13, 26, "float[1,1,7] x, float[N,4] z",
       "s = Shape(z) i = Constant<value = int64[1] {0}>() n = Gather(s, i) m = Constant<value = int64[2] "
       "{4,-1}>()"
       " t = Concat<axis=0>(n, m) l = Shape(t) o = ConstantOfShape<value = int64[1] {1}>(l)"
       " w = Constant<value = int64 {-1}>() v = Mul(o, w) q = Equal(t, v) c = Where(q, o, t) y = Expand(x, "
       "c)",
       "float Nx4x7", kPlumbing},
  });
}

TEST_CASE("SAME pads computed in the graph (timm)") {
  const std::string shape =
      "s = Shape(x) i = Constant<value = int64 {2}>() h = Gather(s, i) one = Constant<value = int64 {1}>()"
      " two = Constant<value = int64 {2}>() zero = Constant<value = int64 {0}>() ";
  const std::string total =
      "a = Add(h, one) o = Div(a, two) p = Sub(o, one) q = Mul(p, two) k = Constant<value = int64 {3}>()"
      " r = Add(q, k) d = Sub(r, h) t = Max(d, zero) b = Div(t, two) e = Sub(t, b) ";
  const std::string pads =
      "ax = Constant<value = int64[1] {0}>() bu = Unsqueeze(b, ax) eu = Unsqueeze(e, ax)"
      " z = Constant<value = int64[2] {0,0}>() w = Constant<value = int64[1] {0}>()"
      " l = Concat<axis=0>(z, bu, w, z, eu, w) padded = Pad(x, l) y = Conv<strides=[2,1]>(padded, f)";
  const std::string body = shape + total + pads;
  check_rows({
      {13, 26, "float[N,3,8,9] x, float[4,3,3,3] f", body.c_str(), "float Nx4x4x7", kPlumbing},
      {13, 26, "float[N,3,9,9] x, float[4,3,3,3] f", body.c_str(), "float Nx4x5x7", kPlumbing},
  });
}

TEST_CASE("arithmetic on contents") {
  struct Row {
    const char* body;
    const char* expected;
  };
  const std::string vector = "s = Shape(x) k = Constant<value = int64[3] {2,3,4}>() ";
  const Row rows[] = {
      {"c = Add(s, k)", "(N+2)x8x11"},
      {"c = Sub(s, k)", "(N-2)x2x3"},
      {"c = Mul(s, k)", "2*Nx15x28"},
      {"c = Div(s, k)", "floor(N/2)x1x1"},
      {"c = Mod(s, k)", "(N-2*floor(N/2))x2x3"},
      {"c = Mod<fmod=1>(s, k)", "(N-2*floor(N/2))x2x3"},
      {"c = Min(s, k)", "min(2,N)x3x4"},
      {"c = Max(s, k)", "max(2,N)x5x7"},
      {"m = Neg(s) a = Abs(m) c = Add(a, s)", "2*Nx10x14"},
      {"c = Clip(s, lo, hi)", "min(9,max(3,N))x5x7"},
      {"a = Equal(s, k) c = Where(a, k, s)", "?x5x7"},
      {"a = Less(k, s) c = Where(a, s, k)", "?x5x7"},
      {"a = Greater(k, s) b = Not(a) c = Where(b, s, k)", "?x5x7"},
      {"a = GreaterOrEqual(s, k) c = Where(a, s, k)", "?x5x7"},
      {"a = Equal(s, s) b = Equal(k, s) o = Or(a, b) c = Where(o, s, k)", "Nx5x7"},
      {"a = Identity(s) b = Cast<to=6>(a) c = Cast<to=7>(b)", "Nx5x7"},
      {"a = Squeeze(s) c = Identity(a)", "Nx5x7"},
      {"r = Constant<value = int64[1] {2}>() c = Tile(s, r)", "Nx5x7xNx5x7"},
      {"r = Constant<value = int64[2] {1,1}>() c = Pad(k, r, one)", "1x2x3x4x1"},
      {"r = Constant<value = int64[2] {2,0}>() c = Gather(s, r)", "7xN"},
      {"t = Constant<value = int64[2] {1,2}>() a, c = Split(s, t)", "5x7"},
      {"a = ReduceSum(s) b = ReduceMax(k) d = ReduceMin(k) c = Concat<axis=0>(a, b, d)", "(N+12)x4x2"},
      {"a = Size(x) b = Reshape(a, one1) c = Concat<axis=0>(b, one1)", "35*Nx1"},
      {"a = Constant<value = int64 {5}>() b = Constant<value = int64 {1}>() c = Range(b, a, b)", "1x2x3x4"},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.body));
    const std::string scalars =
        "one = Constant<value = int64 {1}>() one1 = Constant<value = int64[1] {1}>() lo = Constant<value = "
        "int64 {3}>()"
        " hi = Constant<value = int64 {9}>() ";
    CHECK(contents("float[N,5,7] x", vector + scalars + row.body) == "float " + std::string(row.expected));
  }
}

TEST_CASE("only vectors are lists") {
  CHECK(contents("float x",
                 "r = Constant<value = int64[2] {2,1}>() u = Constant<value = int64[1] {3}>()"
                 " c = Expand(u, r)") == "float ?");
}

TEST_CASE("contents that a type cannot hold are not followed") {
  CHECK(contents("float x",
                 "k = Constant<value = int64[2] {5000000000, 3}>() a = Cast<to=6>(k) c = Cast<to=7>(a)") ==
        "float ?x3");
  CHECK(contents("float x",
                 "k = Constant<value = uint8[2] {3, 3}>() j = Constant<value = uint8[2] {4, 2}>()"
                 " a = Sub(k, j) c = Cast<to=7>(a)") == "float ?x1");
}

TEST_CASE("what is lost is lost by the first operator that cannot tell") {
  const auto reason = [](const char* inputs, const char* body) {
    const Loaded loaded = load_text(model_text(17, inputs, body));
    return loaded.facts->values[loaded.facts->graph->value_by_name.at("y")].lost;
  };
  CHECK(reason("float[N,3] x", "z = NonZero(x) a = Transpose(z) y = Cast<to=1>(a)").find("NonZero '") == 0);
  CHECK(reason("float[N,3] x", "z = NonZero(x) y = Transpose(z)").find("(its size depends on data)") !=
        std::string::npos);
  CHECK(reason("float[N,3] x, int64[2] s", "a = Reshape(x, s) y = Relu(a)").find("Reshape '") == 0);
  CHECK(reason("float[N,3] x", "y = Relu(x)").empty());
}

}  // namespace
}  // namespace padproof::test
