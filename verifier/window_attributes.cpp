// SPDX-License-Identifier: Apache-2.0
#include "verifier/window_attributes.h"

#include <algorithm>
#include <array>
#include <string>

namespace padproof::verifier {

using model::Error;
using model::malformed;
using model::Result;
using model::unsupported;

namespace {

/// Since when an operator has an attribute that not all of them have: before that, and without a row, it
/// breaks the specification.
struct AttributeSince {
  WindowKind kind;
  std::string_view attribute;
  std::int64_t since;
};

constexpr std::array kSince = {
    AttributeSince{WindowKind::kConv, "dilations", 1},
    AttributeSince{WindowKind::kConv, "group", 1},
    AttributeSince{WindowKind::kTransposedConv, "dilations", 1},
    AttributeSince{WindowKind::kTransposedConv, "group", 1},
    AttributeSince{WindowKind::kTransposedConv, "output_padding", 1},
    AttributeSince{WindowKind::kTransposedConv, "output_shape", 1},
    AttributeSince{WindowKind::kMaxPool, "storage_order", 8},
    AttributeSince{WindowKind::kMaxPool, "ceil_mode", 10},
    AttributeSince{WindowKind::kMaxPool, "dilations", 10},
    AttributeSince{WindowKind::kAveragePool, "count_include_pad", 7},
    AttributeSince{WindowKind::kAveragePool, "ceil_mode", 10},
    AttributeSince{WindowKind::kAveragePool, "dilations", 19},
    AttributeSince{WindowKind::kLpPool, "p", 1},
    AttributeSince{WindowKind::kLpPool, "ceil_mode", 18},
    AttributeSince{WindowKind::kLpPool, "dilations", 18},
};

/// Those that the rows are about.
constexpr std::array<std::string_view, 8> kNotOfAll = {"ceil_mode", "count_include_pad", "dilations",
                                                       "group",     "output_padding",    "output_shape",
                                                       "p",         "storage_order"};

Result<void> check_number(std::string_view attribute, std::int64_t value, std::int64_t least) {
  if (value < least)
    return at(attribute, malformed("window-number", "number out of range", std::to_string(value),
                                   "at least " + std::to_string(least)));
  if (value >= kMaxWindowNumber)
    return at(attribute, unsupported("window-number-too-large", "number too large", std::to_string(value),
                                     "below " + std::to_string(kMaxWindowNumber)));
  return {};
}

/// The list, checked for kind, length and range; nothing if the attribute is absent.
Result<std::optional<std::vector<std::int64_t>>> read_list(const model::Attributes& attributes,
                                                           std::string_view name, std::size_t length,
                                                           std::int64_t least) {
  const model::Attribute* attribute = attributes.find(name);
  if (attribute == nullptr) return std::nullopt;
  if (attribute->kind != model::AttributeKind::kInts)
    return at(name, malformed("attribute-kind", "attribute is not a list of integers"));
  if (attribute->ints.size() != length)
    return at(name, malformed("attribute-length", "wrong number of entries",
                              std::to_string(attribute->ints.size()), std::to_string(length)));
  for (const std::int64_t value : attribute->ints)
    if (auto checked = check_number(name, value, least); !checked) return Error(checked.error());
  return attribute->ints;
}

Result<std::vector<std::int64_t>> read_list_or(const model::Attributes& attributes, std::string_view name,
                                               std::size_t length, std::int64_t least,
                                               std::int64_t fallback) {
  auto list = read_list(attributes, name, length, least);
  if (!list) return Error(list.error());
  return list->value_or(std::vector<std::int64_t>(length, fallback));
}

Result<std::int64_t> read_int(const model::Attributes& attributes, std::string_view name,
                              std::int64_t fallback, std::int64_t least, std::int64_t most) {
  const model::Attribute* attribute = attributes.find(name);
  if (attribute == nullptr) return fallback;
  if (attribute->kind != model::AttributeKind::kInt)
    return at(name, malformed("attribute-kind", "attribute is not an integer"));
  if (attribute->i < least || attribute->i > most)
    return at(name, malformed("attribute-range", "attribute out of range", std::to_string(attribute->i),
                              std::to_string(least) + " to " + std::to_string(most)));
  return attribute->i;
}

Result<AutoPad> read_auto_pad(const model::Attributes& attributes) {
  const model::Attribute* attribute = attributes.find("auto_pad");
  if (attribute == nullptr) return AutoPad::kNotSet;
  if (attribute->kind != model::AttributeKind::kString)
    return at("auto_pad", malformed("attribute-kind", "attribute is not a string"));
  if (attribute->s == "NOTSET") return AutoPad::kNotSet;
  if (attribute->s == "SAME_UPPER") return AutoPad::kSameUpper;
  if (attribute->s == "SAME_LOWER") return AutoPad::kSameLower;
  if (attribute->s == "VALID") return AutoPad::kValid;
  return at("auto_pad", malformed("auto-pad-value", "unknown padding mode", model::printable(attribute->s),
                                  "NOTSET, SAME_UPPER, SAME_LOWER or VALID"));
}

/// LpPool-1 declares p as a float; later versions as an integer.
Result<std::int64_t> read_p(const model::Attributes& attributes) {
  const model::Attribute* attribute = attributes.find("p");
  if (attribute == nullptr || attribute->kind != model::AttributeKind::kFloat)
    return read_int(attributes, "p", 2, 1, kMaxWindowNumber);
  if (attribute->f != 1.0F && attribute->f != 2.0F && attribute->f != 3.0F)
    return at("p",
              unsupported("fractional-norm", "norm is not a small integer", std::to_string(attribute->f)));
  return static_cast<std::int64_t>(attribute->f);
}

Result<std::vector<std::int64_t>> kernel_extents(const model::Attributes& attributes, bool has_weights,
                                                 const Dims& data, const Dims* weights) {
  const std::size_t spatial = data.size() - 2;
  auto listed = read_list(attributes, "kernel_shape", spatial, 1);
  if (!listed) return Error(listed.error());
  if (weights == nullptr) {
    if (*listed) return **listed;
    if (has_weights)
      return unsupported("weights-unknown", "neither kernel_shape nor the weights' shape is known");
    return at("kernel_shape", malformed("missing-attribute", "kernel_shape is required"));
  }
  if (weights->size() != data.size())
    return malformed("weight-rank", "weights differ in rank from the data", std::to_string(weights->size()),
                     std::to_string(data.size()));
  std::vector<std::int64_t> extents(weights->begin() + 2, weights->end());
  if (*listed && **listed != extents)
    return at("kernel_shape",
              malformed("kernel-shape-weights", "kernel_shape differs from the weights' extents"));
  for (const std::int64_t extent : extents)
    if (auto checked = check_number("kernel_shape", extent, 1); !checked) return Error(checked.error());
  return extents;
}

}  // namespace

Error at(std::string_view attribute, Error error) {
  error.value().where.attribute = std::string(attribute);
  return error;
}

Result<void> check_versions(const model::Attributes& attributes, WindowKind kind, std::int64_t opset) {
  for (const std::string_view attribute : kNotOfAll) {
    if (!attributes.has(attribute)) continue;
    const auto* row = std::find_if(kSince.begin(), kSince.end(), [&](const AttributeSince& each) {
      return each.kind == kind && each.attribute == attribute;
    });
    if (row == kSince.end())
      return at(attribute, malformed("attribute-not-in-version", "this operator has no such attribute"));
    if (opset < row->since)
      return at(attribute,
                malformed("attribute-not-in-version", "this operator version has no such attribute",
                          "opset " + std::to_string(opset), "from opset " + std::to_string(row->since)));
  }
  return {};
}

Result<Window> read_scalars(const model::Attributes& attributes, WindowKind kind) {
  Window window;
  window.kind = kind;
  if (kind == WindowKind::kConv || kind == WindowKind::kTransposedConv) {
    auto group = read_int(attributes, "group", 1, 1, kMaxWindowNumber);
    if (!group) return Error(group.error());
    window.group = *group;
    return window;
  }
  const auto ceil_mode = read_int(attributes, "ceil_mode", 0, 0, 1);
  if (!ceil_mode) return Error(ceil_mode.error());
  const auto include = read_int(attributes, "count_include_pad", 0, 0, 1);
  if (!include) return Error(include.error());
  const auto order = read_int(attributes, "storage_order", 0, 0, 1);
  if (!order) return Error(order.error());
  const auto p = kind == WindowKind::kLpPool ? read_p(attributes) : Result<std::int64_t>(2);
  if (!p) return Error(p.error());
  window.ceil_mode = *ceil_mode != 0;
  window.count_include_pad = kind == WindowKind::kAveragePool && *include != 0;
  window.storage_order = *order;
  window.p = *p;
  return window;
}

Result<std::vector<WindowAxis>> read_axes(const model::Attributes& attributes, bool has_weights,
                                          const Dims& data, const Dims* weights) {
  const std::size_t spatial = data.size() - 2;
  const auto kernel = kernel_extents(attributes, has_weights, data, weights);
  if (!kernel) return Error(kernel.error());
  const auto strides = read_list_or(attributes, "strides", spatial, 1, 1);
  if (!strides) return Error(strides.error());
  const auto dilations = read_list_or(attributes, "dilations", spatial, 1, 1);
  if (!dilations) return Error(dilations.error());
  std::vector<WindowAxis> axes(spatial);
  for (std::size_t i = 0; i < spatial; ++i) {
    if (auto checked = check_number("", data[i + 2], 1); !checked) return Error(checked.error());
    axes[i] = {data[i + 2], (*kernel)[i], (*strides)[i], (*dilations)[i], 0, 0, 0};
  }
  return axes;
}

Result<WindowRequest> read_request(const model::Attributes& attributes, WindowKind kind, std::int64_t opset,
                                   std::size_t spatial) {
  WindowRequest request;
  auto auto_pad = read_auto_pad(attributes);
  if (!auto_pad) return Error(auto_pad.error());
  request.auto_pad = *auto_pad;
  auto pads = read_list(attributes, "pads", 2 * spatial, 0);
  if (!pads) return Error(pads.error());
  request.pads = *pads;
  request.output_padding.assign(spatial, 0);
  if (kind != WindowKind::kTransposedConv) return request;
  request.reversed_split = opset < 11;
  auto output_shape = read_list(attributes, "output_shape", spatial, 1);
  if (!output_shape) return Error(output_shape.error());
  request.output_shape = *output_shape;
  auto output_padding = read_list_or(attributes, "output_padding", spatial, 0, 0);
  if (!output_padding) return Error(output_padding.error());
  request.output_padding = *output_padding;
  return request;
}

}  // namespace padproof::verifier
