// SPDX-License-Identifier: Apache-2.0
// NonMaxSuppression: of each batch and class, boxes by falling score (of equals the one with the lower index
// first, NaN last), without those that overlap one already taken.
//
// A box is left out if its score is less than score_threshold, as the text says (ONNX Runtime leaves out
// equal ones too), or if intersection / union, in float, with a box taken before is greater than
// iou_threshold. Boxes without area overlap nothing. Source: ONNX NonMaxSuppression-10/-11.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "verifier/engine/in_time.h"
#include "verifier/engine/kernels.h"
#include "verifier/engine/operands.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

/// One axis of a box.
struct BoxSide {
  float least;
  float most;
  [[nodiscard]] float length() const { return most - least; }
};

struct Box {
  BoxSide y;
  BoxSide x;
  [[nodiscard]] float area() const { return y.length() * x.length(); }
};

BoxSide between(float one, float other) { return {std::min(one, other), std::max(one, other)}; }
BoxSide around(float center, float length) { return {center - length / 2, center + length / 2}; }

float common_length(BoxSide left, BoxSide right) {
  return std::min(left.most, right.most) - std::max(left.least, right.least);
}

bool overlaps(const Box& left, const Box& right, float threshold) {
  const float height = common_length(left.y, right.y);
  const float width = common_length(left.x, right.x);
  if (!(height > 0 && width > 0)) return false;
  const float common = height * width;
  const float total = left.area() + right.area() - common;
  return left.area() > 0 && right.area() > 0 && total > 0 && common / total > threshold;
}

struct Request {
  std::int64_t most = 0;
  float overlap = 0;
  std::optional<float> least_score;
  bool is_centered = false;
};

Result<std::optional<float>> single_float(const Tensor* tensor) {
  if (tensor == nullptr || tensor->size() == 0) return std::optional<float>();
  if (tensor->dtype() != DataType::kFloat)
    return model::malformed("input-type", "threshold is not a float", model::to_string(tensor->dtype()));
  if (tensor->size() != 1) return bad_shape("threshold is not a scalar", tensor->dims());
  return std::optional<float>(tensor->data<float>()[0]);
}

Result<Request> suppression_request(const KernelContext& context) {
  Request request;
  if (context.input(2) != nullptr && context.input(2)->size() != 0) {
    const auto most = single_integer(context.present(2));
    if (!most) return Error(most.error());
    request.most = *most;
  }
  const auto overlap = single_float(context.input(3));
  if (!overlap) return Error(overlap.error());
  request.overlap = overlap->value_or(0.0F);
  if (!(request.overlap >= 0 && request.overlap <= 1))
    return bad_value("iou_threshold", std::to_string(request.overlap), "0 to 1");
  const auto score = single_float(context.input(4));
  if (!score) return Error(score.error());
  request.least_score = *score;
  request.is_centered = context.attributes.int_or("center_point_box", 0) != 0;
  return request;
}

Result<void> check_boxes(const KernelContext& context) {
  const Tensor& boxes = context.present(0);
  const Tensor& scores = context.present(1);
  for (const Tensor* const tensor : {&boxes, &scores})
    if (tensor->dtype() != DataType::kFloat) return type_not_in_engine(context, tensor->dtype());
  if (boxes.rank() != 3 || boxes.dims()[2] != 4) return bad_shape("boxes are not batches of 4", boxes.dims());
  if (scores.rank() != 3 || scores.dims()[0] != boxes.dims()[0] || scores.dims()[2] != boxes.dims()[1])
    return bad_shape("scores do not fit the boxes", scores.dims(), to_string(boxes.dims()));
  return {};
}

std::vector<Box> read_boxes(std::span<const float> numbers, bool is_centered) {
  std::vector<Box> boxes;
  Watch watch;
  for (std::size_t i = 0; i + 4 <= numbers.size() && !watch.is_over(4); i += 4) {
    const auto n = numbers.subspan(i, 4);
    boxes.push_back(is_centered ? Box{around(n[1], n[3]), around(n[0], n[2])}
                                : Box{between(n[0], n[2]), between(n[1], n[3])});
  }
  return boxes;
}

std::vector<std::size_t> by_falling_score(std::span<const float> scores, const Request& request) {
  std::vector<std::size_t> order;
  Watch watch;
  for (std::size_t i = 0; i < scores.size() && !watch.is_over(); ++i)
    if (!request.least_score || !(scores[i] < *request.least_score)) order.push_back(i);
  stable_sort_in_time(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
    if (std::isnan(scores[left])) return false;
    return std::isnan(scores[right]) || scores[left] > scores[right];
  });
  return order;
}

std::vector<std::size_t> taken(std::span<const Box> boxes, std::span<const float> scores,
                               const Request& request) {
  std::vector<std::size_t> result;
  if (std::ssize(boxes) < std::ssize(scores)) return result;  // cut off
  Watch watch;
  for (const std::size_t i : by_falling_score(scores, request)) {
    if (std::ssize(result) >= request.most || watch.is_over(std::ssize(result))) break;
    const bool is_free = std::none_of(result.begin(), result.end(), [&](std::size_t other) {
      return overlaps(boxes[i], boxes[other], request.overlap);
    });
    if (is_free) result.push_back(i);
  }
  return result;
}

}  // namespace

Result<void> non_max_suppression(KernelContext& context) {
  if (auto checked = check_boxes(context); !checked) return checked;
  const auto request = suppression_request(context);
  if (!request) return Error(request.error());
  const Tensor& scores = context.present(1);
  constexpr std::size_t kBytesOfScore = 4 * sizeof(std::int64_t) + sizeof(std::array<std::int64_t, 6>);
  const auto room = make_room(context, static_cast<double>(scores.size()), kBytesOfScore);
  if (!room) return Error(room.error());
  std::vector<std::array<std::int64_t, 3>> rows;
  const std::int64_t classes = scores.dims()[1];
  const auto count = static_cast<std::size_t>(scores.dims()[2]);
  // Without scores the extents say nothing about the work.
  for (std::int64_t batch = 0; scores.size() != 0 && batch < scores.dims()[0] && !is_cut_off(); ++batch) {
    const auto boxes = read_boxes(
        context.present(0).data<float>().subspan(static_cast<std::size_t>(batch) * count * 4, count * 4),
        request->is_centered);
    for (std::int64_t c = 0; c < classes && !is_cut_off(); ++c) {
      const auto of_class =
          scores.data<float>().subspan(static_cast<std::size_t>(batch * classes + c) * count, count);
      for (const std::size_t box : taken(boxes, of_class, *request))
        rows.push_back({batch, c, static_cast<std::int64_t>(box)});
    }
  }
  const auto output = make_output(context, 0, DataType::kInt64, {std::ssize(rows), 3});
  if (!output) return Error(output.error());
  auto to = elements<std::int64_t>(*output).begin();
  for (const auto& row : rows) to = std::copy(row.begin(), row.end(), to);
  return {};
}

}  // namespace padproof::verifier
