// SPDX-License-Identifier: Apache-2.0
#include "verifier/proof/attribute_equality.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "model/tensor_values.h"

namespace padproof::verifier {
namespace {

using model::Attribute;
using model::AttributeKind;

// Bits, not values: NaN equals itself here, and -0 is not 0.
template <class T>
bool same_memory(const T* left, const T* right, std::size_t count) {
  return count == 0 || std::memcmp(left, right, count * sizeof(T)) == 0;
}

bool same_tensors(const std::vector<model::TensorRef>& left, const std::vector<model::TensorRef>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const model::TensorRef& a, const model::TensorRef& b) {
                      const auto same = model::same_elements(a, b);
                      return same && *same;
                    });
}

bool same_sparse(const std::vector<model::SparseTensorRef>& left,
                 const std::vector<model::SparseTensorRef>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const auto& a, const auto& b) { return a.message == b.message; });
}

bool same_value(const Attribute& left, const Attribute& right) {
  if (left.kind != right.kind) return false;
  switch (left.kind) {
    case AttributeKind::kInt:
      return left.i == right.i;
    case AttributeKind::kFloat:
      return same_memory(&left.f, &right.f, 1);
    case AttributeKind::kString:
      return left.s == right.s;
    case AttributeKind::kInts:
      return left.ints == right.ints;
    case AttributeKind::kStrings:
      return left.strings == right.strings;
    case AttributeKind::kFloats:
      return left.floats.size() == right.floats.size() &&
             same_memory(left.floats.data(), right.floats.data(), left.floats.size());
    case AttributeKind::kTensor:
    case AttributeKind::kTensors:
      return same_tensors(left.tensors, right.tensors);
    case AttributeKind::kSparseTensor:
    case AttributeKind::kSparseTensors:
      return same_sparse(left.sparse_tensors, right.sparse_tensors);
    case AttributeKind::kGraph:
    case AttributeKind::kGraphs:
      return left.graphs.size() == right.graphs.size() && left.graphs.size() == 1;
    case AttributeKind::kType:
    case AttributeKind::kTypes:
    case AttributeKind::kUndefined:
      return left.message == right.message;
  }
  return false;
}

bool excepted(std::string_view name, std::span<const std::string_view> except) {
  return std::find(except.begin(), except.end(), name) != except.end();
}

// A reference that the call leaves out is the same as no attribute at all.
std::vector<const Attribute*> bound_attributes(const AttributeSide& side,
                                               std::span<const std::string_view> except) {
  std::vector<const Attribute*> bound;
  for (const Attribute& attribute : side.node.attributes) {
    if (!excepted(attribute.name, except) && model::bind_reference(attribute, side.scope) != nullptr) {
      bound.push_back(&attribute);
    }
  }
  return bound;
}

}  // namespace

std::string attribute_difference(const AttributeSide& source, const AttributeSide& target,
                                 std::span<const std::string_view> except,
                                 const std::function<void(const Attribute&, const Attribute&)>& pair_graphs) {
  const auto source_attributes = bound_attributes(source, except);
  const auto target_attributes = bound_attributes(target, except);
  for (const Attribute* mine : source_attributes) {
    const auto theirs = std::find_if(target_attributes.begin(), target_attributes.end(),
                                     [&](const Attribute* other) { return other->name == mine->name; });
    const std::string name = model::printable(mine->name);
    if (theirs == target_attributes.end()) return fmt::format("attribute {} is only in the source", name);
    const Attribute& left = *model::bind_reference(*mine, source.scope);
    const Attribute& right = *model::bind_reference(**theirs, target.scope);
    if (!same_value(left, right)) return fmt::format("attribute {} differs", name);
    if (left.kind == AttributeKind::kGraph || left.kind == AttributeKind::kGraphs) pair_graphs(left, right);
  }
  if (source_attributes.size() == target_attributes.size()) return {};
  for (const Attribute* theirs : target_attributes) {
    const bool known = std::any_of(source_attributes.begin(), source_attributes.end(),
                                   [&](const Attribute* mine) { return mine->name == theirs->name; });
    if (!known) return fmt::format("attribute {} is only in the target", model::printable(theirs->name));
  }
  return {};
}

}  // namespace padproof::verifier
