// SPDX-License-Identifier: Apache-2.0
// Operators that rearrange axes: Reshape and its relatives, against the ONNX library.
#include <doctest/doctest.h>

#include "tests/model/shape_rows.h"

namespace padproof::test {
namespace {

constexpr const char* kSymbolic = "the library does not follow products of symbols";
constexpr const char* kNewer = "newer than the library";

TEST_CASE("Reshape and Flatten agree with the library") {
  check_rows({
      {1, 4, "float[2,3,4] x", "y = Reshape<shape=[2,-1]>(x)", "float 2x12",
       "the library does not infer version 1"},
      {5, 17, "float[2,3,4] x", "s = Constant<value = int64[2] {2,-1}>() y = Reshape(x, s)"},
      {5, 17, "float[2,3,4] x", "s = Constant<value = int64[2] {0,-1}>() y = Reshape(x, s)"},
      {5, 17, "float[N,3,4] x", "s = Constant<value = int64[2] {0,-1}>() y = Reshape(x, s)"},
      {5, 17, "float[N,3,4] x", "s = Constant<value = int64[3] {0,0,4}>() y = Reshape(x, s)"},
      {5, 17, "float[2,3,4] x", "s = Constant<value = int64[1] {24}>() y = Reshape(x, s)"},
      {14, 17, "float[0,3,4] x", "s = Constant<value = int64[2] {0,7}>() y = Reshape<allowzero=1>(x, s)"},
      {1, 17, "float[2,3,4,5] x",
       "a = Flatten(x) b = Flatten<axis=0>(x) c = Flatten<axis=3>(x) y = Flatten<axis=4>(x)"},
      {11, 17, "float[2,3,4,5] x", "y = Flatten<axis=-2>(x)"},
      {1, 17, "float[N,3,4,5] x", "y = Flatten(x)"},
  });
}

TEST_CASE("Reshape and Flatten tell more than the library") {
  const char* const newer = kNewer;
  check_rows({
      {5, 26, "float[N,512,7,7] x", "s = Constant<value = int64[2] {-1,25088}>() y = Reshape(x, s)",
       "float Nx25088", kSymbolic},
      {5, 26, "float[N,C,7,7] x", "s = Constant<value = int64[2] {0,-1}>() y = Reshape(x, s)", "float Nx49*C",
       kSymbolic},
      {5, 26, "float[N,C,H,W] x", "s = Constant<value = int64[3] {0,0,-1}>() y = Reshape(x, s)",
       "float NxCxH*W", kSymbolic},
      {5, 17, "float[N,C,H,W] x", "s = Constant<value = int64[3] {0,-1,2}>() y = Reshape(x, s)"},
      {5, 26, "float[N,3,H,W] x",
       "s = Shape(x) f = Constant<value = int64[1] {-1}>() i = Constant<value = int64 {0}>()"
       " n = Gather(s, i) a = Constant<value = int64[1] {0}>() m = Constant<value = int64[1] {1}>() b = "
       "Reshape(n, m)"
       " t = Concat<axis=0>(b, f) y = Reshape(x, t)",
       "float Nx3*H*W", kSymbolic},
      {5, 26, "float[2,3,4] x, int64[1] d",
       "f = Constant<value = int64[1] {12}>() t = Concat<axis=0>(d, f) y = Reshape(x, t)", "float 2x12",
       "a single unknown extent follows from the element count"},
      {5, 26, "float[2,3,4] x, int64[3] s", "y = Reshape(x, s)", "float ?x?x?",
       "the list's length is the rank"},
      {5, 17, "float[] x", "s = Constant<value = int64[2] {3,-1}>() y = Reshape(x, s)"},
      {18, 26, "float[N,3,4] x", "s = Constant<value = int64[2] {0,-1}>() y = Reshape(x, s)", "float Nx12",
       newer},
      {1, 26, "float[N,C,7,7] x", "y = Flatten<axis=2>(x)", "float C*Nx49", kSymbolic},
      {1, 26, "float[] x", "y = Flatten(x)", "float ?x?", "the rank is always 2"},
  });
}

TEST_CASE("Squeeze, Unsqueeze, Transpose, Expand agree with the library") {
  check_rows({
      {1, 12, "float[N,1,3,1] x", "a = Squeeze<axes=[1]>(x) y = Squeeze<axes=[1,3]>(x)"},
      {11, 12, "float[N,1,3,1] x", "y = Squeeze<axes=[-1]>(x)"},
      {13, 17, "float[N,1,3,1] x", "a = Constant<value = int64[2] {-1,1}>() y = Squeeze(x, a)"},
      {1, 12, "float[2,1,3,1] x", "y = Squeeze(x)", "float 2x3",
       "the library does not look for ones before 13"},
      {13, 17, "float[2,1,3,1] x", "y = Squeeze(x)"},
      {1, 12, "float[N,3] x", "a = Unsqueeze<axes=[0]>(x) y = Unsqueeze<axes=[1,3]>(x)"},
      {11, 12, "float[N,3] x", "y = Unsqueeze<axes=[-1,0]>(x)"},
      {13, 17, "float[N,3] x", "a = Constant<value = int64[2] {-1,1}>() y = Unsqueeze(x, a)"},
      {1, 17, "float[N,3,4] x", "a = Transpose(x) y = Transpose<perm=[0,2,1]>(x)"},
      {8, 17, "float[3,1] x", "s = Constant<value = int64[3] {2,1,6}>() y = Expand(x, s)"},
  });
}

TEST_CASE("Squeeze, Unsqueeze, Transpose, Expand tell more than the library") {
  check_rows({
      {1, 17, "float[N,1,3] x", "y = Squeeze(x)"},
      {13, 26, "float[N,1,3] x, int64[1] a", "y = Squeeze(x, a)", "float ?x?", "one axis goes"},
      {13, 26, "float[N,3] x, int64[2] a", "y = Unsqueeze(x, a)", "float ?x?x?x?", "two axes are added"},
      {13, 17, "float[] x, int64[2] a", "y = Unsqueeze(x, a)"},
      {18, 26, "float[N,1,3,1] x", "a = Constant<value = int64[2] {-1,1}>() y = Squeeze(x, a)", "float Nx3",
       kNewer},
      {1, 26, "float[] x", "y = Transpose<perm=[2,0,1]>(x)", "float ?x?x?", "the list's length is the rank"},
      {8, 17, "float[N,1] x", "s = Constant<value = int64[2] {1,5}>() y = Expand(x, s)"},
      {8, 26, "float[1,3] x, float[N,1] z", "s = Shape(z) y = Expand(x, s)", "float Nx3",
       "the library needs numbers"},
      {8, 17, "float[1,3] x, int64[3] s", "y = Expand(x, s)"},
  });
}

TEST_CASE("space and depth, grids and sizes") {
  check_rows({
      {1, 17, "float[N,12,4,5] x", "y = DepthToSpace<blocksize=2>(x)"},
      {11, 17, "float[N,12,4,5] x", "y = DepthToSpace<blocksize=2, mode='CRD'>(x)"},
      {1, 17, "float[N,3,4,6] x", "y = SpaceToDepth<blocksize=2>(x)"},
      {1, 26, "float[N,12,H,W] x", "y = DepthToSpace<blocksize=2>(x)", "float Nx3x2*Hx2*W",
       "the library does not follow symbols"},
      {1, 26, "float[] x", "y = SpaceToDepth<blocksize=2>(x)", "float ?x?x?x?", "the rank is always 4"},
      {16, 17, "float[N,3,4,6] x, float[N,7,8,2] g", "y = GridSample(x, g)"},
      {20, 26, "float[N,3,4,5,6] x, float[N,7,8,9,3] g", "y = GridSample(x, g)", "float Nx3x7x8x9", kNewer},
      {20, 26, "float[N,2,3] t", "s = Constant<value = int64[4] {2,3,5,6}>() y = AffineGrid(t, s)",
       "float 2x5x6x2", kNewer},
  });
}

TEST_CASE("Resize and Upsample") {
  const char* const scales = "s = Constant<value = float[4] {1.0, 1.0, 2.0, 0.6}>() ";
  const std::string upsample = std::string(scales) + "y = Upsample<mode='nearest'>(x, s)";
  const std::string resize10 = std::string(scales) + "y = Resize(x, s)";
  const std::string resize11 =
      std::string(scales) + "r = Constant<value = float[0] {}>() y = Resize(x, r, s)";
  const std::string resize13 = std::string(scales) + "y = Resize<mode='linear'>(x,, s)";
  check_rows({
      {1, 6, "float[1,3,8,8] x", "y = Upsample<height_scale=2.0, width_scale=1.5>(x)", "float 1x3x16x12",
       "the library does not infer version 1"},
      {7, 8, "float[1,3,8,8] x", "y = Upsample<scales=[1.0, 1.0, 2.0, 1.5]>(x)"},
      {9, 9, "float[1,3,8,8] x", upsample.c_str()},
      {10, 10, "float[1,3,8,8] x", resize10.c_str()},
      {11, 12, "float[1,3,8,8] x", resize11.c_str()},
      {13, 17, "float[1,3,8,8] x", resize13.c_str()},
      {11, 12, "float[1,3,8,8] x, float[8] r, float[0] e",
       "s = Constant<value = int64[4] {1,3,7,9}>() y = Resize(x, r, e, s)"},
      {13, 17, "float[1,3,8,8] x", "s = Constant<value = int64[4] {1,3,7,9}>() y = Resize(x,,, s)"},
      {9, 9, "float[N,3,H,8] x", upsample.c_str(), "float Nx3x2*Hx4", "the library does not follow symbols"},
      {10, 10, "float[N,3,H,8] x", resize10.c_str(), "float Nx3x2*Hx4",
       "the library does not follow symbols"},
      {13, 26, "float[N,3,8,H] x", resize13.c_str(), "float Nx3x16x?", "H*0.6 depends on rounding"},
      {10, 10, "float[1,3,10,10] x", "s = Constant<value = float[4] {1.0, 1.0, 0.7, 0.5}>() y = Resize(x, s)",
       "float 1x3x?x5", "10*0.7 is 7 as a float and less as a double"},
      {18, 26, "float[N,3,H,8] x", "s = Constant<value = int64[2] {7,9}>() y = Resize<axes=[2,-1]>(x,,, s)",
       "float Nx3x7x9", kNewer},
      {18, 26, "float[1,3,8,4] x",
       "s = Constant<value = int64[2] {6,6}>() y = Resize<axes=[2,3], "
       "keep_aspect_ratio_policy='not_larger'>(x,,, s)",
       "float 1x3x6x3", kNewer},
      {18, 26, "float[1,3,8,4] x",
       "s = Constant<value = int64[2] {6,6}>() y = Resize<axes=[2,3], "
       "keep_aspect_ratio_policy='not_smaller'>(x,,, s)",
       "float 1x3x12x6", kNewer},
      {13, 26, "float[1,3,8,8] x",
       "s = Constant<value = float[4] {1.0,1.0,2.0,2.0}>()"
       " y = Resize<coordinate_transformation_mode='tf_crop_and_resize'>(x,, s)",
       "float ?x?x?x?", "runtimes differ about scales of a region; the library ignores it"},
  });
}

TEST_CASE("rearrangements that break their specification are refused") {
  check_refused({
      {5, 26, "float[2,3] x", "s = Constant<value = int64[2] {4,-1}>() y = Reshape(x, s)", "reshape-count"},
      {5, 26, "float[2,3] x", "s = Constant<value = int64[2] {4,2}>() y = Reshape(x, s)", "reshape-count"},
      {5, 26, "float[2,3] x", "s = Constant<value = int64[3] {-1,-1,2}>() y = Reshape(x, s)",
       "reshape-infer"},
      {5, 26, "float[2,3] x", "s = Constant<value = int64[3] {2,3,0}>() y = Reshape(x, s)", "reshape-zero"},
      {5, 26, "float[2,3] x", "s = Constant<value = int64[2] {-2,3}>() y = Reshape(x, s)",
       "reshape-negative"},
      {1, 26, "float[2,3] x", "y = Flatten<axis=3>(x)", "axis-out-of-range"},
      {1, 12, "float[2,3] x", "y = Squeeze<axes=[1]>(x)", "squeeze"},
      {1, 12, "float[2,1] x", "y = Squeeze<axes=[1,1]>(x)", "duplicate-axis"},
      {1, 12, "float[2,3] x", "y = Unsqueeze<axes=[4]>(x)", "axis-out-of-range"},
      {5, 26, "float[2,3] x, int64[1] s", "y = Reshape<shape=[6]>(x, s)", "bad-attribute"},
      {13, 26, "float[2,1] x", "y = Squeeze<axes=[1]>(x)", "bad-attribute"},
      {13, 26, "float[2,1] x", "y = Unsqueeze<axes=[1]>(x)", "bad-attribute"},
      {1, 26, "float[2,3] x", "y = Transpose<perm=[0]>(x)", "bad-attribute"},
      {1, 26, "float[2,3] x", "y = Transpose<perm=[0,0]>(x)", "duplicate-axis"},
      {8, 26, "float[2,3] x", "s = Constant<value = int64[2] {4,3}>() y = Expand(x, s)", "shape-mismatch"},
      {1, 26, "float[2,3,4,4] x", "y = DepthToSpace<blocksize=2>(x)", "block-size"},
      {1, 26, "float[2,3,4,4] x", "y = DepthToSpace<blocksize=0>(x)", "bad-attribute"},
      {1, 26, "float[2,3,4,5] x", "y = SpaceToDepth<blocksize=2>(x)", "block-size"},
      {1, 26, "float[2,3,4] x", "y = SpaceToDepth<blocksize=1>(x)", "rank"},
      {13, 26, "float[2,3] x", "s = Constant<value = float[1] {1.0}>() y = Resize(x,, s)", "resize-length"},
      {13, 26, "float[2,3] x", "s = Constant<value = float[2] {1.0,-1.0}>() y = Resize(x,, s)",
       "resize-scale"},
      {13, 26, "float[2,3] x", "s = Constant<value = int64[2] {1,-1}>() y = Resize(x,,, s)", "resize-size"},
      {20, 26, "float[N,2,3] t", "s = Constant<value = int64[4] {2,3,-5,6}>() y = AffineGrid(t, s)",
       "negative-extent"},
      {8, 26, "float[1,3] x", "s = Constant<value = int64[2] {-4,3}>() y = Expand(x, s)", "negative-extent"},
  });
}

}  // namespace
}  // namespace padproof::test
