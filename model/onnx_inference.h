// SPDX-License-Identifier: Apache-2.0
// The ONNX library's own shape inference, for operators that have no rule here.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/bytes.h"
#include "model/facts.h"

namespace padproof::model {

/// Facts of the node's outputs as the library infers them from the facts of its inputs (null where one is
/// omitted). `node_message` is the node's NodeProto. Nothing if the library does not know the operator, the
/// domain or so new an opset, if the node holds subgraphs, large tensors or references to a function's
/// attributes, or if the library fails.
std::optional<std::vector<ValueFacts>> infer_with_onnx_library(const Node& node, std::int64_t opset,
                                                               Bytes node_message,
                                                               std::span<const ValueFacts* const> inputs);

}  // namespace padproof::model
