// SPDX-License-Identifier: Apache-2.0
// Matrix products, reductions, recurrent layers against the ONNX library.
#include <doctest/doctest.h>

#include "tests/model/shape_rows.h"

namespace padproof::test {
namespace {

constexpr const char* kNewer = "newer than the library";
constexpr const char* kRankOnly = "the library only tells the rank";
constexpr const char* kMicrosoft = "the library does not know com.microsoft";

TEST_CASE("matrix products") {
  check_rows({
      {1, 17, "float[N,3,4] x, float[4,5] z", "y = MatMul(x, z)"},
      {1, 17, "float[2,1,3,4] x, float[7,4,5] z", "y = MatMul(x, z)"},
      {1, 17, "float[4] x, float[4,5] z", "y = MatMul(x, z)"},
      {1, 17, "float[N,4] x, float[4] z", "y = MatMul(x, z)"},
      {1, 17, "float[4] x, float[4] z", "y = MatMul(x, z)"},
      {10, 17, "uint8[N,4] x, int8[4,5] z", "y = MatMulInteger(x, z)"},
      {10, 17, "uint8[N,4] x, float s, uint8 z, int8[4,5] w, int8 v",
       "y = QLinearMatMul(x, s, z, w, s, v, s, v)"},
      {7, 17, "float[N,4] x, float[4,5] z, float[5] c", "y = Gemm(x, z, c)"},
      {11, 17, "float[4,N] x, float[5,4] z", "y = Gemm<transA=1, transB=1>(x, z)"},
      {1, 6, "float[N,4] x, float[4,5] z, float[5] c", "y = Gemm<broadcast=1>(x, z, c)"},
      {11, 17, "float[N,4,4] x", "y = Det(x)"},
      {1, 26, "float[] x, float[4,5] z, float[5] c", "y = Gemm(x, z, c)", "float ?x5",
       "one operand tells one extent"},
      {1, 26, "uint8[N,4] x, float s, uint8 z, uint8[5,4] w",
       "y = com.microsoft.QGemm<transB=1>(x, s, z, w, s, z)", "float Nx5", kMicrosoft},
      {1, 26, "uint8[N,4] x, float s, uint8 z, uint8[4,5] w, int32[5] c, int8 o",
       "y = com.microsoft.QGemm(x, s, z, w, s, z, c, s, o)", "int8 Nx5", kMicrosoft},
      {1, 26, "float[N,4,3] x, float[4,5] w", "y = com.microsoft.FusedMatMul<transA=1>(x, w)", "float Nx3x5",
       kMicrosoft},
      {1, 26, "float[N,4,3] x, float[4,5] w", "y = com.microsoft.FusedMatMul<transBatchA=1>(x, w)", "float ?",
       "transposed batches are not followed"},
  });
}

TEST_CASE("Einsum") {
  check_rows({
      {12, 26, "float[N,4] x, float[4,5] z", "y = Einsum<equation='ij,jk->ik'>(x, z)", "float Nx5",
       kRankOnly},
      {12, 26, "float[N,4] x, float[4,5] z", "y = Einsum<equation='ij, jk'>(x, z)", "float Nx5", kRankOnly},
      {12, 26, "float[N,4] x", "y = Einsum<equation='ij->ji'>(x)", "float 4xN", kRankOnly},
      {12, 26, "float[N,7,3,4] x, float[4,5] z", "y = Einsum<equation='b...ij,jk->b...ik'>(x, z)",
       "float Nx7x3x5", "the library loses the ellipsis"},
  });
}

TEST_CASE("reductions") {
  for (const char* op_type : {"ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax",
                              "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSumSquare"}) {
    const std::string op = std::string("y = ") + op_type;
    const std::string all = op + "(x)";
    const std::string kept = op + "<axes=[2,3]>(x)";
    const std::string gone = op + "<axes=[-1,1], keepdims=0>(x)";
    const std::string axes = "a = Constant<value = int64[2] {2,-1}>() ";
    const std::string by_input = axes + op + "<keepdims=0>(x, a)";
    const std::string noop = op + "<noop_with_empty_axes=1>(x)";
    check_rows({
        {1, 17, "float[N,3,7,8] x", all.c_str()},
        {1, 17, "float[N,3,7,8] x", kept.c_str()},
        {11, 17, "float[N,3,7,8] x", gone.c_str()},
        {18, 26, "float[N,3,7,8] x", by_input.c_str(), "float Nx3", kNewer},
        {18, 26, "float[N,3,7,8] x", noop.c_str(), "float Nx3x7x8", kNewer},
        {18, 26, "float[N,3,7,8] x", all.c_str(), "float 1x1x1x1", kNewer},
    });
  }
  check_rows({
      {1, 12, "float[N,3,7,8] x", "y = ReduceSum<axes=[1]>(x)"},
      {13, 17, "float[N,3,7,8] x", "a = Constant<value = int64[2] {2,-1}>() y = ReduceSum(x, a)"},
      {13, 17, "float[N,3,7,8] x", "y = ReduceSum<noop_with_empty_axes=1>(x)"},
      {13, 26, "float[N,3,7,8] x, int64[2] a", "y = ReduceSum<keepdims=0>(x, a)", "float ?x?", "two axes go"},
      {13, 26, "float[N,3,7,8] x, int64[2] a", "y = ReduceSum(x, a)", "float ?x?x?x?",
       "keepdims keeps the rank"},
      {1, 17, "float[N,3,7] x", "a = ArgMax(x) y = ArgMin<axis=2, keepdims=0>(x)"},
      {11, 17, "float[N,3,7] x", "y = ArgMax<axis=-1, keepdims=0>(x)"},
      {1, 26, "uint8[N,3,7,7] x, float s, uint8 z",
       "y = com.microsoft.QLinearReduceMean<axes=[2,3], keepdims=0>(x, s, z, s, z)", "uint8 Nx3", kMicrosoft},
  });
}

TEST_CASE("recurrent layers") {
  check_rows({
      {7, 17, "float[S,N,6] x, float[1,16,6] w, float[1,16,4] r", "y, h, c = LSTM<hidden_size=4>(x, w, r)"},
      {7, 17, "float[S,N,6] x, float[2,12,6] w, float[2,12,4] r",
       "y, h = GRU<hidden_size=4, direction='bidirectional'>(x, w, r)"},
      {14, 17, "float[N,S,6] x, float[1,4,6] w, float[1,4,4] r",
       "y, h = RNN<hidden_size=4, layout=1>(x, w, r)"},
      {7, 26, "float[S,N,6] x, float[1,4,6] w, float[1,4,4] r", "y = RNN(x, w, r)", "float Sx1xNx4",
       "the weights tell the size as well"},
  });
}

TEST_CASE("products and reductions that break their specification are refused") {
  check_refused({
      {1, 26, "float[2,3] x, float[4,5] z", "y = MatMul(x, z)", "shape-mismatch"},
      {1, 26, "float[2,3] x, float z", "y = MatMul(x, z)", "rank"},
      {1, 26, "float[2,3] x, float[4,5] z", "y = Gemm(x, z, z)", "shape-mismatch"},
      {1, 26, "float[2,3,4] x, float[4,5] z", "y = Gemm(x, z, z)", "rank"},
      {1, 12, "float[2,3] x", "y = ReduceSum<axes=[2]>(x)", "axis-out-of-range"},
      {13, 26, "float[2,3] x", "y = ReduceSum<axes=[1]>(x)", "bad-attribute"},
      {18, 26, "float[2,3] x", "y = ReduceMean<axes=[1]>(x)", "bad-attribute"},
      {1, 26, "float[2,3] x", "y = ArgMax<axis=2>(x)", "axis-out-of-range"},
      {12, 26, "float[2,3] x", "y = Einsum<equation='ijk'>(x)", "rank"},
      {12, 26, "float[2,3] x", "y = Einsum<equation='ij,jk'>(x)", "bad-attribute"},
      {12, 26, "float[2,3] x", "y = Einsum<equation='i1'>(x)", "bad-attribute"},
      {12, 26, "float[2,3] x", "y = Einsum<equation='ij->k'>(x)", "bad-attribute"},
      {12, 26, "float[2,3] x", "y = Einsum<equation='ii'>(x)", "shape-mismatch"},
      {1, 26, "float[2,3] x, float[1,4,3] w", "y = LSTM(x, w, w)", "rank"},
  });
}

}  // namespace
}  // namespace padproof::test
