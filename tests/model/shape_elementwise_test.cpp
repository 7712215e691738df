// SPDX-License-Identifier: Apache-2.0
// Operators that keep or broadcast shapes, normalisations and quantisation against the ONNX library.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "model/shapes/rule.h"
#include "tests/model/shape_rows.h"

namespace padproof::test {
namespace {

constexpr const char* kNewer = "newer than the library";
constexpr const char* kMicrosoft = "the library does not know com.microsoft";

TEST_CASE("operators that keep their input's shape") {
  struct Row {
    int first;
    const char* op_types;
  };
  const Row rows[] = {
      {1, "Elu Exp LeakyRelu Log Reciprocal Relu Selu Sigmoid Softplus Softsign Sqrt Tanh HardSigmoid"},
      {6, "Abs Ceil Floor Neg"},
      {1, "Softmax LogSoftmax Hardmax LpNormalization Identity Dropout"},
      {7, "Acos Asin Atan Cos Sin Tan"},
      {9, "Acosh Asinh Atanh Cosh Sinh Erf Sign Shrink IsNaN MeanVarianceNormalization"},
      {10, "ThresholdedRelu IsInf"},
      {11, "Round Clip"},
      {12, "Celu"},
      {14, "HardSwish Trilu"},
  };
  for (const Row& row : rows) {
    std::string names = row.op_types;
    for (std::size_t begin = 0; begin < names.size();) {
      const std::size_t end = std::min(names.find(' ', begin), names.size());
      const std::string body = "y = " + names.substr(begin, end - begin) + "(x)";
      check_rows(
          {{row.first, 17, "float[N,3,4] x", body.c_str()}, {row.first, 17, "float[] x", body.c_str()}});
      begin = end + 1;
    }
  }
}

TEST_CASE("operators with more inputs that keep the first one's shape") {
  check_rows({
      {1, 17, "float[N,6,8,8] x", "y = LRN<size=3>(x)"},
      {1, 17, "float[N,6,8,8] x, float[6] s", "y = InstanceNormalization(x, s, s)"},
      {7, 17, "float[N,6,8,8] x, float[6,1,1] s", "y = PRelu(x, s)"},
      {1, 6, "float[N,6,8,8] x, float[6] s", "y = PRelu(x, s)"},
      {11, 17, "float[N,6] x, int64 a", "y = CumSum(x, a)"},
      {10, 17, "float[7,N] x, int64[N] l", "y = ReverseSequence(x, l)"},
      {11, 17, "float[N,6] x, int64[2,6] i, float[2,6] u", "y = ScatterElements(x, i, u)"},
      {11, 17, "float[N,6] x, int64[2,1] i, float[2,6] u", "y = ScatterND(x, i, u)"},
      {9, 17, "float[N,6] x, int64[2,6] i, float[2,6] u", "y = Scatter(x, i, u)"},
      {18, 26, "float[N,6,8,8] x", "y = Mish(x)", "float Nx6x8x8", kNewer},
      {20, 26, "float[N,6,8,8] x", "y = Gelu<approximate='tanh'>(x)", "float Nx6x8x8", kNewer},
      {24, 26, "float[N,6,8,8] x", "y = Swish(x)", "float Nx6x8x8", kNewer},
      {18, 26, "float[N,6,8,8] x, float[3] s", "y = GroupNormalization<num_groups=3>(x, s, s)",
       "float Nx6x8x8", kNewer},
      {23, 26, "float[N,6,8] x, float[8] s", "y = RMSNormalization(x, s)", "float Nx6x8", kNewer},
      {26, 26, "float[N,6] x", "y = BitCast<to=6>(x)", "int32 Nx6", kNewer},
      {1, 26, "uint8[N,6] x, float s, uint8 z", "y = com.microsoft.QLinearSigmoid(x, s, z, s, z)",
       "uint8 Nx6", kMicrosoft},
      {1, 26, "uint8[N,6] x, float s, uint8 z", "y = com.microsoft.QLinearLeakyRelu(x, s, z, s, z)",
       "uint8 Nx6", kMicrosoft},
      {1, 26, "float[N,6] x", "y = com.microsoft.Gelu(x)", "float Nx6", kMicrosoft},
  });
}

TEST_CASE("broadcasting") {
  check_rows({
      {7, 17, "float[N,3,1,5] x, float[4,1] b", "y = Add(x, b)"},
      {7, 17, "float[2,3] x, float b", "c = Sub(x, b) d = Mul(b, c) y = Div(d, x)"},
      {7, 17, "float[N,3] x, float[N,3] b", "y = Mul(x, b)"},
      {7, 17, "float[N,3] x, float[M,3] b", "y = Mul(x, b)"},
      {7, 17, "float[N,3] x, float[7,3] b", "y = Mul(x, b)"},
      {7, 17, "float[0,3] x, float[1,3] b", "y = Mul(x, b)"},
      {7, 17, "bool[N,3] x, bool[3] b", "c = And(x, b) d = Or(c, b) y = Xor(d, b)"},
      {7, 17, "float[N,3] x, float[3] b", "c = Greater(x, b) d = Less(x, b) y = Pow(x, b)"},
      {7, 17, "int32[N,3] x, int32[3] b", "y = Equal(x, b)"},
      {12, 17, "float[N,3] x, float[3] b", "c = GreaterOrEqual(x, b) y = LessOrEqual(x, b)"},
      {10, 17, "float[N,3] x, float[3] b", "y = Mod<fmod=1>(x, b)"},
      {11, 17, "uint8[N,3] x, uint8[3] b", "y = BitShift<direction='LEFT'>(x, b)"},
      {8, 17, "float[N,3] x, float[3] b, float[4,1,1] c",
       "d = Max(x, b, c) e = Min(x) f = Sum(x, b) y = Mean(c, x)"},
      {1, 7, "float[N,3] x, float[N,3] b", "d = Max(x, b) e = Min(x) f = Sum(x, b) y = Mean(x, b)"},
      {9, 17, "bool[N,1] c, float[3] x, float[2,1,1] z", "y = Where(c, x, z)"},
      {7, 17, "float[] x, float[3] b", "y = Add(x, b)"},
      {18, 26, "int32[N,3] x, int32[3] b", "y = BitwiseAnd(x, b)", "int32 Nx3", kNewer},
      {1, 26, "uint8[N,3,1] x, float s, uint8 z, uint8[3,4] b",
       "y = com.microsoft.QLinearAdd(x, s, z, b, s, z, s, z)", "uint8 Nx3x4", kMicrosoft},
      {1, 26, "bool[N,1] c, uint8[3] x, float s, uint8 z, uint8[2,1,1] b",
       "y = com.microsoft.QLinearWhere(c, x, s, z, b, s, z, s, z)", "uint8 2xNx3", kMicrosoft},
  });
}

TEST_CASE("before opset 7 the output has the shape of A") {
  check_rows({
      {1, 6, "float[N,3,4,5] x, float[4] b", "y = Add<broadcast=1, axis=2>(x, b)"},
      {1, 6, "float[N,3,4,5] x, float[3,4] b",
       "c = Mul<broadcast=1, axis=1>(x, b) d = Div<broadcast=1>(c, b) y = Sub(d, x)"},
      {1, 6, "float[N,3] x, float[1] b", "y = Pow<broadcast=1>(x, b)"},
      {1, 6, "bool[N,3] x, bool[3] b", "c = And<broadcast=1>(x, b) y = Or<broadcast=1>(c, b)"},
      {1, 6, "float[N,3] x, float[3] b", "c = Greater<broadcast=1>(x, b) y = Less<broadcast=1>(x, b)"},
      {1, 6, "float[] x, float[N,3] b", "y = Add(x, b)", "float Nx3",
       "without `broadcast` both have the same shape"},
  });
}

TEST_CASE("normalisations with more outputs") {
  check_rows({
      {1, 17, "float[N,6,8,8] x, float[6] s", "y = BatchNormalization<consumed_inputs=[0,0]>(x, s, s, s, s)"},
      {15, 17, "float16[N,6,8] x, float[6] s", "y = BatchNormalization(x, s, s, s, s)"},
      {14, 17, "float[N,6,8] x, float[6] s, double[6] u",
       "y, m, v = BatchNormalization<training_mode=1>(x, s, s, u, u)"},
      {1, 13, "float[N,6,8] x, float[6] s", "z, y, v, sm, sv = BatchNormalization(x, s, s, s, s)", "float 6",
       "the library checks nothing of them"},
      {17, 17, "float[N,6,8] x, float[8] s", "y, m, d = LayerNormalization(x, s)"},
      {17, 17, "float16[N,6,8] x, float16[6,8] s",
       "y, m, d = LayerNormalization<axis=-2, stash_type=10>(x, s)"},
      {1, 17, "float[N,6] x", "y = Dropout(x)"},
      {7, 17, "float[N,6] x", "y, m = Dropout(x)"},
      {12, 17, "float[N,6] x, float r, bool t", "y, m = Dropout(x, r, t)"},
  });
}

TEST_CASE("quantisation") {
  check_rows({
      {10, 17, "float[N,6] x, float s", "y = QuantizeLinear(x, s)"},
      {10, 17, "float[N,6] x, float s, int8 z", "y = QuantizeLinear(x, s, z)"},
      {13, 17, "float[N,6] x, float[6] s, int8[6] z", "y = QuantizeLinear<axis=1>(x, s, z)"},
      {10, 17, "int8[N,6] x, float s, int8 z", "y = DequantizeLinear(x, s, z)"},
      {10, 17, "int32[N,6] x, float s", "y = DequantizeLinear(x, s)"},
      {11, 17, "float[N,6] x", "y, s, z = DynamicQuantizeLinear(x)"},
      {19, 26, "int8[N,6] x, float16 s", "y = DequantizeLinear(x, s)", "float16 Nx6", kNewer},
      {21, 26, "float[N,6] x, float s", "y = QuantizeLinear<output_dtype=5>(x, s)", "int16 Nx6", kNewer},
      {23, 26, "int8[N,6] x, float s", "y = DequantizeLinear<output_dtype=10>(x, s)", "float16 Nx6", kNewer},
      {1, 26, "float[N,6] x, float s, uint16 z", "y = com.microsoft.QuantizeLinear(x, s, z)", "uint16 Nx6",
       kMicrosoft},
      {1, 26, "uint16[N,6] x, float16 s", "y = com.microsoft.DequantizeLinear(x, s)", "float16 Nx6",
       kMicrosoft},
  });
}

TEST_CASE("operators that make tensors") {
  check_rows({
      {1, 17, "float[N,6] x", "y = Shape(x)"},
      {1, 17, "float[N,6] x", "y = Size(x)"},
      {15, 17, "float[N,6,7,8] x",
       "a = Shape<start=1>(x) b = Shape<start=-3, end=-1>(x) y = Shape<start=3, end=1>(x)"},
      {9, 17, "float[N,6] x",
       "s = Constant<value = int64[3] {2,3,4}>() y = ConstantOfShape<value = int32[1] {7}>(s)"},
      {9, 17, "float[N,6] x", "s = Constant<value = int64[3] {2,3,4}>() y = ConstantOfShape(s)"},
      {9, 17, "int64[3] s", "y = ConstantOfShape(s)"},
      {12, 17, "float[N,6] x",
       "a = Constant<value_int=3>() b = Constant<value_ints=[3,4]>() c = Constant<value_float=1.5>()"
       " d = Constant<value_floats=[1.5,2.5]>() e = Constant<value_string='s'>() y = Identity(d)"},
      {6, 17, "float[N,6] x", "a = Cast<to=7>(x) b = Cast<to=9>(x) y = Cast<to=10>(a)"},
      {1, 5, "float[N,6] x", "y = Cast<to='INT32'>(x)", "int32 Nx6",
       "the library does not infer named types"},
      {15, 17, "float[N,6] x, int8 t", "y = CastLike(x, t)"},
      {9, 17, "float[N,6] x", "a = EyeLike(x) y = EyeLike<dtype=7>(x)"},
      {1, 17, "float[N,6] x",
       "a = RandomNormal<shape=[2,3]>() b = RandomUniform<shape=[2,3], dtype=11>()"
       " c = RandomNormalLike(x) y = RandomUniformLike<dtype=10>(x)"},
      {7, 17, "float[N,6] x", "y = Multinomial<sample_size=4>(x)"},
      {15, 17, "float[N,6] x", "a = Bernoulli(x) y = Bernoulli<dtype=9>(x)"},
      {11, 17, "float[N,6] x",
       "a = Constant<value = int64 {3}>() b = Constant<value = int64 {11}>() c = Constant<value = int64 "
       "{2}>()"
       " y = Range(a, b, c)"},
      {11, 17, "float[N,6] x",
       "a = Constant<value = float {3.0}>() b = Constant<value = float {5.5}>() c = Constant<value = float "
       "{0.5}>()"
       " y = Range(a, b, c)"},
      {11, 17, "int64 a", "y = Range(a, a, a)"},
  });
}

TEST_CASE("elementwise operators that break their specification are refused") {
  check_refused({
      {7, 26, "float[2,3] x, float[4,3] b", "y = Add(x, b)", "shape-mismatch"},
      {7, 26, "float[2,3] x, float[2] b", "y = Add<broadcast=1, axis=0>(x, b)", "bad-attribute"},
      {8, 26, "float[2,3] x, float[4,3] b", "y = Max(x, b)", "shape-mismatch"},
      {9, 26, "bool[2] c, float[2,3] x", "y = Where(c, x, x)", "shape-mismatch"},
      {1, 26, "float[N,6,8,8] x, float[7] s", "y = BatchNormalization(x, s, s, s, s)", "shape-mismatch"},
      {17, 26, "float[N,6] x, float[6] s", "y, m = LayerNormalization<axis=2>(x, s)", "axis-out-of-range"},
      {9, 26, "float x", "s = Constant<value = int64[2] {2,-3}>() y = ConstantOfShape(s)", "negative-extent"},
      {6, 26, "float[N,6] x", "y = Cast(x)", "missing-attribute"},
      {1, 26, "float[N,6] x", "y = RandomNormal()", "missing-attribute"},
      {1, 26, "float[N,6] x", "y = RandomNormal<shape=[-2]>()", "bad-attribute"},
      {1, 26, "float[N,6] x", "y = Constant()", "missing-attribute"},
      {11, 26, "float x", "a = Constant<value = int64 {0}>() y = Range(a, a, a)", "range-delta"},
  });
}

}  // namespace
}  // namespace padproof::test
