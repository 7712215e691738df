// SPDX-License-Identifier: Apache-2.0
#include "verifier/proof/place.h"

#include "model/result.h"

namespace padproof::verifier {

using model::GraphInstance;
using model::kNoValue;
using model::Node;
using model::ValueKind;

const Node* Place::producer() const {
  if (is_absent() || info().kind != ValueKind::kNodeOutput) return nullptr;
  return &instance->graph->nodes[info().producer];
}

std::string Place::name() const {
  return is_absent() ? "nothing" : "'" + model::printable(info().name) + "'";
}

namespace {

// Everybody may read the end of a chain of Identity nodes: beyond so many they are compared like any other
// node.
constexpr int kMostIdentities = 100;

}  // namespace

Place trace(Place place, const Passed& passed) {
  int identities = 0;
  while (!place.is_absent()) {
    const model::Value& value = place.info();
    if (value.kind == ValueKind::kOuter) {
      place = {place.instance->parent, value.outer};
    } else if (value.kind == ValueKind::kInput && place.instance->function != nullptr) {
      const auto& arguments = place.instance->holder->inputs;
      place = {place.instance->parent,
               value.producer < arguments.size() ? arguments[value.producer] : kNoValue};
    } else if (const Node* node = place.producer()) {
      const GraphInstance* body = place.instance->child(*node, "");
      const bool is_identity =
          node->op_type == "Identity" && node->domain.empty() && node->inputs.size() == 1;
      if (body == nullptr && (!is_identity || ++identities > kMostIdentities)) return place;
      passed(*place.instance, *node);
      const auto output = value.output_index;
      if (body == nullptr) {
        place.value = node->inputs[0];
      } else {
        const auto& results = body->graph->outputs;
        place = {body, output < results.size() ? results[output].value : kNoValue};
      }
    } else {
      return place;
    }
  }
  return place;
}

Place input_place(const GraphInstance& instance, const Node& node, std::size_t index, const Passed& passed) {
  if (index >= node.inputs.size() || node.inputs[index] == kNoValue) return {};
  return trace({&instance, node.inputs[index]}, passed);
}

}  // namespace padproof::verifier
