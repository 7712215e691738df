// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/strided_copy.h"

#include <cstring>

#include "verifier/engine/in_time.h"

namespace padproof::verifier {
namespace {

struct Row {
  const std::byte* from;
  std::byte* to;
  std::int64_t count;
  std::int64_t stride;  // in elements
};

template <std::size_t kBytes>
void copy_row(const Row& row) {
  constexpr auto kUnit = static_cast<std::int64_t>(kBytes);
  for_each_in_time(row.count, 1, [&](std::int64_t i) {
    std::memcpy(row.to + i * kUnit, row.from + i * row.stride * kUnit, kBytes);
  });
}

void copy_row(const Row& row, std::size_t element_size) {
  if (row.stride == 1) {
    copy_in_time(row.to, row.from, static_cast<std::size_t>(row.count) * element_size);
    return;
  }
  switch (element_size) {
    case 1:
      return copy_row<1>(row);
    case 2:
      return copy_row<2>(row);
    case 4:
      return copy_row<4>(row);
    case 8:
      return copy_row<8>(row);
    default:
      return copy_row<16>(row);
  }
}

}  // namespace

void strided_copy(const Tensor& source, const StridedView& view, Tensor* target) {
  if (target->size() == 0) return;
  const std::size_t unit = element_bytes(source.dtype());
  const auto* const from = reinterpret_cast<const std::byte*>(source.bytes().data());
  const std::size_t outer = view.extents.empty() ? 0 : view.extents.size() - 1;
  const std::int64_t count = view.extents.empty() ? 1 : view.extents.back();
  const std::int64_t stride = view.extents.empty() ? 1 : view.strides.back();
  Dims place(outer, 0);
  std::int64_t offset = view.first;
  Watch watch;
  for (std::int64_t done = 0; done < target->size() && !watch.is_over(count); done += count) {
    copy_row({from + offset * static_cast<std::int64_t>(unit),
              target->mutable_bytes() + done * static_cast<std::int64_t>(unit), count, stride},
             unit);
    for (std::size_t axis = outer; axis-- > 0;) {
      offset += view.strides[axis];
      if (++place[axis] < view.extents[axis]) break;
      offset -= view.strides[axis] * view.extents[axis];
      place[axis] = 0;
    }
  }
}

}  // namespace padproof::verifier
