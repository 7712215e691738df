// SPDX-License-Identifier: Apache-2.0
// What two models take and give, and what the proof assumes of them.
#include <fmt/format.h>

#include <algorithm>

#include "verifier/engine/kernel.h"
#include "verifier/proof/pairing.h"

namespace padproof::verifier {
namespace {

// Names of open extents do not matter, but what one model fixes the other must fix too.
bool accepts_same_shapes(const model::ValueType& source, const model::ValueType& target) {
  // Sequences and the like: how they nest is known by their bytes alone.
  if (!source.is_tensor || !target.is_tensor) return source.message == target.message;
  if (source.shape.has_value() != target.shape.has_value()) return false;
  if (!source.shape) return true;
  return std::equal(source.shape->begin(), source.shape->end(), target.shape->begin(), target.shape->end(),
                    [](const model::Extent& mine, const model::Extent& theirs) {
                      return mine.constant() == theirs.constant();
                    });
}

// Whether an extent is a number that the declared type leaves open.
bool is_fixed_where_open(const model::Shape& shape, const model::ValueType& declared) {
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i].is_constant() && (!declared.shape || !(*declared.shape)[i].is_constant())) return true;
  }
  return false;
}

}  // namespace

void Pairing::pair_declared_input(const model::ValueInfo& source, const model::ValueInfo& target) {
  const std::string name = model::printable(source.name);
  const model::ValueFacts& facts = source_.facts(source.value);
  if (facts.rests_on_options && is_fixed_where_open(*facts.shape, source.type)) {
    assume(fmt::format("input '{}' is {}, as --input-shape says; the models themselves accept other sizes",
                       name, model::to_string(*facts.shape)));
  }
  if (source.name != target.name) {
    proof_.problems.push_back(
        fmt::format("input '{}' is called '{}' in the target", name, model::printable(target.name)));
  } else if (source.type.message != target.type.message) {
    const auto shape_of = [](const model::ValueInfo& info) {
      return info.type.shape ? model::to_string(*info.type.shape) : std::string("any shape");
    };
    if (source.type.dtype != target.type.dtype || !accepts_same_shapes(source.type, target.type)) {
      proof_.problems.push_back(
          fmt::format("input '{}' is declared {} {} in the source and {} {} in the target", name,
                      model::to_string(source.type.dtype), shape_of(source),
                      model::to_string(target.type.dtype), shape_of(target)));
    }
  }
}

// What a declaration leaves out the operators say; one that contradicts them does not load.
void Pairing::pair_declared_output(const model::ValueInfo& source, const model::ValueInfo& target) {
  const model::ValueType& mine = source.type;
  const model::ValueType& theirs = target.type;
  const bool are_tensors = mine.is_tensor && theirs.is_tensor;
  const bool is_same = mine.message.empty() || theirs.message.empty() || mine.message == theirs.message ||
                       (are_tensors && mine.dtype == theirs.dtype);
  if (is_same) return;
  proof_.problems.push_back(fmt::format("output '{}' is declared {} in the source and {} in the target",
                                        model::printable(source.name), model::to_string(mine.dtype),
                                        model::to_string(theirs.dtype)));
}

void Pairing::pair_interfaces() {
  const model::Graph& source = *source_.graph;
  const model::Graph& target = *target_.graph;
  if (source.inputs.size() != target.inputs.size()) {
    proof_.problems.push_back(
        fmt::format("the source has {} inputs, the target {}", source.inputs.size(), target.inputs.size()));
  } else {
    for (std::size_t i = 0; i < source.inputs.size(); ++i)
      pair_declared_input(source.inputs[i], target.inputs[i]);
  }
  for (const model::Assumption& assumption : source_.assumptions) {
    assume(assumption.to_string() + ", as --assume says; the models themselves accept other sizes");
  }
  const auto opset = source_model_.opset_imports.find("");
  if (opset != source_model_.opset_imports.end() && opset->second > kNewestOpset) {
    assume(fmt::format("operators of opset {} mean what they mean in {}, the newest known", opset->second,
                       kNewestOpset));
  }
  if (source_model_.has_training_info || target_model_.has_training_info) {
    assume("training information in the files was not looked at");
  }
  if (source.outputs.size() != target.outputs.size()) {
    proof_.problems.push_back(fmt::format("the source has {} outputs, the target {}", source.outputs.size(),
                                          target.outputs.size()));
    return;
  }
  for (std::size_t i = 0; i < source.outputs.size(); ++i) {
    if (source.outputs[i].name != target.outputs[i].name) {
      proof_.problems.push_back(fmt::format("output {} is '{}' in the source and '{}' in the target", i,
                                            model::printable(source.outputs[i].name),
                                            model::printable(target.outputs[i].name)));
    }
    pair_declared_output(source.outputs[i], target.outputs[i]);
    require({&source_, source.outputs[i].value}, {&target_, target.outputs[i].value}, nullptr, nullptr);
  }
}

}  // namespace padproof::verifier
