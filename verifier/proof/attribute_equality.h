// SPDX-License-Identifier: Apache-2.0
// When two nodes' attributes mean the same, references bound and order ignored.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "model/attributes.h"
#include "model/result.h"

namespace padproof::verifier {

struct AttributeSide {
  const model::Node& node;
  const model::AttributeScope* scope;
};

/// Empty if equal, otherwise what differs. Attributes named in `except` are passed over. Graph attributes are
/// handed to `pair_graphs(source, target, name)`, which compares them by its own means.
std::string attribute_difference(
    const AttributeSide& source, const AttributeSide& target, std::span<const std::string_view> except,
    const std::function<void(const model::Attribute&, const model::Attribute&)>& pair_graphs);

}  // namespace padproof::verifier
