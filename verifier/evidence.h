// SPDX-License-Identifier: Apache-2.0
// What is known of a pair of models, and how: the verdict's parts, as data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/graph.h"

namespace padproof::verifier {

/// A difference only shows as kRefuted with a witness in hand; whatever cannot be decided is kUnknown.
enum class Status { kProved, kRefuted, kUnknown };

/// `proved`, `refuted`, `unknown`.
std::string_view to_string(Status status);

/// Why a node's outputs are (not) known to be the same in both models.
enum class Method {
  kIdentical,    ///< same operator, attributes and inputs, by bytes
  kIndexMap,     ///< other attributes, same index maps: every output reads the same cells
  kComposedPad,  ///< as kIndexMap, with Pad nodes folded into the window
  kFolded,       ///< a Pad node that a kComposedPad obligation has taken in
  kTransparent,  ///< passes its input on (Identity), or is a call whose body is compared
  kUnreached,    ///< contributes to no output
  kNone,         ///< nothing was found
};

/// `identical`, `index-map`, `composed-pad`, `folded`, `transparent`, `unreached`, `none`.
std::string_view to_string(Method method);

/// A concrete case in which two sliding-window nodes differ: a weight of one at `tap` and zero elsewhere,
/// over a ramp input that counts its cells from 1, gives these two numbers at output `window`.
struct Witness {
  std::vector<std::int64_t> window;   // spatial index in the output
  std::vector<std::int64_t> tap;      // spatial index in the kernel
  std::vector<std::int64_t> extents;  // of the ramp input
  std::string source_cell;            // spatial index read, or "padding"
  std::string target_cell;
  double source_output = 0;
  double target_output = 0;
  std::string text;  // all of it in one sentence
};

struct NodeEvidence {
  const model::Graph* graph = nullptr;  // of the source node
  const model::Node* source = nullptr;
  const model::Graph* target_graph = nullptr;
  const model::Node* target = nullptr;  // null where the target has no counterpart
  Status status = Status::kUnknown;
  Method method = Method::kNone;
  std::string reason;
  std::vector<std::int64_t> source_pads;  // of a window node, resolved; begin per axis, then end per axis
  std::vector<std::int64_t> target_pads;
  std::optional<Witness> witness;
};

struct Proof {
  Status status = Status::kUnknown;
  std::vector<NodeEvidence> nodes;       // one per source node, in file order
  std::vector<std::string> problems;     // about the models as wholes: inputs, outputs, tensors
  std::vector<std::string> assumptions;  // what the proof rests on beyond the two files
  std::int64_t compared_cells = 0;       // index-map comparisons made
};

}  // namespace padproof::verifier
