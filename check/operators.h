// SPDX-License-Identifier: Apache-2.0
// What operators mean, from their raw attributes and ONNX's definitions alone.
//
// Along one axis, tap t of window o reads cell o*stride + t*dilation - pad_begin, or padding outside of
// [0, extent). Two nodes whose every tap of every window reads the same, and whose averages divide by the
// same, compute the same. SAME: ceil(extent/stride) windows, and as much padding as the last one lacks, the
// odd cell at the end (UPPER) or at the begin (LOWER). Transposed, cell i feeds window i*stride + t*dilation
// - pad_begin, and of all windows SAME leaves extent*stride.
#pragma once

#include <nlohmann/json.hpp>

#include "check/model.h"

namespace padproof::check {

/// Whether `names`, with blanks around each, hold the name.
inline bool is_one_of(std::string_view names, std::string_view name) {
  return name.find(' ') == name.npos && names.find(" " + std::string(name) + " ") != names.npos;
}

/// A value that a node reads.
struct Fact {
  std::optional<Shape> shape;        // nothing: not even the rank is known
  const Tensor* constant = nullptr;  // which nothing can override
};
using Facts = std::vector<Fact>;

/// Which input of a sliding-window node holds the weights, 0 if none does; nothing for other nodes.
std::optional<std::size_t> weights_of(const Node& node);
/// Whether a window's reads follow from the attribute, which the operator has at that version.
bool is_window_attribute(const Node& node, std::int64_t operator_set, std::string_view name);
/// What a certificate must say of two windows that read the same, but for their places. Stops if for some
/// size that the data can have they do not.
nlohmann::json window_claim(const Node& source, const Node& target, std::int64_t operator_set,
                            const Facts& facts);
/// Of the node's first output; nothing where it is not known.
std::optional<Shape> output_shape(const Node& node, std::int64_t operator_set, const Facts& facts);
/// The same of a sliding-window node.
std::optional<Shape> window_shape(const Node& node, std::int64_t operator_set, const Facts& facts);

}  // namespace padproof::check
