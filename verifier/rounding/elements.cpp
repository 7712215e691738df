// SPDX-License-Identifier: Apache-2.0
#include "verifier/rounding/elements.h"

#include <fmt/format.h>

#include <algorithm>

#include "verifier/engine/element_types.h"
#include "verifier/engine/half.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using Readable =
    TypeList<DataType::kFloat, DataType::kDouble, DataType::kUint8, DataType::kUint16, DataType::kUint32,
             DataType::kInt8, DataType::kInt16, DataType::kInt32, DataType::kBool>;

}  // namespace

std::optional<Tensor> as_doubles(const Tensor& tensor) {
  Tensor doubles(DataType::kDouble, tensor.dims());
  if (is_half(tensor.dtype())) {
    const auto wide = tensor.dtype() == DataType::kFloat16 ? from_float16 : from_bfloat16;
    const auto from = tensor.data<std::uint16_t>();
    std::transform(from.begin(), from.end(), doubles.mutable_data<double>().begin(), wide);
    return doubles;
  }
  const bool known = dispatch(Readable{}, tensor.dtype(), [&]<class T>(std::type_identity<T>) {
    const auto from = tensor.data<T>();
    std::transform(from.begin(), from.end(), doubles.mutable_data<double>().begin(),
                   [](T x) { return static_cast<double>(x); });
  });
  if (!known) return std::nullopt;
  return doubles;
}

Tensor single_of(const Tensor& doubles) {
  Tensor single(DataType::kFloat, doubles.dims());
  const auto from = doubles.data<double>();
  std::transform(from.begin(), from.end(), single.mutable_data<float>().begin(),
                 [](double x) { return static_cast<float>(x); });
  return single;
}

std::string place_of(const Dims& dims, std::size_t element) {
  std::vector<std::size_t> place(dims.size());
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    const auto extent = static_cast<std::size_t>(dims[axis]);
    place[axis] = element % extent;
    element /= extent;
  }
  return place.empty() ? "" : fmt::format("[{}]", fmt::join(place, ","));
}

}  // namespace padproof::verifier
