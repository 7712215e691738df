// SPDX-License-Identifier: Apache-2.0
// A folder of TensorProto files, input_0.pb, input_1.pb, ...: how ONNX backend tests keep inputs and outputs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "verifier/engine/tensor.h"

namespace padproof::verifier {

struct FolderTensor {
  std::string name;  // as the file says; often empty, then the order alone tells
  Tensor tensor;
};

/// The tensors of `folder`/`prefix`_0.pb and on, until a number is missing; `prefix` is `input` or `output`.
/// An error if one cannot be read, or if it is no tensor of a type that the engine holds.
model::Result<std::vector<FolderTensor>> read_tensor_folder(const std::string& folder,
                                                            std::string_view prefix);

}  // namespace padproof::verifier
