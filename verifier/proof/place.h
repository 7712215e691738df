// SPDX-License-Identifier: Apache-2.0
// A value at one place of an inferred model, with what merely passes it on taken out of the way.
#pragma once

#include <cstddef>
#include <functional>

#include "model/facts.h"

namespace padproof::verifier {

struct Place {
  const model::GraphInstance* instance = nullptr;
  model::ValueId value = model::kNoValue;
  friend bool operator==(const Place&, const Place&) = default;

  [[nodiscard]] bool is_absent() const { return value == model::kNoValue; }
  [[nodiscard]] const model::Value& info() const { return instance->graph->values[value]; }
  [[nodiscard]] const model::ValueFacts& facts() const { return instance->facts(value); }
  /// The node that makes the value, or null.
  [[nodiscard]] const model::Node* producer() const;
  /// The name that messages use.
  [[nodiscard]] std::string name() const;
};

/// Is told of each call or Identity that a value passes.
using Passed = std::function<void(const model::GraphInstance&, const model::Node&)>;
inline void ignore_passed(const model::GraphInstance& /*instance*/, const model::Node& /*node*/) {}

/// Follows the value to where it is made: out of subgraphs, into and out of functions, through Identity (not
/// without end: a long chain is left in its middle). `passed` is told of what is on the way.
Place trace(Place place, const Passed& passed);

/// The value that input `index` of `node` takes, traced; absent if the input is omitted.
Place input_place(const model::GraphInstance& instance, const model::Node& node, std::size_t index,
                  const Passed& passed);

}  // namespace padproof::verifier
