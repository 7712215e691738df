// SPDX-License-Identifier: Apache-2.0
// Convolutions and pools against the ONNX library, over all their versions and kinds of padding.
#include <doctest/doctest.h>

#include "tests/model/shape_rows.h"

namespace padproof::test {
namespace {

constexpr const char* kSymbolic = "the library does not follow symbolic extents through windows";
constexpr const char* kOneShape = "the library asks for both shapes";
constexpr const char* kSame = "SAME gives ceil(H/s) by definition";
constexpr const char* kMicrosoft = "the library does not know com.microsoft";

TEST_CASE("convolutions agree with the library") {
  check_rows({
      {1, 17, "float[N,3,224,224] x, float[8,3,7,7] w",
       "y = Conv<auto_pad='SAME_UPPER', strides=[2,2]>(x, w)"},
      {1, 17, "float[N,3,225,223] x, float[8,3,7,7] w",
       "y = Conv<auto_pad='SAME_LOWER', strides=[2,2]>(x, w)"},
      {1, 17, "float[N,3,10,11] x, float[8,3,3,3] w", "y = Conv<auto_pad='VALID', strides=[2,3]>(x, w)"},
      {1, 17, "float[N,3,10,11] x, float[8,3,3,3] w", "y = Conv<auto_pad='NOTSET', pads=[1,1,1,1]>(x, w)"},
      {1, 17, "float[N,3,10,11] x, float[8,3,3,3] w, float[8] b", "y = Conv<pads=[1,1,1,1]>(x, w, b)"},
      {1, 17, "float[N,3,10,11] x, float[8,3,3,5] w", "y = Conv<pads=[0,1,2,3], kernel_shape=[3,5]>(x, w)"},
      {1, 17, "float[N,6,10,11] x, float[8,3,3,3] w", "y = Conv<group=2, dilations=[2,3]>(x, w)"},
      {1, 17, "float[N,6,20,21] x, float[6,1,3,3] w",
       "y = Conv<group=6, dilations=[2,2], strides=[2,2], auto_pad='SAME_UPPER'>(x, w)"},
      {1, 17, "float[N,6,20,21] x, float[6,6,1,1] w", "y = Conv<strides=[4,4], auto_pad='SAME_UPPER'>(x, w)"},
      {1, 17, "float[N,4,9] x, float[6,4,3] w", "y = Conv<strides=[2], pads=[1,1]>(x, w)"},
      {1, 17, "float[N,4,9,9,9] x, float[6,4,3,3,3] w",
       "y = Conv<strides=[2,2,2], auto_pad='SAME_LOWER'>(x, w)"},
      {1, 17, "float16[N,4,9,9] x, float16[M,4,3,3] w", "y = Conv(x, w)"},
      {10, 17, "uint8[N,3,9,9] x, uint8[6,3,3,3] w",
       "y = ConvInteger<auto_pad='SAME_UPPER', strides=[2,2]>(x, w)"},
      {10, 17, "int8[N,3,9,9] x, uint8[6,3,3,3] w, int8 z", "y = ConvInteger<pads=[1,0,1,0]>(x, w, z)"},
      {10, 17,
       "uint8[N,3,9,9] x, float s, uint8 z, int8[6,3,3,3] w, float t, int8 v, float u, int8 o, int32[6] b",
       "y = QLinearConv<auto_pad='SAME_UPPER', strides=[2,2]>(x, s, z, w, t, v, u, o, b)"},
  });
}

TEST_CASE("convolutions tell more than the library") {
  check_rows({
      {1, 26, "float[N,3,H,W] x, float[8,3,7,7] w", "y = Conv<auto_pad='SAME_UPPER', strides=[2,2]>(x, w)",
       "float Nx8xceil(H/2)xceil(W/2)", kSymbolic},
      {1, 26, "float[N,3,H,W] x, float[8,3,7,7] w", "y = Conv<pads=[3,3,3,3], strides=[2,2]>(x, w)",
       "float Nx8xceil(H/2)xceil(W/2)", kSymbolic},
      {1, 26, "float[N,3,H,W] x, float[8,3,3,3] w", "y = Conv<auto_pad='SAME_LOWER'>(x, w)", "float Nx8xHxW",
       kSymbolic},
      {1, 26, "float[N,3,H,W] x, float[8,3,3,3] w", "y = Conv(x, w)", "float Nx8x(H-2)x(W-2)", kSymbolic},
      {1, 26, "float[N,3,H,W] x, float[8,3,K,3] w", "y = Conv<strides=[3,3], auto_pad='SAME_LOWER'>(x, w)",
       "float Nx8xceil(H/3)xceil(W/3)", "SAME does not depend on the kernel"},
      {1, 26, "float[N,3,8,8] x, float[] w", "y = Conv<strides=[2,2], kernel_shape=[2,2]>(x, w)",
       "float Nx?x4x4", kOneShape},
      {1, 26, "float[] x, float[8,3,3,3] w", "y = Conv(x, w)", "float ?x8x?x?", kOneShape},
      {1, 26, "float[1,3,8,8] x, float[8,3,5,5] w",
       "y = Conv<auto_pad='SAME_UPPER', pads=[1,1,1,1], strides=[2,2]>(x, w)", "float 1x8x4x4",
       "of auto_pad and pads, auto_pad wins here; the converter refuses both"},
      {1, 26, "float[N,3,8,8] x, float[8,3,3,3] w",
       "y = com.microsoft.FusedConv<activation='Relu', pads=[1,1,1,1]>(x, w)", "float Nx8x8x8", kMicrosoft},
      {1, 26, "uint8[N,9,9,3] x, float s, uint8 z, int8[6,3,3,3] w, float t, int8 v, float u, uint8 o",
       "y = com.microsoft.QLinearConv<channels_last=1, strides=[2,2], pads=[1,1,1,1]>(x, s, z, w, t, v, u, "
       "o)",
       "uint8 Nx5x5x6", kMicrosoft},
      {19, 26, "float[N,4,8,8] x, float[6,2,3,3] w, float[N,18,6,6] o", "y = DeformConv<group=2>(x, w, o)",
       "float Nx6x6x6", "newer than the library"},
  });
}

TEST_CASE("a residual sum joins a SAME branch with an explicit one") {
  check_rows({
      {7, 26, "float[N,4,H,W] x, float[4,4,3,3] w, float[4,4,1,1] v",
       "a = Conv<pads=[1,1,1,1], strides=[2,2]>(x, w) b = Conv<strides=[2,2]>(x, v)"
       " c = Conv<auto_pad='SAME_UPPER', strides=[2,2]>(x, w) d = Add(a, b) y = Add(c, d)",
       "float Nx4xceil(H/2)xceil(W/2)", kSymbolic},
  });
}

TEST_CASE("transposed convolutions") {
  check_rows({
      {1, 17, "float[N,4,5,6] x, float[4,8,3,3] w", "y = ConvTranspose(x, w)"},
      {1, 17, "float[N,4,5,6] x, float[4,4,3,3] w",
       "y = ConvTranspose<group=2, strides=[2,3], pads=[1,0,1,2], output_padding=[1,1], dilations=[2,1]>(x, "
       "w)"},
      {1, 17, "float[N,4,5,6] x, float[4,8,3,3] w",
       "y = ConvTranspose<auto_pad='SAME_UPPER', strides=[2,2]>(x, w)"},
      {1, 17, "float[N,4,5,6] x, float[4,8,3,3] w",
       "y = ConvTranspose<output_shape=[10,12], strides=[2,2]>(x, w)"},
      {1, 26, "float[N,4,3,3] x, float[4,8,3,3] w",
       "y = ConvTranspose<auto_pad='SAME_LOWER', strides=[2,2], output_padding=[1,1]>(x, w)", "float Nx8x6x6",
       "SAME gives H*s by definition"},
      {1, 26, "float[N,4,3,3] x, float[4,8,1,1] w",
       "y = ConvTranspose<auto_pad='SAME_LOWER', strides=[2,2]>(x, w)", "float Nx8x6x6",
       "SAME gives H*s by definition"},
      {1, 26, "float[N,4,H,W] x, float[4,8,2,2] w", "y = ConvTranspose<strides=[2,2]>(x, w)",
       "float Nx8x2*Hx2*W", kSymbolic},
      {1, 26, "float[N,4,H,W] x, float[4,8,3,3] w", "y = ConvTranspose<strides=[2,2], pads=[1,1,1,1]>(x, w)",
       "float Nx8x(2*H-1)x(2*W-1)", kSymbolic},
      {1, 26, "float[N,4,5,5] x, float[] w", "y = ConvTranspose<kernel_shape=[3,3]>(x, w)", "float Nx?x7x7",
       kOneShape},
  });
}

TEST_CASE("pools agree with the library") {
  check_rows({
      {1, 17, "float[N,3,32,33] x",
       "y = MaxPool<kernel_shape=[3,3], strides=[2,2], auto_pad='SAME_UPPER'>(x)"},
      {1, 17, "float[N,3,32,33] x", "y = MaxPool<kernel_shape=[3,3], strides=[2,2], auto_pad='VALID'>(x)"},
      {1, 17, "float[N,3,32,33] x", "y = MaxPool<kernel_shape=[3,3], strides=[2,2], pads=[1,1,1,1]>(x)"},
      {8, 17, "float[N,3,32,33] x", "y, i = MaxPool<kernel_shape=[2,2], strides=[2,2]>(x)"},
      {10, 17, "float[N,3,32,33] x", "y, i = MaxPool<kernel_shape=[3,3], strides=[2,2], ceil_mode=1>(x)"},
      {10, 17, "float[N,3,8,8] x",
       "y = MaxPool<kernel_shape=[3,3], dilations=[2,2], auto_pad='SAME_LOWER'>(x)"},
      {12, 17, "int8[N,3,8,8] x", "y = MaxPool<kernel_shape=[3,3]>(x)"},
      {1, 17, "float[N,3,32,33] x",
       "y = AveragePool<kernel_shape=[3,2], strides=[2,3], auto_pad='SAME_LOWER'>(x)"},
      {7, 17, "float[N,3,32,33] x",
       "y = AveragePool<kernel_shape=[3,2], count_include_pad=1, pads=[1,0,1,0]>(x)"},
      {10, 17, "float[N,3,32,33] x", "y = AveragePool<kernel_shape=[3,3], strides=[2,2], ceil_mode=1>(x)"},
      {2, 17, "float[N,3,32,33] x",
       "y = LpPool<kernel_shape=[3,2], strides=[2,3], auto_pad='SAME_UPPER'>(x)"},
      {2, 17, "float[N,3,7,7] x",
       "a = GlobalAveragePool(x) b = GlobalMaxPool(x) c = GlobalLpPool(x) y = GlobalMaxPool(c)"},
      {9, 17, "float[N,3,4,5] x, int64[N,3,4,5] i", "y = MaxUnpool<kernel_shape=[2,2], strides=[2,2]>(x, i)"},
      {1, 17, "float[N,3,32,32] x, float[R,5] r", "y = MaxRoiPool<pooled_shape=[6,7]>(x, r)"},
      {10, 17, "float[N,3,32,32] x, float[R,4] r, int64[R] b",
       "y = RoiAlign<output_height=6, output_width=7>(x, r, b)"},
      // SEMANTICS.md, section 4: VALID with ceil_mode gives 3, against the formula in the text.
      {10, 17, "float[1,1,6] x",
       "y = MaxPool<kernel_shape=[3], strides=[2], auto_pad='VALID', ceil_mode=1>(x)"},
  });
}

TEST_CASE("pools tell more than the library") {
  check_rows({
      {1, 26, "float[N,3,H,W] x", "y = MaxPool<kernel_shape=[3,3], strides=[2,2], auto_pad='SAME_UPPER'>(x)",
       "float Nx3xceil(H/2)xceil(W/2)", kSymbolic},
      {10, 26, "float[N,3,H,W] x", "y = MaxPool<kernel_shape=[3,3], strides=[2,2], ceil_mode=1>(x)",
       "float Nx3xfloor(H/2)xfloor(W/2)", kSymbolic},
      {10, 26, "float[1,1,H] x", "y = MaxPool<kernel_shape=[2], strides=[2], ceil_mode=1>(x)",
       "float 1x1xceil(H/2)", kSymbolic},
      {10, 26, "float[1,1,H] x", "y = MaxPool<kernel_shape=[1], strides=[2], ceil_mode=1>(x)",
       "float 1x1xceil(H/2)", kSymbolic},
      {10, 26, "float[1,1,7] x",
       "y = MaxPool<kernel_shape=[1], strides=[4], auto_pad='SAME_UPPER', ceil_mode=1>(x)", "float 1x1x2",
       kSame},
      {10, 26, "float[1,1,2] x", "y = AveragePool<kernel_shape=[1], strides=[2], ceil_mode=1>(x)",
       "float 1x1x1", "the last window would start behind the input"},
      {10, 26, "float[1,1,3] x", "y = AveragePool<kernel_shape=[2], strides=[3], pads=[0,1], ceil_mode=1>(x)",
       "float 1x1x1", "the last window would start behind the input"},
      {1, 26, "float[] x", "y = AveragePool<kernel_shape=[3,3]>(x)", "float ?x?x?x?",
       "kernel_shape tells the rank"},
      {9, 26, "float[1,1,2,2] x, int64[1,1,2,2] i",
       "s = Constant<value = int64[4] {1,1,5,5}>() y = MaxUnpool<kernel_shape=[2,2], strides=[2,2]>(x, i, s)",
       "float 1x1x5x5", "the library does not read output_shape"},
      {18, 26, "float[N,3,9,9] x",
       "y = LpPool<kernel_shape=[2,2], dilations=[2,2], strides=[2,2], ceil_mode=1>(x)", "float Nx3x4x4",
       "newer than the library"},
      {19, 26, "float[N,3,9,9] x", "y = AveragePool<kernel_shape=[2,2], dilations=[2,2]>(x)", "float Nx3x7x7",
       "newer than the library"},
      {18, 26, "float[N,12,L] x",
       "i = Constant<value = int64[2] {5,6}>() b = Constant<value = int64[2] {2,2}>() y = Col2Im(x, i, b)",
       "float Nx3x5x6", "newer than the library"},
      {1, 26, "uint8[N,8,8,C] x, float s, uint8 z",
       "y = com.microsoft.QLinearAveragePool<kernel_shape=[3,3], channels_last=1>(x, s, z, s, z)",
       "uint8 Nx6x6xC", kMicrosoft},
      {1, 26, "uint8[N,C,8,8] x, float s, uint8 z",
       "y = com.microsoft.QLinearGlobalAveragePool(x, s, z, s, z)", "uint8 NxCx1x1", kMicrosoft},
      {1, 26, "uint8[N,8,8,C] x",
       "y = com.microsoft.NhwcMaxPool<kernel_shape=[2,2], strides=[2,2], ceil_mode=1>(x)", "uint8 Nx4x4xC",
       kMicrosoft},
  });
}

TEST_CASE("windows that break their specification are refused") {
  const char* const image = "float[1,3,8,8] x, float[8,3,3,3] w";
  check_refused({
      {1, 26, image, "y = Conv<strides=[2]>(x, w)", "attribute-length"},
      {1, 26, image, "y = Conv<strides=[2,0]>(x, w)", "bad-attribute"},
      {1, 26, image, "y = Conv<strides=[-1,1]>(x, w)", "bad-attribute"},
      {1, 26, image, "y = Conv<dilations=[1,1,1]>(x, w)", "attribute-length"},
      {1, 26, image, "y = Conv<dilations=[0,1]>(x, w)", "bad-attribute"},
      {1, 26, image, "y = Conv<pads=[1,1]>(x, w)", "attribute-length"},
      {1, 26, image, "y = Conv<pads=[-2147483648,0,0,0]>(x, w)", "bad-attribute"},
      {1, 26, image, "y = Conv<kernel_shape=[3,4]>(x, w)", "shape-mismatch"},
      {1, 26, image, "y = Conv<kernel_shape=[3]>(x, w)", "attribute-length"},
      {1, 26, image, "y = Conv<group=0>(x, w)", "bad-attribute"},
      {1, 26, image, "y = Conv<group=3>(x, w)", "bad-attribute"},
      {1, 26, image, "y = Conv<group=2>(x, w)", "shape-mismatch"},
      {1, 26, image, "y = Conv<auto_pad='SAME'>(x, w)", "bad-attribute"},
      {1, 26, image, "y = Conv(x)", "missing-input"},
      {1, 26, image, "y = Conv<dilations=[4,4]>(x, w)", "empty-output"},
      {1, 26, "float[1,3,8,8] x, float[8,3,9,1] w", "y = Conv<strides=[9,1]>(x, w)", "empty-output"},
      {1, 26, "float[1,3,8,8] x, float[8,3,0,3] w", "y = Conv(x, w)", "empty-kernel"},
      {1, 26, "float[1,4,8,8] x, float[8,3,3,3] w", "y = Conv(x, w)", "shape-mismatch"},
      {1, 26, "float[1,3,8,8] x, float[8,3,3] w", "y = Conv(x, w)", "rank"},
      {1, 26, "float[3,8] x, float[8,3] w", "y = Conv(x, w)", "rank"},
      {1, 26, "float[1,3,8,8] x, float[8,3,3,3] w, float[7] b", "y = Conv(x, w, b)", "shape-mismatch"},
      {1, 26, "float[1,4,8,8] x, float[3,8,3,3] w", "y = ConvTranspose(x, w)", "shape-mismatch"},
      {1, 26, "float[1,4,2,2] x, float[4,8,1,1] w", "y = ConvTranspose<pads=[1,1,1,1]>(x, w)",
       "empty-output"},
      {1, 26, "float[1,4,2,2] x, float[4,8,1,1] w", "y = ConvTranspose<output_shape=[2]>(x, w)",
       "attribute-length"},
      {1, 26, image, "y = MaxPool<strides=[1,1]>(x)", "missing-attribute"},
      {1, 26, image, "y = MaxPool<kernel_shape=[0,1]>(x)", "bad-attribute"},
      {1, 26, image, "y = MaxPool<kernel_shape=[9,9]>(x)", "empty-output"},
      {1, 9, image, "y = MaxPool<kernel_shape=[2,2], ceil_mode=1>(x)", "bad-attribute"},
      {1, 9, image, "y = MaxPool<kernel_shape=[2,2], dilations=[2,1]>(x)", "bad-attribute"},
      {1, 18, image, "y = AveragePool<kernel_shape=[2,2], dilations=[2,1]>(x)", "bad-attribute"},
      {1, 17, image, "y = LpPool<kernel_shape=[2,2], ceil_mode=1>(x)", "bad-attribute"},
      {1, 26, "float[3] x", "y = GlobalAveragePool(x)", "rank"},
  });
}

}  // namespace
}  // namespace padproof::test
