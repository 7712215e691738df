// SPDX-License-Identifier: Apache-2.0
// Reads an ONNX ModelProto from a rope, at wire level: every opset, every IR version.
// Source: onnx.proto (IR version 13). Unknown fields are passed over; the rope keeps them.
#pragma once

#include <memory>
#include <string>

#include "model/graph.h"
#include "model/result.h"

namespace padproof::model {

/// The model in `source`. Initializers and attribute tensors are located, not decoded.
/// Errors: malformed wire data, names defined twice or not at all, cycles, recursion of functions.
Result<Model> read_onnx(std::shared_ptr<const Rope> source, std::string file);

/// Maps the file at `path` and reads it; `-` is standard input.
Result<Model> load_onnx(const std::string& path);

/// A lone TensorProto (the `input_0.pb` of a backend test). The rope must outlive the result.
Result<TensorRef> read_tensor(const Rope& source);

}  // namespace padproof::model
