// SPDX-License-Identifier: Apache-2.0
#include "model/shapes/constant.h"

#include <cstring>
#include <utility>

#include "model/shapes/lists.h"
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"
#include "model/tensor_values.h"

namespace padproof::model {
namespace {

bool is_integer(DataType dtype) {
  switch (dtype) {
    case DataType::kUint8:
    case DataType::kInt8:
    case DataType::kUint16:
    case DataType::kInt16:
    case DataType::kInt32:
    case DataType::kInt64:
    case DataType::kBool:
    case DataType::kUint32:
    case DataType::kUint64:
      return true;
    default:
      return false;
  }
}

Result<void> read_contents(const TensorRef& tensor, ValueFacts& facts) {
  const auto integers = read_integers(tensor);
  if (!integers) return Error(integers.error());
  facts.contents.emplace(integers->begin(), integers->end());
  for (Extent& element : *facts.contents) {
    // Read as signed, an unsigned number beyond 63 bits is negative.
    if (tensor.dtype == DataType::kUint64 && element.value() < 0) element = Extent();
  }
  return {};
}

Result<void> read_floats(const TensorRef& tensor, ValueFacts& facts) {
  const auto packed = read_packed(tensor);
  if (!packed) return Error(packed.error());
  facts.floats.emplace(packed->size() / sizeof(float));
  // An empty tensor has nothing to copy to.
  if (!facts.floats->empty())
    std::memcpy(facts.floats->data(), packed->data(), facts.floats->size() * sizeof(float));
  return {};
}

}  // namespace

Result<ValueFacts> facts_of(const TensorRef& tensor) {
  const auto count = element_count(tensor);
  if (!count) return Error(count.error());
  ValueFacts facts;
  facts.dtype = tensor.dtype;
  facts.shape.emplace(tensor.dims.begin(), tensor.dims.end());
  if (tensor.storage == Storage::kExternal) return facts;
  Result<void> read;
  if (is_integer(tensor.dtype) && *count <= kMaxContents) read = read_contents(tensor, facts);
  if (tensor.dtype == DataType::kFloat && tensor.dims.size() <= 1 && *count <= kMaxFloatElements) {
    read = read_floats(tensor, facts);
  }
  if (!read) return Error(read.error());
  return facts;
}

namespace shapes {
namespace {

Result<void> set_tensor(RuleContext& context, const TensorRef& tensor) {
  auto facts = facts_of(tensor);
  if (!facts) return Error(facts.error());
  context.set(0, facts->dtype, std::move(*facts->shape));
  if (facts->contents) context.set_contents(0, std::move(*facts->contents));
  if (facts->floats) context.set_floats(0, std::move(*facts->floats));
  return {};
}

void set_integers(RuleContext& context, const std::vector<std::int64_t>& values, Shape shape) {
  context.set(0, DataType::kInt64, std::move(shape));
  context.set_contents(0, {values.begin(), values.end()});
}

void set_real(RuleContext& context, std::vector<float> values, Shape shape) {
  context.set(0, DataType::kFloat, std::move(shape));
  context.set_floats(0, std::move(values));
}

}  // namespace

Result<void> constant(RuleContext& context) {
  if (const TensorRef* tensor = context.attributes.tensor("value")) return set_tensor(context, *tensor);
  if (const Attribute* sparse = context.attributes.find("sparse_value");
      sparse && !sparse->sparse_tensors.empty()) {
    const SparseTensorRef& tensor = sparse->sparse_tensors.front();
    context.set(0, tensor.values.dtype, {tensor.dims.begin(), tensor.dims.end()});
  } else if (const Attribute* integer = context.attributes.find("value_int")) {
    set_integers(context, {integer->i}, {});
  } else if (const Attribute* integers = context.attributes.find("value_ints")) {
    set_integers(context, integers->ints, {std::ssize(integers->ints)});
  } else if (const Attribute* real = context.attributes.find("value_float")) {
    set_real(context, {real->f}, {});
  } else if (const Attribute* reals = context.attributes.find("value_floats")) {
    set_real(context, reals->floats, {std::ssize(reals->floats)});
  } else if (context.attributes.has("value_string")) {
    context.set(0, DataType::kString, {});
  } else if (const Attribute* strings = context.attributes.find("value_strings")) {
    context.set(0, DataType::kString, {std::ssize(strings->strings)});
  } else {
    return require_attribute(context, "value");
  }
  return {};
}

Result<void> constant_of_shape(RuleContext& context) {
  DataType dtype = DataType::kFloat;
  ValueFacts element;
  if (const TensorRef* tensor = context.attributes.tensor("value")) {
    auto facts = facts_of(*tensor);
    if (!facts) return Error(facts.error());
    dtype = facts->dtype;
    element = std::move(*facts);
  } else {
    element.floats.emplace(1, 0.0F);
  }
  const auto* shape = list_contents(context, 0);
  if (shape == nullptr) {
    const auto rank = list_length(context, 0);
    return rank ? give_up_extents(context, 0, dtype, *rank, 0) : give_up(context, 0, dtype, 0);
  }
  if (auto good = check_extents(*shape); !good) return good;
  context.set(0, dtype, *shape);
  const auto count = element_count(*shape).constant();
  if (!count || *count > kMaxContents) return {};
  const auto size = static_cast<std::size_t>(*count);
  if (element.contents && element.contents->size() == 1) {
    context.set_contents(0, std::vector<Extent>(size, element.contents->front()));
  }
  if (element.floats && element.floats->size() == 1) {
    context.set_floats(0, std::vector<float>(size, element.floats->front()));
  }
  return {};
}

}  // namespace shapes
}  // namespace padproof::model
