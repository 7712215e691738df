// SPDX-License-Identifier: Apache-2.0
// Resize and Upsample.
//
// Places and weights are evaluated in double, see resize_axis.h. A result is the sum, in double and in
// row-major order of the input cells, of the product of weights times the cell, rounded once. Sources: ONNX
// Upsample-7/-9, Resize-10/-11/-13/-18/-19. Before opset 11 nearest means floor(x / scale), on which
// everybody agrees for scales of 1 and more only; smaller ones are not implemented. Nor are lengths that are
// not integers where the transformation divides by the length: the text and the stored tests of ONNX disagree
// there.
#include <cmath>
#include <cstring>

#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/resize_request.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

using AxisTaps = std::vector<std::vector<ResizeTaps>>;  // by axis, by result cell

/// Sum over the axes from `axis` on, at one place of the result; nothing where it lies outside the region of
/// interest.
template <class T>
class Sampler {
 public:
  Sampler(const Tensor& input, const AxisTaps& taps)
      : cells_(input.data<T>()), strides_(row_major_strides(input.dims())), taps_(taps) {}

  [[nodiscard]] bool is_outside(const Dims& place) const {
    for (std::size_t axis = 0; axis < place.size(); ++axis)
      if (taps_[axis][static_cast<std::size_t>(place[axis])].empty()) return true;
    return false;
  }

  /// `before`: the offset and the weight that the axes before make of the cell.
  void add(const Dims& place, std::size_t axis, const ResizeTap& before, Watch& watch, double& sum) const {
    if (axis == place.size()) {
      sum += before.weight * static_cast<double>(cells_[static_cast<std::size_t>(before.cell)]);
      return;
    }
    for (const ResizeTap& tap : taps_[axis][static_cast<std::size_t>(place[axis])]) {
      if (watch.is_over()) return;
      add(place, axis + 1, {before.cell + tap.cell * strides_[axis], before.weight * tap.weight}, watch, sum);
    }
  }

 private:
  std::span<const T> cells_;
  Dims strides_;
  const AxisTaps& taps_;
};

Result<std::shared_ptr<void>> room_for_taps(const KernelContext& context, const ResizeRequest& request) {
  // Of an element on the heap.
  constexpr double kBytesOfBlock = 32;
  double bytes = 0;
  for (const ResizeAxis& axis : request.axes)
    bytes += static_cast<double>(axis.out) *
             (sizeof(ResizeTaps) + kBytesOfBlock + 2 * sizeof(ResizeTap) * most_taps(request.style, axis));
  return make_room(context, bytes, 1);
}

void advance(Dims& place, const Dims& dims) {
  for (std::size_t axis = place.size(); axis-- > 0 && ++place[axis] == dims[axis];) place[axis] = 0;
}

template <class T>
void interpolate(const Tensor& input, const AxisTaps& taps, T extrapolation, Tensor* output) {
  const Sampler<T> sampler(input, taps);
  Dims place(output->rank(), 0);
  Watch watch;
  for (T& result : elements<T>(output)) {
    if (watch.is_over(std::ssize(place))) return;
    double sum = 0;
    if (sampler.is_outside(place)) {
      result = extrapolation;
    } else {
      sampler.add(place, 0, {0, 1.0}, watch, sum);
      result = static_cast<T>(sum);
    }
    advance(place, output->dims());
  }
}

/// Copies elements of any type; never outside, since only float types can be extrapolated.
void pick(const Tensor& input, const AxisTaps& taps, Tensor* output) {
  const Dims strides = row_major_strides(input.dims());
  const std::size_t unit = element_bytes(input.dtype());
  Dims place(output->rank(), 0);
  for_each_in_time(output->size(), std::ssize(place), [&](std::int64_t i) {
    std::int64_t offset = 0;
    for (std::size_t axis = 0; axis < place.size(); ++axis)
      offset += taps[axis][static_cast<std::size_t>(place[axis])].front().cell * strides[axis];
    std::memcpy(output->mutable_bytes() + static_cast<std::size_t>(i) * unit,
                input.bytes().data() + static_cast<std::size_t>(offset) * unit, unit);
    advance(place, output->dims());
  });
}

}  // namespace

Result<void> resize(KernelContext& context) {
  const Tensor& input = context.present(0);
  const auto request = resize_request(context);
  if (!request) return Error(request.error());
  Dims dims;
  for (const ResizeAxis& axis : request->axes) dims.push_back(axis.out);
  const auto output = make_output(context, 0, input.dtype(), dims);
  if (!output) return Error(output.error());
  if ((*output)->size() == 0) return {};
  if (input.size() == 0) return bad_shape("nothing to resize", input.dims());
  const auto room = room_for_taps(context, *request);
  if (!room) return Error(room.error());
  AxisTaps taps;
  for (const ResizeAxis& axis : request->axes) taps.push_back(resize_taps(request->style, axis));
  if (is_cut_off()) return {};
  const bool crops = request->style.transformation == Transformation::kTfCropAndResize;
  if (request->style.interpolation == Interpolation::kNearest && !crops) {
    pick(input, taps, *output);
    return {};
  }
  const bool known = dispatch(FloatTypes{}, input.dtype(), [&]<class T>(std::type_identity<T>) {
    interpolate<T>(input, taps, static_cast<T>(context.attributes.float_or("extrapolation_value", 0.0F)),
                   *output);
  });
  if (!known) return type_not_in_engine(context, input.dtype());
  return {};
}

}  // namespace padproof::verifier
