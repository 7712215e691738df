// SPDX-License-Identifier: Apache-2.0
#include "verifier/value_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "verifier/engine/element_types.h"

namespace padproof::verifier {
namespace {

using Comparable = AllTypes;

template <class T>
auto bits_of(T value) {
  return std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
}

/// Bits as an integer that grows by one from a number to the next.
template <class T>
auto ordered(T value) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  const auto bits = std::bit_cast<Bits>(value);
  return bits < 0 ? std::numeric_limits<Bits>::min() - bits : bits;
}

template <class T>
void measure(T source, T target, ValueDifference& result) {
  const double left = static_cast<double>(source);
  const double right = static_cast<double>(target);
  if (std::isnan(left) || std::isnan(right)) return;
  const double distance = std::abs(left - right);
  result.max_absolute = std::max(result.max_absolute, distance);
  if (left != 0) result.max_relative = std::max(result.max_relative, distance / std::abs(left));
  if constexpr (std::is_floating_point_v<T>) {
    const auto from = static_cast<std::uint64_t>(ordered(source));
    const auto to = static_cast<std::uint64_t>(ordered(target));
    result.max_ulps = std::max(result.max_ulps, ordered(source) > ordered(target) ? from - to : to - from);
  }
}

Dims place_of(std::int64_t index, const Dims& dims) {
  Dims place(dims.size());
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    place[axis] = index % dims[axis];
    index /= dims[axis];
  }
  return place;
}

bool is_on_border(const Dims& place, const Dims& dims) {
  for (std::size_t axis = 2; axis < dims.size(); ++axis)
    if (place[axis] == 0 || place[axis] == dims[axis] - 1) return true;
  return false;
}

template <class T>
std::string text_of(T value) {
  if constexpr (std::is_integral_v<T> && sizeof(T) == 1)
    return fmt::format("{}", static_cast<int>(value));
  else
    return fmt::format("{}", value);
}

template <class T>
void compare_elements(const Tensor& source, const Tensor& target, ValueDifference& result) {
  const auto left = source.data<T>();
  const auto right = target.data<T>();
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (bits_of(left[i]) == bits_of(right[i])) continue;
    const Dims place = place_of(static_cast<std::int64_t>(i), source.dims());
    if (result.differing++ == 0) {
      result.place = fmt::format("[{}]", fmt::join(place, ","));
      result.source = text_of(left[i]);
      result.target = text_of(right[i]);
    }
    if (result.has_border && is_on_border(place, source.dims())) ++result.on_border;
    measure(left[i], right[i], result);
  }
}

}  // namespace

std::optional<ValueDifference> difference(const Tensor& source, const Tensor& target) {
  if (same_bits(source, target)) return std::nullopt;
  ValueDifference result;
  result.elements = source.size();
  if (source.dtype() != target.dtype() || source.dims() != target.dims()) {
    result.kind = fmt::format("{} of {} against {} of {}", to_string(source.dtype()),
                              to_string(source.dims()), to_string(target.dtype()), to_string(target.dims()));
    return result;
  }
  result.has_border = source.rank() > 2;
  const bool known = dispatch(Comparable{}, source.dtype(), [&]<class T>(std::type_identity<T>) {
    compare_elements<T>(source, target, result);
  });
  if (!known) result.kind = fmt::format("other elements of {}", to_string(source.dtype()));
  return result;
}

std::string describe(const ValueDifference& difference) {
  if (!difference.kind.empty()) return difference.kind;
  std::string text = fmt::format("{} of {} elements differ, by up to {:.3g}", difference.differing,
                                 difference.elements, difference.max_absolute);
  if (difference.max_ulps > 0)
    text += fmt::format(" ({:.3g} relative, {} ulps)", difference.max_relative, difference.max_ulps);
  if (difference.has_border && difference.on_border == difference.differing)
    text += ", all at the border of the map";
  else if (difference.has_border)
    text += fmt::format(", {} of them at the border of the map", difference.on_border);
  return text +
         fmt::format("; first at {}: {} against {}", difference.place, difference.source, difference.target);
}

}  // namespace padproof::verifier
