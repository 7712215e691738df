// SPDX-License-Identifier: Apache-2.0
// Random single changes to a model, each of a kind that porting and rewriting tools are known to make.
#pragma once

#include <onnx/onnx_pb.h>

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace padproof::test {

enum class MutationKind {
  kPad,          // an entry of pads, by one
  kSwappedPads,  // begin and end of one axis, where they differ
  kStride,
  kDilation,
  kKernel,
  kWeight,     // one bit of one constant
  kDropped,    // a node taken out, its consumers reading its first input
  kSwapped,    // two distinct inputs of a node
  kRenamed,    // an output of the model
  kAutoPad,    // auto_pad in the place of pads
  kAttribute,  // any attribute of any node
};

inline constexpr std::array<std::string_view, 11> kMutationNames = {
    "pad",     "swapped pads", "stride",  "dilation", "kernel",   "weight",
    "dropped", "swapped",      "renamed", "auto_pad", "attribute"};

/// What was changed: the node by its place before the change, or the initializer; -1 where it is none.
struct Mutation {
  MutationKind kind;
  int node = -1;
  int initializer = -1;
  std::string text;
};

using Random = std::mt19937_64;

/// Changes `model` in one random place. Nothing, and no change, if it has no place for a change of that kind.
std::optional<Mutation> mutate(onnx::ModelProto& model, MutationKind kind, Random& random);

}  // namespace padproof::test
