// SPDX-License-Identifier: Apache-2.0
#include "tests/nodes/expectations.h"

#include <array>
#include <climits>
#include <string_view>

namespace padproof::test {
namespace {

constexpr const char* kBfloat = "bfloat16 is stored as uint16";
constexpr const char* kHalves =
    "computed with every step inside of Softmax rounded to float16: two steps of float16 from what the "
    "operators give if each is rounded once, which lies nearer to the real value";
constexpr const char* kLength =
    "computed with input length times scale where the text has the length of the resized tensor, an integer";
constexpr const char* kRandom = "numpy's random numbers; the specification fixes no generator";

constexpr int kDebian = 12;  // the version in Debian 12
constexpr int kLater = INT_MAX;

struct Row {
  std::string_view name;
  int first;  // minor versions of ONNX 1 that it was seen in
  int last;
  const char* reason;
};

constexpr std::array kRows = {
    Row{"test_attention_4d_causal_fp16_expanded", 23, kLater, kHalves},
    Row{"test_cast_BFLOAT16_to_FLOAT", kDebian, kDebian, kBfloat},
    Row{"test_cast_FLOAT_to_BFLOAT16", kDebian, kDebian, kBfloat},
    Row{"test_castlike_BFLOAT16_to_FLOAT", kDebian, kDebian, kBfloat},
    Row{"test_castlike_BFLOAT16_to_FLOAT_expanded", kDebian, kDebian, kBfloat},
    Row{"test_castlike_FLOAT_to_BFLOAT16", kDebian, kDebian, kBfloat},
    Row{"test_castlike_FLOAT_to_BFLOAT16_expanded", kDebian, kDebian, kBfloat},
    Row{"test_resize_downsample_scales_cubic_align_corners", kDebian, kLater, kLength},
    Row{"test_resize_downsample_scales_linear_align_corners", kDebian, kLater, kLength},
    Row{"test_training_dropout", kDebian, kLater, kRandom},
    Row{"test_training_dropout_default", kDebian, kLater, kRandom},
    Row{"test_training_dropout_default_mask", kDebian, kLater, kRandom},
    Row{"test_training_dropout_mask", kDebian, kLater, kRandom},
};

}  // namespace

std::string wrong_expectation(const std::string& name, int minor) {
  for (const Row& row : kRows)
    if (row.name == name && row.first <= minor && minor <= row.last) return row.reason;
  return {};
}

}  // namespace padproof::test
