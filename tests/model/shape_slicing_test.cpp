// SPDX-License-Identifier: Apache-2.0
// Operators that cut, join, pick and pad, against the ONNX library.
#include <doctest/doctest.h>

#include "tests/model/shape_rows.h"

namespace padproof::test {
namespace {

constexpr const char* kNewer = "newer than the library";
constexpr const char* kNegative = "the library does not follow negative bounds in version 1";
constexpr const char* kSymbolic = "the library does not follow symbols";
constexpr const char* kMicrosoft = "the library does not know com.microsoft";

TEST_CASE("Slice agrees with the library") {
  const std::string lists =
      "s = Constant<value = int64[2] {1,-3}>() e = Constant<value = int64[2] {9,-1}>() ";
  const std::string sliced = lists + "a = Constant<value = int64[2] {-1,0}>() y = Slice(x, s, e, a)";
  const std::string first = lists + "y = Slice(x, s, e)";
  const std::string stepped = lists +
                              "a = Constant<value = int64[2] {0,2}>() t = Constant<value = int64[2] {3,2}>()"
                              " y = Slice(x, s, e, a, t)";
  const std::string backward =
      "s = Constant<value = int64[2] {-1,100}>() e = Constant<value = int64[2] {-100,1}>()"
      " a = Constant<value = int64[2] {0,1}>() t = Constant<value = int64[2] {-1,-3}>() y = Slice(x, s, e, "
      "a, t)";
  const std::string to_the_end =
      "s = Constant<value = int32[1] {2}>() e = Constant<value = int32[1] {2147483647}>() y = Slice(x, s, e)";
  check_rows({
      {1, 9, "float[10,4,7] x", "y = Slice<starts=[1,0], ends=[9,3], axes=[0,2]>(x)"},
      {1, 9, "float[10,4,7] x", "y = Slice<starts=[1,-3], ends=[9,-1], axes=[0,2]>(x)", "float 8x4x2",
       kNegative},
      {1, 9, "float[10,4,7] x", "y = Slice<starts=[1,0], ends=[1000,-1]>(x)", "float 9x3x7", kNegative},
      {10, 17, "float[10,4,7] x", sliced.c_str()},
      {10, 17, "float[10,4,7] x", first.c_str()},
      {10, 17, "float[10,4,7] x", stepped.c_str()},
      {10, 17, "float[10,14,7] x", backward.c_str()},
      {10, 17, "float[10,14,7] x", to_the_end.c_str()},
  });
}

TEST_CASE("Slice follows symbols") {
  const auto slice = [](int start, std::int64_t end) {
    return "s = Constant<value = int64[1] {" + std::to_string(start) +
           "}>() e = Constant<value = int64[1] {" + std::to_string(end) + "}>() y = Slice(x, s, e)";
  };
  const std::string cut_both = slice(1, -1);
  const std::string cut_end = slice(0, -1);
  const std::string from_two = slice(2, INT64_MAX);
  const std::string last_three = slice(-3, INT64_MAX);
  const std::string first_seven = slice(0, 7);
  const std::string reversed =
      "s = Constant<value = int64[1] {-1}>() e = Constant<value = int64[1] {-9223372036854775807}>()"
      " a = Constant<value = int64[1] {0}>() t = Constant<value = int64[1] {-2}>() y = Slice(x, s, e, a, t)";
  check_rows({
      {10, 26, "float[H,3] x", cut_end.c_str(), "float (H-1)x3", kSymbolic},
      {10, 26, "float[H,3] x", cut_both.c_str(), "float max((H-2),0)x3", kSymbolic},
      {10, 26, "float[H,3] x", from_two.c_str(), "float max((H-2),0)x3", kSymbolic},
      {10, 26, "float[H,3] x", first_seven.c_str(), "float min(7,H)x3", kSymbolic},
      {10, 26, "float[H,3] x", last_three.c_str(), "float min(3,H)x3", kSymbolic},
      {10, 26, "float[H,3] x", reversed.c_str(), "float ceil(H/2)x3", kSymbolic},
      {10, 26, "float[H,3] x, int64[1] s, int64[1] e", "y = Slice(x, s, e)", "float ?x3",
       "only the first axis is cut"},
      {10, 26, "float[H,3] x, int64[1] s, int64[1] e, int64[1] a", "y = Slice(x, s, e, a)", "float ?x?",
       "the rank is kept"},
  });
}

TEST_CASE("Split agrees with the library") {
  check_rows({
      {1, 1, "float[10,4] x", "a, y = Split<split=[3,7]>(x)", "float 7x4",
       "the library does not infer version 1"},
      {2, 12, "float[10,4] x", "a, y = Split<split=[3,7]>(x)"},
      {2, 12, "float[10,N] x", "a, b, c, d, y = Split<axis=0>(x)"},
      {11, 12, "float[3,N,4] x", "a, y = Split<axis=-1>(x)"},
      {13, 17, "float[10,4] x", "s = Constant<value = int64[2] {3,7}>() a, y = Split(x, s)"},
      {13, 17, "float[10,4] x", "a, y = Split(x)"},
      {18, 26, "float[10,4] x", "a, b, y = Split<num_outputs=3>(x)", "float 2x4", kNewer},
      {18, 26, "float[9,4] x", "a, b, y = Split<num_outputs=3>(x)", "float 3x4", kNewer},
      {2, 17, "float[H,4] x", "a, y = Split(x)", "float floor(H/2)x4", kSymbolic},
      {18, 26, "float[H,4] x", "a, y = Split<num_outputs=2>(x)", "float (H-ceil(H/2))x4", kSymbolic},
      {13, 26, "float[H,4] x", "s = Constant<value = int64[2] {3,7}>() a, y = Split(x, s)", "float 7x4",
       kSymbolic},
      {13, 17, "float[H,4] x, int64[2] s", "a, y = Split(x, s)"},
      {13, 26, "float[9,4] x, int64[2] s", "a, y = Split(x, s)", "float ?x4", "the library forgets the rank"},
  });
}

TEST_CASE("Concat, Gather and their relatives agree with the library") {
  check_rows({
      {1, 3, "float[N,3,4] x, float[N,2,4] z", "y = Concat(x, z)", "float Nx5x4",
       "the library does not infer version 1"},
      {4, 17, "float[N,3,4] x, float[N,2,4] z", "a = Concat<axis=1>(x, z) y = Concat<axis=1>(a, a, x)"},
      {11, 17, "float[N,3,4] x, float[N,3,7] z", "y = Concat<axis=-1>(x, z)"},
      {1, 17, "float[N,3,4] x, int64[2,5] i", "a = Gather(x, i) y = Gather<axis=1>(x, i)"},
      {1, 17, "float[N,3,4] x, int64 i", "a = Gather(x, i) y = Gather<axis=-1>(x, i)"},
      {11, 17, "float[N,3] x, int64[N,2] i", "y = GatherElements<axis=1>(x, i)"},
      {11, 17, "float[N,3,4] x, int64[5,2] i", "y = GatherND(x, i)"},
      {12, 17, "float[N,3,4] x, int64[N,5,1] i", "y = GatherND<batch_dims=1>(x, i)"},
      {9, 17, "float[N,3,4] x", "y = NonZero(x)"},
      {11, 17, "float[N,3,4] x, bool[3] c", "y = Compress<axis=1>(x, c)", "float Nx?x4",
       "the other axes are kept"},
      {11, 17, "float[N,3,4] x, bool[3] c", "y = Compress(x, c)"},
      {11, 17, "float[N,3] x", "y, i, j, c = Unique(x)"},
      {10, 10, "float[1,6,4] b, float[1,2,6] s", "y = NonMaxSuppression(b, s)", "int64 ?x3",
       "the library does not tell the rank"},
      {11, 17, "float[1,6,4] b, float[1,2,6] s", "y = NonMaxSuppression(b, s)"},
      {11, 26, "int64[N,3] x, float[2] v", "d = Constant<value = int64 {7}>() y = OneHot(x, d, v)",
       "float Nx3x7", "the library does not read the depth"},
      {11, 26, "int64[N,3] x, float[2] v", "d = Constant<value = float {7.0}>() y = OneHot<axis=0>(x, d, v)",
       "float 7xNx3", "the library does not read the depth"},
      {1, 9, "float[N,9] x", "y, i = TopK<k=3>(x)"},
      {10, 17, "float[N,9] x", "k = Constant<value = int64[1] {3}>() y, i = TopK<axis=-1>(x, k)"},
      {4, 26, "float[H,3] x, float[W,3] z", "y = Concat<axis=0>(x, z)", "float (H+W)x3", kSymbolic},
      {4, 26, "float[H,3] x, float[] z", "y = Concat<axis=0>(x, z)", "float ?x3",
       "the parts share their other axes"},
      {4, 17, "float[N,3] x, float[4,2] z", "y = Concat<axis=1>(x, z)"},
      {10, 26, "float[N,9] x, int64[1] k", "y, i = TopK<axis=0>(x, k)", "float ?x9",
       "the other axes are kept"},
      {10, 26, "float[N,9] x", "k = Constant<value = int64[1] {3}>() y, i = TopK<axis=0>(x, k)", "float 3x9",
       "k is the size wherever the model runs at all"},
      {1, 26, "float s, uint8 z, uint8[N,3] x, uint8[N,4] w",
       "y = com.microsoft.QLinearConcat<axis=1>(s, z, x, s, z, w, s, z)", "uint8 Nx7", kMicrosoft},
  });
}

TEST_CASE("Pad and Tile agree with the library") {
  check_rows({
      {1, 1, "float[1,3,8,8] x", "y = Pad<paddings=[0,0,1,2,0,0,3,4]>(x)", "float 1x3x12x14",
       "the library does not infer version 1"},
      {2, 10, "float[1,3,8,8] x", "y = Pad<pads=[0,0,1,2,0,0,3,-4]>(x)"},
      {11, 17, "float[1,3,8,8] x",
       "p = Constant<value = int64[8] {0,0,1,2,0,0,3,4}>() y = Pad<mode='reflect'>(x, p)"},
      {11, 17, "float[1,3,8,8] x, int64[8] p", "y = Pad(x, p)"},
      {6, 17, "float[2,3] x", "r = Constant<value = int64[2] {2,5}>() y = Tile(x, r)"},
      {6, 17, "float[2,3] x, int64[2] r", "y = Tile(x, r)"},
      {1, 5, "float[2,3] x",
       "t = Constant<value = int64 {4}>() a = Constant<value = int64 {1}>() y = Tile(x, t, a)", "float 2x12",
       "the library does not infer version 1"},
      {11, 26, "float[N,3,H,8] x", "p = Constant<value = int64[8] {0,0,1,2,0,0,3,4}>() y = Pad(x, p)",
       "float Nx3x(H+4)x14", kSymbolic},
      {18, 26, "float[N,3,8,8] x",
       "p = Constant<value = int64[4] {1,2,3,4}>() a = Constant<value = int64[2] {-2,-1}>()"
       " y = Pad(x, p,, a)",
       "float Nx3x12x14", kNewer},
      {18, 26, "float[N,3,8,8] x, int64[2] p", "a = Constant<value = int64[1] {2}>() y = Pad(x, p,, a)",
       "float Nx3x?x8", kNewer},
      {6, 26, "float[N,3] x", "r = Constant<value = int64[2] {2,5}>() y = Tile(x, r)", "float 2*Nx15",
       kSymbolic},
      {18, 26, "float[N,3,8,9] x",
       "s = Constant<value = int64[2] {5,20}>() y = CenterCropPad<axes=[2,3]>(x, s)", "float Nx3x5x20",
       kNewer},
      {1, 26, "float[1,3,8,8] x",
       "p = Constant<value = int64[8] {0,0,1,2,0,0,3,4}>() y = com.microsoft.Pad(x, p)", "float 1x3x12x14",
       kMicrosoft},
  });
}

TEST_CASE("cuts and joins that break their specification are refused") {
  check_refused({
      {1, 9, "float[4,4] x", "y = Slice<starts=[0], ends=[1,2]>(x)", "slice-lists"},
      {1, 9, "float[4,4] x", "y = Slice<starts=[0], ends=[1], axes=[2]>(x)", "axis-out-of-range"},
      {10, 26, "float[4,4] x",
       "s = Constant<value = int64[1] {0}>() a = Constant<value = int64[1] {0}>()"
       " y = Slice(x, s, s, a, s)",
       "slice-step"},
      {2, 26, "float[4,4] x", "a, b, y = Split<axis=2>(x)", "axis-out-of-range"},
      {2, 17, "float[4,4] x", "a, b, y = Split(x)", "split"},
      {2, 12, "float[4,4] x", "a, y = Split<split=[1,2]>(x)", "shape-mismatch"},
      {2, 12, "float[4,4] x", "a, y = Split<split=[1,2,1]>(x)", "split"},
      {2, 12, "float[4,4] x", "a, y = Split<split=[-1,5]>(x)", "split"},
      {2, 12, "float[4,4] x", "a, y = Split<split=[9223372036854775807,1]>(x)", "split"},
      {18, 26, "float[4,4] x", "a, y = Split<num_outputs=1>(x)", "bad-attribute"},
      {13, 26, "float[4,4] x", "a, y = Split<split=[1,3]>(x)", "bad-attribute"},
      {10, 26, "float[4,4] x, int64[1] s", "y = Slice<axes=[1]>(x, s, s)", "bad-attribute"},
      {10, 26, "float[4,4] x, int64[1] k", "y, i = TopK<k=1>(x, k)", "bad-attribute"},
      {11, 26, "float[4,4] x, int64[4] p", "y = Pad<pads=[1,1,1,1]>(x, p)", "bad-attribute"},
      {4, 26, "float[4,4] x", "y = Concat(x)", "missing-attribute"},
      {4, 26, "float[4,4] x, float[4,3] z", "y = Concat<axis=0>(x, z)", "shape-mismatch"},
      {4, 26, "float[4,4] x, float[4] z", "y = Concat<axis=0>(x, z)", "rank"},
      {4, 26, "float[4,4] x", "y = Concat<axis=2>(x)", "axis-out-of-range"},
      {11, 26, "float[4,4] x, int64[5,3] i", "y = GatherND(x, i)", "gather-depth"},
      {1, 26, "float[4,4] x, int64 i", "y = Gather<axis=2>(x, i)", "axis-out-of-range"},
      {1, 9, "float[4,4] x", "y, i = TopK<k=5>(x)", "top-k"},
      {1, 9, "float[4,4] x", "y, i = TopK(x)", "top-k"},
      {11, 26, "int64[4] x, float[2] v", "d = Constant<value = int64 {-7}>() y = OneHot(x, d, v)",
       "one-hot-depth"},
      {2, 10, "float[4,4] x", "y = Pad<pads=[1,1]>(x)", "pads-length"},
      {2, 10, "float[4,4] x", "y = Pad<pads=[-3,0,-3,0]>(x)", "pad-crop"},
      {11, 26, "float[4,4] x", "p = Constant<value = int64[3] {1,1,1}>() y = Pad(x, p)", "pads-length"},
      {6, 26, "float[4,4] x", "r = Constant<value = int64[1] {2}>() y = Tile(x, r)", "tile-length"},
  });
}

}  // namespace
}  // namespace padproof::test
