// SPDX-License-Identifier: Apache-2.0
// From element types to C++ types: lists of types and a dispatch over them.
#pragma once

#include <cstdint>
#include <type_traits>

#include "model/data_type.h"

namespace padproof::verifier {

template <model::DataType>
struct ElementOf;
template <>
struct ElementOf<model::DataType::kFloat> : std::type_identity<float> {};
template <>
struct ElementOf<model::DataType::kDouble> : std::type_identity<double> {};
template <>
struct ElementOf<model::DataType::kUint8> : std::type_identity<std::uint8_t> {};
template <>
struct ElementOf<model::DataType::kUint16> : std::type_identity<std::uint16_t> {};
template <>
struct ElementOf<model::DataType::kUint32> : std::type_identity<std::uint32_t> {};
template <>
struct ElementOf<model::DataType::kUint64> : std::type_identity<std::uint64_t> {};
template <>
struct ElementOf<model::DataType::kInt8> : std::type_identity<std::int8_t> {};
template <>
struct ElementOf<model::DataType::kInt16> : std::type_identity<std::int16_t> {};
template <>
struct ElementOf<model::DataType::kInt32> : std::type_identity<std::int32_t> {};
template <>
struct ElementOf<model::DataType::kInt64> : std::type_identity<std::int64_t> {};
template <>
struct ElementOf<model::DataType::kBool> : std::type_identity<std::uint8_t> {};

template <model::DataType... kTypes>
struct TypeList {};

template <model::DataType... kLeft, model::DataType... kRight>
TypeList<kLeft..., kRight...> join(TypeList<kLeft...>, TypeList<kRight...>);

using FloatTypes = TypeList<model::DataType::kFloat, model::DataType::kDouble>;
using UnsignedTypes = TypeList<model::DataType::kUint8, model::DataType::kUint16, model::DataType::kUint32,
                               model::DataType::kUint64>;
using SignedTypes = TypeList<model::DataType::kInt8, model::DataType::kInt16, model::DataType::kInt32,
                             model::DataType::kInt64>;
using BoolType = TypeList<model::DataType::kBool>;
using ByteTypes = TypeList<model::DataType::kUint8, model::DataType::kInt8>;
using IndexTypes = TypeList<model::DataType::kInt32, model::DataType::kInt64>;
using IntegerTypes = decltype(join(SignedTypes{}, UnsignedTypes{}));
using NumericTypes = decltype(join(FloatTypes{}, IntegerTypes{}));
using AllTypes = decltype(join(NumericTypes{}, BoolType{}));

/// Calls `visit(std::type_identity<T>{})` with the C++ type of `dtype`; false if it is not in the list.
template <model::DataType... kTypes, class Visit>
bool dispatch(TypeList<kTypes...>, model::DataType dtype, Visit&& visit) {
  return ((dtype == kTypes && (visit(std::type_identity<typename ElementOf<kTypes>::type>{}), true)) || ...);
}

template <model::DataType... kTypes>
bool contains(TypeList<kTypes...>, model::DataType dtype) {
  return ((dtype == kTypes) || ...);
}

}  // namespace padproof::verifier
