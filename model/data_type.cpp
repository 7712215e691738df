// SPDX-License-Identifier: Apache-2.0
#include "model/data_type.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace padproof::model {
namespace {

struct TypeRow {
  std::string_view name;
  int bits;
};

// By number; the types from 17 on are read and compared, never computed with.
constexpr std::array<TypeRow, 27> kTypes = {{
    {"undefined", 0},      {"float", 32},    {"uint8", 8},        {"int8", 8},           {"uint16", 16},
    {"int16", 16},         {"int32", 32},    {"int64", 64},       {"string", 0},         {"bool", 8},
    {"float16", 16},       {"double", 64},   {"uint32", 32},      {"uint64", 64},        {"complex64", 64},
    {"complex128", 128},   {"bfloat16", 16}, {"float8e4m3fn", 8}, {"float8e4m3fnuz", 8}, {"float8e5m2", 8},
    {"float8e5m2fnuz", 8}, {"uint4", 4},     {"int4", 4},         {"float4e2m1", 4},     {"float8e8m0", 8},
    {"uint2", 2},          {"int2", 2},
}};

const TypeRow* find(DataType type) {
  const auto number = static_cast<std::int32_t>(type);
  if (number < 0 || static_cast<std::size_t>(number) >= kTypes.size()) return nullptr;
  return &kTypes[static_cast<std::size_t>(number)];
}

}  // namespace

int element_bits(DataType type) {
  const TypeRow* row = find(type);
  return row == nullptr ? 0 : row->bits;
}

std::string to_string(DataType type) {
  const TypeRow* row = find(type);
  return row == nullptr ? "type#" + std::to_string(static_cast<std::int32_t>(type)) : std::string(row->name);
}

}  // namespace padproof::model
