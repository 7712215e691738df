// SPDX-License-Identifier: Apache-2.0
#include "verifier/gate/window_case.h"

#include <fmt/format.h>

#include <algorithm>

namespace padproof::verifier {
namespace {

// In place of an open extent: any multiple of all strides that is large.
constexpr std::int64_t kManyWindows = 1 << 16;

std::int64_t at_or_one(const std::vector<std::int64_t>& list, std::size_t index) {
  return index < list.size() ? list[index] : 1;
}

bool is_in_range(std::int64_t number) { return number >= 1 && number < (1 << 14); }

}  // namespace

WindowCase::WindowCase(const Layer& layer, WeightScan* scan) : layer_(&layer), scan_(scan) {
  const auto mode = attributes().string_or("auto_pad", "NOTSET");
  auto_pad_ = mode == "SAME_UPPER"   ? AutoPad::kSameUpper
              : mode == "SAME_LOWER" ? AutoPad::kSameLower
              : mode == "VALID"      ? AutoPad::kValid
                                     : AutoPad::kNotSet;
  const model::Attribute* const pads = attributes().find("pads");
  if (pads != nullptr && pads->kind == model::AttributeKind::kInts) listed_pads_ = pads->ints;
  read_axes();
  if (!axes_.empty()) resolve();
}

bool WindowCase::is_pool() const { return !is_conv() && !is_transposed(); }

std::string WindowCase::padding_text() const {
  return model::printable(attributes().string_or("auto_pad", "NOTSET"));
}

void WindowCase::read_axes() {
  const Place data{layer_->instance, layer_->node->inputs.size() > layer_->meaning.data_input
                                         ? layer_->node->inputs[layer_->meaning.data_input]
                                         : model::kNoValue};
  std::vector<std::int64_t> kernel = attributes().ints("kernel_shape");
  if (kernel.empty() && layer_->meaning.weight_input) {
    const Place weights =
        input_place(*layer_->instance, *layer_->node, *layer_->meaning.weight_input, ignore_passed);
    if (weights.is_absent() || !weights.facts().shape) return;
    for (std::size_t i = 2; i < weights.facts().shape->size(); ++i)
      kernel.push_back((*weights.facts().shape)[i].constant().value_or(0));
  }
  const auto& strides = attributes().ints("strides");
  const auto& dilations = attributes().ints("dilations");
  const auto* const shape = data.is_absent() || !data.facts().shape ? nullptr : &*data.facts().shape;
  if (shape != nullptr && shape->size() != kernel.size() + 2) return;
  std::vector<CaseAxis> axes;
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    CaseAxis axis{kernel[i], at_or_one(strides, i), at_or_one(dilations, i), std::nullopt, std::nullopt};
    if (!is_in_range(axis.kernel) || !is_in_range(axis.stride) || !is_in_range(axis.dilation)) return;
    if (shape != nullptr) {
      axis.extent = (*shape)[i + 2].constant();
      axis.residue = model::residue((*shape)[i + 2], axis.stride);
    }
    if (axis.stride == 1) axis.residue = 0;
    axes.push_back(axis);
  }
  axes_ = std::move(axes);
}

void WindowCase::resolve() {
  Dims data{1, 1};
  for (const CaseAxis& axis : axes_) {
    const bool is_asked_for = is_transposed() && attributes().has("output_shape");
    const bool matters = is_same() && !is_transposed() && axis.stride > 1 && axis.effective_kernel() > 1;
    is_dynamic_ = is_dynamic_ || (is_asked_for && !axis.extent) || (matters && !axis.residue);
    data.push_back(axis.extent.value_or(kManyWindows * axis.stride + axis.residue.value_or(0)));
  }
  if (is_dynamic_) return;
  data[1] = attributes().int_or("group", 1);
  Dims weights{data[1], is_transposed() ? 1 : data[1] / std::max<std::int64_t>(1, data[1])};
  for (const CaseAxis& axis : axes_) weights.push_back(axis.kernel);
  const auto window =
      resolve_window(*layer_->node, attributes(), layer_->instance->opset_of(*layer_->node), data, &weights);
  if (!window) return;
  pads_.emplace();
  for (const WindowAxis& axis : window->axes) pads_->push_back(axis.pad_begin);
  for (const WindowAxis& axis : window->axes) pads_->push_back(axis.pad_end);
}

std::string shape_of(const WindowCase& window) {
  const Place& data = window.layer().pads.data;
  if (data.is_absent() || !data.facts().shape) return "data of unknown shape";
  return "data " + model::printable(model::to_string(*data.facts().shape));
}

std::string text_of(const std::vector<std::int64_t>& numbers) {
  return fmt::format("{}", fmt::join(numbers, ","));
}

}  // namespace padproof::verifier
