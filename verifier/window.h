// SPDX-License-Identifier: Apache-2.0
// What a sliding-window operator means, resolved to numbers: the verifier's one statement of it, for proof
// and engine.
//
// Derived from the operators' definitions alone; shares nothing with the converter.
// Sources: ONNX Operators.md, Conv-1/-11/-22, ConvTranspose-1/-11/-22, ConvInteger-10, QLinearConv-10,
// MaxPool-1/-8/-10/-11/-12/-22, AveragePool-1/-7/-10/-11/-19/-22, LpPool-1/-2/-11/-18/-22.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/attributes.h"
#include "model/graph.h"
#include "model/result.h"
#include "verifier/engine/tensor.h"

namespace padproof::verifier {

/// One spatial axis. Window o, in [0,out), covers the positions o*stride + t*dilation - pad_begin of the
/// input, t in [0,kernel). For a transposed convolution the roles swap: position i of the input feeds
/// position i*stride + t*dilation - pad_begin of the output.
struct WindowAxis {
  std::int64_t in = 0;
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t pad_begin = 0;
  std::int64_t pad_end = 0;
  std::int64_t out = 0;
  friend bool operator==(const WindowAxis&, const WindowAxis&) = default;
};

enum class WindowKind { kConv, kTransposedConv, kMaxPool, kAveragePool, kLpPool };

struct Window {
  WindowKind kind = WindowKind::kConv;
  std::int64_t group = 1;
  std::vector<WindowAxis> axes;
  bool count_include_pad = false;  // AveragePool
  bool ceil_mode = false;          // what the node says; `out` and the pads already reflect it
  std::int64_t storage_order = 0;  // MaxPool's Indices: 0 row-major, 1 column-major
  std::int64_t p = 2;              // LpPool
  friend bool operator==(const Window&, const Window&) = default;
};

/// The attributes that Window captures as numbers.
inline constexpr std::string_view kWindowAttributes[] = {
    "auto_pad",       "pads",         "kernel_shape",      "strides",       "dilations", "ceil_mode",
    "output_padding", "output_shape", "count_include_pad", "storage_order", "group",     "p"};

/// Where a sliding-window operator has its data and its weights among its inputs.
struct WindowOperator {
  WindowKind kind;
  std::size_t data_input;
  std::optional<std::size_t> weight_input;
};

/// Nothing if the operator is not a sliding-window one.
std::optional<WindowOperator> window_operator(std::string_view domain, std::string_view op_type);

/// Every number of a kernel, stride, dilation, pad or spatial extent must stay below this: no sum or product
/// of two of them then leaves 63 bits.
inline constexpr std::int64_t kMaxWindowNumber = std::int64_t{1} << 30;

/// What `node` means at operator set `opset` for data [N,C,spatial...] and weights ([M,C/group,kernel...],
/// transposed [C,M/group,kernel...]; null if unknown or if the operator has none). kMalformed for what breaks
/// the specification; kUnsupported where it is ambiguous (`auto-pad-and-pads`, `reversed-split`,
/// `negative-total-pad`).
model::Result<Window> resolve_window(const model::Node& node, model::Attributes attributes,
                                     std::int64_t opset, const Dims& data, const Dims* weights);

/// Sets an axis's pads and extent of the output to those of SAME: the windows start at every stride-th cell,
/// so there are ceil(in/stride) of them. The last one starts `stride` cells before the end, or only `residue`
/// cells if the stride does not divide the extent; what it lacks beyond that is the padding. Of an odd total
/// UPPER puts the larger half at the end, LOWER at the begin. Not for transposed axes.
void resolve_same(WindowAxis& axis, bool upper);

/// The input position that tap `t` of window `o` reads, or nothing where it reads padding. Not for transposed
/// axes.
inline std::optional<std::int64_t> position(const WindowAxis& axis, std::int64_t o, std::int64_t t) {
  const std::int64_t at = o * axis.stride + t * axis.dilation - axis.pad_begin;
  if (at < 0 || at >= axis.in) return std::nullopt;
  return at;
}

/// Half-open run of taps.
struct TapRange {
  std::int64_t first = 0;
  std::int64_t end = 0;
  [[nodiscard]] std::int64_t size() const { return end - first; }
};

/// The taps of window `o` that read inside the input; they are one run. Not for transposed axes.
TapRange taps_inside(const WindowAxis& axis, std::int64_t o);

/// Taps of window `o` that AveragePool counts along this axis: those inside the input and, with
/// `include_pad`, those inside the declared pads. Taps past the end pad, which only ceil_mode produces, never
/// count. The divisor is the product over the axes.
std::int64_t counted_taps(const WindowAxis& axis, std::int64_t o, bool include_pad);

}  // namespace padproof::verifier
