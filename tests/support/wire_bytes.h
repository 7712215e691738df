// SPDX-License-Identifier: Apache-2.0
// Models written byte by byte, for what neither ONNX text nor the typed classes can express.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace padproof::test::wire {

/// A length-delimited field, a varint field.
std::string bytes(std::uint32_t number, std::string_view body);
std::string number(std::uint32_t number, std::uint64_t value);

using Numbers = std::vector<std::int64_t>;
using Names = std::vector<std::string>;

/// A NodeProto.attribute field: of integers, of one string; `attribute` takes the rest of the body as bytes.
std::string attribute(std::string_view name, std::string_view body);
std::string ints(std::string_view name, const Numbers& values);
std::string text(std::string_view name, std::string_view value);

/// A NodeProto body. `attributes` are attribute fields one after the other; `name` may be empty.
std::string node_body(std::string_view op_type, const Names& inputs, const Names& outputs,
                      std::string_view attributes = {}, std::string_view name = {});

/// GraphProto fields.
std::string node(std::string_view op_type, const Names& inputs, const Names& outputs,
                 std::string_view attributes = {}, std::string_view name = {});
std::string input(std::string_view name, const Numbers& dims);
std::string output(std::string_view name);
std::string initializer(std::string_view name, const Numbers& dims, std::string_view raw_data);

/// A ModelProto of IR version 8 and opset 17 around a GraphProto body; `more` are further model fields.
std::string model(std::string_view graph_body, std::string_view more = {});

/// ModelProto.functions: a function of domain `local`. `nodes` are node_body()s.
std::string function(std::string_view name, const Names& inputs, const Names& outputs,
                     const std::vector<std::string>& nodes);
/// ModelProto.opset_import of the domain `local`.
std::string local_import();

/// `x` 1x1x8x8, `w` 1x1x3x3 of ones and `y`, around these nodes.
std::string image_model(std::string_view nodes, std::string_view more = {});

}  // namespace padproof::test::wire
