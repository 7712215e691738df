// SPDX-License-Identifier: Apache-2.0
// One sliding-window node as the gate's rules see it: what is written, and what it comes to in numbers.
//
// Unlike resolve_window(), which gives numbers or an error, this holds what can be said of nodes that break
// the specification.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/deadline.h"
#include "verifier/diff/layer_side.h"
#include "verifier/window_attributes.h"

namespace padproof::verifier {

struct CaseAxis {
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::optional<std::int64_t> extent;   // of the data, if it is a number
  std::optional<std::int64_t> residue;  // of the extent by the stride, if all sizes have the same

  [[nodiscard]] std::int64_t effective_kernel() const { return (kernel - 1) * dilation + 1; }
};

/// Looking through weights takes as long as there are weights.
struct WeightScan {
  model::Deadline deadline;
  bool was_stopped = false;  // before the end of some
};

class WindowCase {
 public:
  /// `scan` must outlive it; null: however long it takes.
  explicit WindowCase(const Layer& layer, WeightScan* scan = nullptr);

  [[nodiscard]] WindowKind kind() const { return layer_->meaning.kind; }
  [[nodiscard]] const Layer& layer() const { return *layer_; }
  [[nodiscard]] WeightScan* scan() const { return scan_; }
  [[nodiscard]] model::Attributes attributes() const {
    return model::Attributes(*layer_->node, layer_->instance->attribute_scope());
  }
  [[nodiscard]] bool is_pool() const;
  [[nodiscard]] bool is_conv() const { return kind() == WindowKind::kConv; }
  [[nodiscard]] bool is_transposed() const { return kind() == WindowKind::kTransposedConv; }
  [[nodiscard]] bool is_same() const {
    return auto_pad_ == AutoPad::kSameUpper || auto_pad_ == AutoPad::kSameLower;
  }
  [[nodiscard]] AutoPad auto_pad() const { return auto_pad_; }
  /// `SAME_UPPER` and the like, as written.
  [[nodiscard]] std::string padding_text() const;
  /// Empty where kernel, strides or dilations cannot be read.
  [[nodiscard]] const std::vector<CaseAxis>& axes() const { return axes_; }
  /// As written, whatever it means; nothing where there is no such attribute.
  [[nodiscard]] const std::optional<std::vector<std::int64_t>>& listed_pads() const { return listed_pads_; }
  /// The node's own pads, without Pads in front: begin per axis, then end per axis. Nothing where they depend
  /// on an extent that is open, or break the specification.
  [[nodiscard]] const std::optional<std::vector<std::int64_t>>& pads() const { return pads_; }
  /// The pads are other numbers at other extents, and the extents are open.
  [[nodiscard]] bool is_dynamic() const { return is_dynamic_; }

 private:
  void read_axes();
  void resolve();

  const Layer* layer_;
  WeightScan* scan_;
  AutoPad auto_pad_ = AutoPad::kNotSet;
  std::vector<CaseAxis> axes_;
  std::optional<std::vector<std::int64_t>> listed_pads_;
  std::optional<std::vector<std::int64_t>> pads_;
  bool is_dynamic_ = false;
};

/// The shape of the data in front of any Pad: `data 1x3x224x224`.
std::string shape_of(const WindowCase& window);

/// `1,1,2,2`.
std::string text_of(const std::vector<std::int64_t>& numbers);

}  // namespace padproof::verifier
