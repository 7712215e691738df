// SPDX-License-Identifier: Apache-2.0
// What kernels ask of their operands: types, integer contents, axes; and how they make their outputs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "verifier/engine/element_types.h"
#include "verifier/engine/kernel.h"

namespace padproof::verifier {

/// Diagnostic kMalformed for an operand whose shape breaks the operator's specification.
model::Error bad_shape(std::string what, const Dims& got, std::string limit = {});
/// Diagnostic kMalformed for a value in an operand or attribute that breaks the specification.
model::Error bad_value(std::string what, std::string got, std::string limit = {});
/// Diagnostic kUnsupported: the kernel does not implement this element type.
model::Error type_not_in_engine(const KernelContext& context, model::DataType dtype);

/// All present inputs among the first `count` have the first one's type; kMalformed otherwise.
model::Result<void> same_types(const KernelContext& context, std::size_t count);

/// Elements of an int32 or int64 tensor.
model::Result<std::vector<std::int64_t>> integers(const Tensor& tensor);
/// The only element of an int32 or int64 tensor.
model::Result<std::int64_t> single_integer(const Tensor& tensor);
/// The only element of a bool tensor.
model::Result<bool> single_bool(const Tensor& tensor);

/// -rank <= axis < rank, negative counts from the end.
model::Result<std::size_t> resolve_axis(std::int64_t axis, std::size_t rank);
/// Distinct axes in ascending order.
model::Result<std::vector<std::size_t>> resolve_axes(const std::vector<std::int64_t>& axes, std::size_t rank);

/// Makes output `index` a tensor and returns it; an error if it does not fit the memory or has more elements
/// than operations are left.
model::Result<Tensor*> make_output(KernelContext& context, std::size_t index, model::DataType dtype,
                                   Dims dims, Contents contents = Contents::kZeros);
/// Room for what a kernel holds beside its tensors: so many elements of so many bytes. An error if it does
/// not fit the memory.
model::Result<std::shared_ptr<void>> make_room(const KernelContext& context, double elements,
                                               std::size_t bytes);
/// The operand of an operator's in_place_input where its elements can be read: copied if not aligned.
model::Result<Tensor> aligned(const KernelContext& context, const Tensor& operand);

/// Product of the extents [first, last).
std::int64_t extent_product(const Dims& dims, std::size_t first, std::size_t last);
/// Row-major strides in elements.
Dims row_major_strides(const Dims& dims);

/// The first output's elements in place: sole owner of what make_output gave.
template <class T>
std::span<T> elements(Tensor* tensor) {
  return tensor->mutable_data<T>();
}

}  // namespace padproof::verifier
