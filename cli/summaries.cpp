// SPDX-License-Identifier: Apache-2.0
#include "cli/summaries.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "model/result.h"

namespace padproof::cli {
namespace {

using model::DataType;
using verifier::Tensor;

template <class T>
void summarise(const Tensor& tensor, schemas::Tensor& message) {
  double least = std::numeric_limits<double>::infinity();
  double greatest = -least;
  double sum = 0;
  for (const T element : tensor.data<T>()) {
    const auto value = static_cast<double>(element);
    least = std::min(least, value);
    greatest = std::max(greatest, value);
    sum += value;
  }
  if (tensor.size() == 0) return;
  message.set_least(least);
  message.set_greatest(greatest);
  message.set_mean(sum / static_cast<double>(tensor.size()));
}

}  // namespace

void summarise_tensor(std::string_view name, const Tensor& tensor, schemas::Tensor& message) {
  message.set_name(model::printable(name));
  message.set_dtype(model::to_string(tensor.dtype()));
  message.set_shape(tensor.dims().empty() ? "scalar" : fmt::format("{}", fmt::join(tensor.dims(), "x")));
  switch (tensor.dtype()) {
    case DataType::kFloat:
      return summarise<float>(tensor, message);
    case DataType::kDouble:
      return summarise<double>(tensor, message);
    case DataType::kInt64:
      return summarise<std::int64_t>(tensor, message);
    case DataType::kInt32:
      return summarise<std::int32_t>(tensor, message);
    case DataType::kInt8:
      return summarise<std::int8_t>(tensor, message);
    case DataType::kUint8:
    case DataType::kBool:
      return summarise<std::uint8_t>(tensor, message);
    default:
      return;
  }
}

void summarise_times(std::vector<double> seconds, schemas::Timing& timing) {
  std::sort(seconds.begin(), seconds.end());
  timing.set_runs(static_cast<std::int32_t>(seconds.size()));
  timing.set_min_seconds(seconds.front());
  timing.set_median_seconds(seconds[seconds.size() / 2]);
  timing.set_max_seconds(seconds.back());
}

}  // namespace padproof::cli
