// SPDX-License-Identifier: Apache-2.0
// Concat and Split: blocks along one axis.
// Sources: ONNX Concat-1/-4/-11/-13, Split-1/-2/-11/-13/-18.
#include <numeric>

#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/operands.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

/// A tensor as `rows` runs of bytes; each holds what lies at one place before the axis.
struct Blocks {
  std::size_t rows;
  std::size_t run_bytes;

  Blocks(const Tensor& tensor, std::size_t axis)
      : rows(static_cast<std::size_t>(extent_product(tensor.dims(), 0, axis))),
        run_bytes(static_cast<std::size_t>(extent_product(tensor.dims(), axis, tensor.rank())) *
                  element_bytes(tensor.dtype())) {}

  /// Calls visit(row) for those that hold something.
  template <class Visit>
  void for_each_row(Visit&& visit) const {
    constexpr std::size_t kBytesOfOperation = 16;
    if (run_bytes == 0) return;
    for_each_in_time(static_cast<std::int64_t>(rows),
                     static_cast<std::int64_t>(run_bytes / kBytesOfOperation + 1),
                     [&](std::int64_t row) { visit(static_cast<std::size_t>(row)); });
  }
};

Result<Dims> concatenated_dims(const KernelContext& context, std::size_t axis) {
  Dims dims = context.inputs[0]->dims();
  dims[axis] = 0;
  for (const Tensor* const input : context.inputs) {
    Dims others = input->dims();
    if (others.size() != dims.size()) return bad_shape("operands differ in rank", others, to_string(dims));
    const std::int64_t extent = std::exchange(others[axis], dims[axis]);
    if (others != dims) return bad_shape("operands differ beside the axis", input->dims());
    if (extent > INT64_MAX - dims[axis]) return bad_shape("too many elements", input->dims());
    dims[axis] += extent;
  }
  return dims;
}

Result<std::int64_t> parts_of(const KernelContext& context) {
  const auto outputs = static_cast<std::int64_t>(context.node.outputs.size());
  const std::int64_t parts = context.attributes.int_or("num_outputs", outputs);
  if (context.opset >= 18 && !context.attributes.has("num_outputs"))
    return model::malformed("missing-attribute", "neither num_outputs nor split is given");
  if (parts != outputs)
    return bad_value("number of parts", std::to_string(parts), std::to_string(outputs) + " outputs");
  return parts;
}

/// Equal parts; from opset 18 on the last may be smaller.
Result<std::vector<std::int64_t>> equal_parts(const KernelContext& context, std::int64_t extent) {
  const auto parts = parts_of(context);
  if (!parts) return Error(parts.error());
  if (*parts < 1) return model::malformed("output-count", "nothing to split into");
  if (context.opset < 18 && extent % *parts != 0)
    return bad_value("extent to split", std::to_string(extent), "a multiple of " + std::to_string(*parts));
  const std::int64_t part = (extent + *parts - 1) / *parts;
  std::vector<std::int64_t> lengths(static_cast<std::size_t>(*parts), part);
  lengths.back() = extent - part * (*parts - 1);
  if (lengths.back() < 0)
    return bad_value("number of parts", std::to_string(*parts), "no empty part before the last");
  return lengths;
}

Result<std::vector<std::int64_t>> part_lengths(const KernelContext& context, std::int64_t extent) {
  if (context.input(1) == nullptr && !context.attributes.has("split")) return equal_parts(context, extent);
  if (context.opset >= 13 ? context.attributes.has("split") : context.input(1) != nullptr)
    return unsupported_in_engine(context, "split given in the way of another version", "");
  if (context.attributes.has("num_outputs"))
    return model::malformed("attribute-value", "both num_outputs and split are given");
  auto lengths = context.opset < 13 ? Result<std::vector<std::int64_t>>(context.attributes.ints("split"))
                                    : integers(context.present(1));
  if (!lengths) return lengths;
  std::int64_t rest = extent;
  for (const std::int64_t length : *lengths) {
    if (length < 0 || length > rest)
      return bad_value("length of a part", std::to_string(length), std::to_string(rest));
    rest -= length;
  }
  if (rest != 0 || lengths->size() < context.node.outputs.size())
    return bad_value("parts do not make up the extent", std::to_string(extent - rest),
                     std::to_string(extent));
  return lengths;
}

}  // namespace

Result<void> concat(KernelContext& context) {
  for (const Tensor* const input : context.inputs)
    if (input == nullptr) return model::malformed("missing-input", "an operand is missing");
  if (context.opset >= 4 && !context.attributes.has("axis"))
    return model::malformed("missing-attribute", "axis is missing");
  const auto axis = resolve_axis(context.attributes.int_or("axis", 1), context.inputs[0]->rank());
  if (!axis) return Error(axis.error());
  if (auto same = same_types(context, context.inputs.size()); !same) return same;
  const auto dims = concatenated_dims(context, *axis);
  if (!dims) return Error(dims.error());
  const auto output = make_output(context, 0, context.inputs[0]->dtype(), *dims);
  if (!output) return Error(output.error());
  const Blocks whole(**output, *axis);
  std::size_t offset = 0;
  for (const Tensor* const input : context.inputs) {
    const Blocks part(*input, *axis);
    part.for_each_row([&](std::size_t row) {
      copy_in_time((*output)->mutable_bytes() + row * whole.run_bytes + offset,
                   input->bytes().data() + row * part.run_bytes, part.run_bytes);
    });
    offset += part.run_bytes;
  }
  return {};
}

Result<void> split(KernelContext& context) {
  const Tensor& input = context.present(0);
  const auto axis = resolve_axis(context.attributes.int_or("axis", 0), input.rank());
  if (!axis) return Error(axis.error());
  const auto lengths = part_lengths(context, input.dims()[*axis]);
  if (!lengths) return Error(lengths.error());
  const Blocks whole(input, *axis);
  std::size_t offset = 0;
  for (std::size_t i = 0; i < context.node.outputs.size(); ++i) {
    Dims dims = input.dims();
    dims[*axis] = (*lengths)[i];
    const auto output = make_output(context, i, input.dtype(), dims);
    if (!output) return Error(output.error());
    const Blocks part(**output, *axis);
    part.for_each_row([&](std::size_t row) {
      copy_in_time((*output)->mutable_bytes() + row * part.run_bytes,
                   input.bytes().data() + row * whole.run_bytes + offset, part.run_bytes);
    });
    offset += part.run_bytes;
  }
  return {};
}

}  // namespace padproof::verifier
