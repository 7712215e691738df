// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/layer_numbers.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>

#include "verifier/diff/heat.h"
#include "verifier/engine/element_types.h"
#include "verifier/engine/half.h"

namespace padproof::verifier {
namespace {

template <class T>
auto bits_of_element(T value) {
  return std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
}

class Measuring {
 public:
  explicit Measuring(const Dims& dims) : dims_(dims), heat_(dims) {
    numbers_.has_border = dims.size() > 2;
    rows_ = dims.size() > 3 ? dims[dims.size() - 2] : 1;
    columns_ = dims.empty() ? 1 : dims.back();
  }

  /// `wide` gives the double that an element is.
  template <class T, class Wide>
  void compare(const Tensor& source, const Tensor& target, Wide wide) {
    const T* left = source.data<T>().data();
    const T* right = target.data<T>().data();
    numbers_.is_known = true;
    numbers_.elements = source.size();
    const std::int64_t plane = rows_ * columns_;
    for (std::int64_t at = 0; at < source.size(); at += plane) {
      const bool is_outer = is_on_outer_border(at / plane);
      for (std::int64_t row = 0; row < rows_; ++row, left += columns_, right += columns_) {
        const bool is_edge = is_outer || (dims_.size() > 3 && (row == 0 || row == rows_ - 1));
        compare_row(left, right, static_cast<std::size_t>(row), is_edge, wide);
      }
    }
  }

  LayerNumbers take() {
    const double sum = inner_ + border_;
    if (numbers_.elements != 0) numbers_.mean_absolute = sum / static_cast<double>(numbers_.elements);
    if (numbers_.has_border && sum > 0 && std::isfinite(sum)) numbers_.border_part = border_ / sum;
    if (numbers_.has_border) numbers_.heat = heat_.rows();
    return std::move(numbers_);
  }

 private:
  // Of spatial axes in front of the last two.
  [[nodiscard]] bool is_on_outer_border(std::int64_t plane) const {
    for (std::size_t axis = dims_.size(); axis > 4; --axis) {
      const std::int64_t extent = dims_[axis - 3];
      if (plane % extent == 0 || plane % extent == extent - 1) return true;
      plane /= extent;
    }
    return false;
  }

  template <class T, class Wide>
  void compare_row(const T* left, const T* right, std::size_t row, bool is_edge, Wide wide) {
    const auto columns = static_cast<std::size_t>(columns_);
    for (std::size_t i = 0; i < columns; ++i) {
      const bool is_border = numbers_.has_border && (is_edge || i == 0 || i == columns - 1);
      numbers_.border_elements += is_border ? 1 : 0;
      const double source = wide(left[i]);
      if (std::isfinite(source)) numbers_.largest = std::max(numbers_.largest, std::fabs(source));
      if (bits_of_element(left[i]) == bits_of_element(right[i])) continue;
      ++numbers_.differing;
      numbers_.on_border += is_border ? 1 : 0;
      add(source, wide(right[i]), row, i, is_border);
    }
  }

  void add(double source, double target, std::size_t row, std::size_t column, bool is_border) {
    // A number and none are as far apart as can be; two that are none are not.
    const bool is_one_number = std::isnan(source) != std::isnan(target);
    const double distance = is_one_number        ? std::numeric_limits<double>::infinity()
                            : std::isnan(source) ? 0
                                                 : std::fabs(source - target);
    (is_border ? border_ : inner_) += distance;
    numbers_.max_absolute = std::max(numbers_.max_absolute, distance);
    if (!numbers_.has_border) return;
    heat_.add(row, column, distance);
  }

  const Dims& dims_;
  Heat heat_;
  std::int64_t rows_ = 1;
  std::int64_t columns_ = 1;
  double inner_ = 0;  // summed distances
  double border_ = 0;
  LayerNumbers numbers_;
};

}  // namespace

LayerNumbers measure(const Tensor& source, const Tensor& target) {
  Measuring measuring(source.dims());
  if (is_half(source.dtype()))
    measuring.compare<std::uint16_t>(
        source, target, source.dtype() == model::DataType::kFloat16 ? from_float16 : from_bfloat16);
  else
    dispatch(AllTypes{}, source.dtype(), [&]<class T>(std::type_identity<T>) {
      measuring.compare<T>(source, target, [](T value) { return static_cast<double>(value); });
    });
  return measuring.take();
}

}  // namespace padproof::verifier
