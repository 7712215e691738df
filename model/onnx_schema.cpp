// SPDX-License-Identifier: Apache-2.0
#include "model/onnx_schema.h"

#include <onnx/defs/schema.h>

#include <limits>
#include <string>

namespace padproof::model {

std::optional<std::int64_t> since_version(std::string_view domain, std::string_view op_type,
                                          std::int64_t opset) {
  const auto& ranges = onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map();
  const auto range = ranges.find(std::string(domain));
  if (range == ranges.end() || opset < 1 || opset > range->second.second) return std::nullopt;
  const onnx::OpSchema* schema =
      onnx::OpSchemaRegistry::Schema(std::string(op_type), static_cast<int>(opset), std::string(domain));
  if (schema == nullptr) return std::nullopt;
  return schema->SinceVersion();
}

}  // namespace padproof::model
