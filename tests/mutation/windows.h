// SPDX-License-Identifier: Apache-2.0
// Which cells the sliding windows of a model read, found by padding an array and sliding over it: what a
// mutation changes is decided here, by simulation, not by the prover under test.
#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/facts.h"

namespace padproof::test {

/// Conv, MaxPool, AveragePool and their relatives.
bool is_window(const onnx::NodeProto& node);

/// Extents of values by name, where they are numbers.
using Extents = std::map<std::string, std::vector<std::int64_t>>;
Extents extents_of(const model::GraphInstance& facts);

/// Names of the nodes' outputs and of the initializers that reach an output of the model.
std::set<std::string> reaching(const onnx::ModelProto& model);

/// What one output of a window node reads, as text: for every axis, every window and every tap the cell or
/// padding, with the Pad nodes in front of it folded in; and from which value. Two equal descriptions read
/// the same. Empty if it cannot be told.
std::string describe_reads(const onnx::ModelProto& model, const onnx::NodeProto& node,
                           const Extents& extents);

}  // namespace padproof::test
