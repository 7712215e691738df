// SPDX-License-Identifier: Apache-2.0
#include "converter/window_shape.h"

#include <fmt/format.h>

namespace padproof::converter {
namespace {

using model::Error;
using model::Result;

Error bad_attribute(std::string_view attribute, std::string what, std::string got, std::string limit) {
  Error error = model::malformed("window-attribute", std::move(what), std::move(got), std::move(limit));
  model::Diagnostic diagnostic = error.value();
  diagnostic.where.attribute = std::string(attribute);
  return Error(std::move(diagnostic));
}

// Sources disagree about nothing here: the attribute if given, otherwise the weights' trailing dims.
Result<std::vector<std::int64_t>> read_kernel(const WindowNode& window, std::string& unknown) {
  auto kernel = read_checked_ints(window, "kernel_shape", 0, 1);
  if (!kernel || !kernel->empty()) return kernel;
  if (window.op.weight_input < 0) {
    return bad_attribute("kernel_shape", "a pool must have a kernel_shape", "none",
                         "one number per spatial axis");
  }
  if (window.weights == nullptr || !window.weights->shape) {
    unknown = "the shape of the weights is unknown";
    if (window.weights != nullptr && !window.weights->lost.empty())
      unknown += " since " + window.weights->lost;
    return kernel;
  }
  const model::Shape& shape = *window.weights->shape;
  for (std::size_t i = 2; i < shape.size(); ++i) {
    if (!shape[i].is_constant()) {
      unknown = fmt::format("the weights' shape {} does not fix the kernel", to_string(shape));
      return std::vector<std::int64_t>{};
    }
    if (shape[i].value() < 1 || shape[i].value() >= kLargestNumber) {
      return model::malformed("kernel", "a kernel extent is out of range", shape[i].to_string(),
                              "1 to 2^30-1");
    }
    kernel->push_back(shape[i].value());
  }
  if (kernel->empty()) {
    return model::malformed("rank", "the weights have no spatial axis", to_string(shape), "rank 3 or more");
  }
  return kernel;
}

}  // namespace

Result<std::vector<std::int64_t>> read_checked_ints(const WindowNode& window, std::string_view attribute,
                                                    std::size_t count, std::int64_t least) {
  const std::vector<std::int64_t>& values = window.attributes.ints(attribute);
  if (count != 0 && !values.empty() && values.size() != count) {
    return bad_attribute(attribute, "wrong number of entries", std::to_string(values.size()),
                         std::to_string(count));
  }
  for (const std::int64_t value : values) {
    if (value < least || value >= kLargestNumber) {
      return bad_attribute(attribute, "entry out of range", std::to_string(value),
                           least == -kLargestNumber ? "within 2^30" : fmt::format("{} to 2^30-1", least));
    }
  }
  return values;
}

Result<WindowShape> read_window_shape(const WindowNode& window) {
  WindowShape shape;
  const auto kernel = read_kernel(window, shape.unknown);
  if (!kernel) return Error(kernel.error());
  const auto strides = read_checked_ints(window, "strides", kernel->size(), 1);
  if (!strides) return Error(strides.error());
  const auto dilations = read_checked_ints(window, "dilations", kernel->size(), 1);
  if (!dilations) return Error(dilations.error());
  if (!dilations->empty() && window.opset < window.op.dilations_since) {
    shape.unknown = fmt::format("{} has no attribute dilations in opset {} (since {})", window.op.op_type,
                                window.opset, window.op.dilations_since);
    return shape;
  }
  for (std::size_t i = 0; i < kernel->size(); ++i) {
    AxisWindow axis{(*kernel)[i], strides->empty() ? 1 : (*strides)[i],
                    dilations->empty() ? 1 : (*dilations)[i]};
    if ((axis.kernel - 1) * axis.dilation + 1 >= kLargestNumber) {
      return bad_attribute("dilations", "the dilated kernel is out of range",
                           fmt::format("{}*{}", axis.kernel, axis.dilation), "below 2^30");
    }
    shape.axes.push_back(axis);
  }
  return shape;
}

}  // namespace padproof::converter
