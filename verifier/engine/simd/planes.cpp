// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/simd/planes.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <limits>

#include "verifier/engine/in_time.h"
#include "verifier/engine/simd/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "verifier/engine/simd/planes.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef PADPROOF_PLANES_SHARED
#define PADPROOF_PLANES_SHARED
namespace padproof::verifier::simd {

/// A vector of windows of a row of windows.
struct Chunk {
  std::int64_t first = 0;
  std::uint64_t mask = 0;
  std::vector<float> counts;  // per lane, what AveragePool counts along the columns
};

/// What is the same for all planes.
struct PlanePlan {
  PlaneWindow window;
  bool include_pad = false;
  std::vector<Chunk> chunks;
  std::vector<Move> moves;  // by chunk and tap column
};

/// What differs between planes of a depthwise convolution.
struct PlaneWeights {
  const std::byte* weights = nullptr;
  float bias = 0;
  const float* addend = nullptr;
};

}  // namespace padproof::verifier::simd
#endif

#include "verifier/engine/simd/moves-inl.h"

HWY_BEFORE_NAMESPACE();
namespace padproof::verifier::simd::HWY_NAMESPACE {
namespace {

// Rows of windows that are worked on together: each waits for its own terms only.
constexpr std::int64_t kTogether = 4;

/// Rows [row, row+RowCount), which have the same taps inside.
template <std::int64_t RowCount, class Load, class Start, class Step, class Done>
HWY_INLINE void slide_rows(const PlanePlan& plan, const float* x, std::int64_t row, TapRange taps, Load& load,
                           Start& start, Step& step, Done& done) {
  const PlaneWindow& window = plan.window;
  const std::int64_t between = window.rows.stride * window.columns.in;
  const Move* move = plan.moves.data();
  for (const Chunk& chunk : plan.chunks) {
    hn::Vec<Tag> values[static_cast<std::size_t>(RowCount)];
    PADPROOF_UNROLL
    for (std::int64_t i = 0; i < RowCount; ++i) values[i] = start();
    for (std::int64_t r = taps.first; r < taps.end; ++r) {
      const float* const line =
          x +
          (row * window.rows.stride + r * window.rows.dilation - window.rows.pad_begin) * window.columns.in;
      for (std::int64_t c = 0; c < window.columns.kernel; ++c) {
        const auto mask = mask_of(move[c].mask);
        PADPROOF_UNROLL
        for (std::int64_t i = 0; i < RowCount; ++i)
          values[i] = step(values[i], load(line + i * between, move[c]), mask, r * window.columns.kernel + c);
      }
    }
    PADPROOF_UNROLL
    for (std::int64_t i = 0; i < RowCount; ++i)
      done(values[i], row + i, chunk, (row + i) * window.columns.out + chunk.first);
    move += window.columns.kernel;
  }
}

/// Calls start(), then step(value, cells, mask, tap) for each tap inside, then finish(value, row, chunk,
/// place) for each chunk of the plane.
template <class Load, class Start, class Step, class Done>
HWY_INLINE void slide(const PlanePlan& plan, const float* x, Load load, Start start, Step step, Done done) {
  const WindowAxis& rows = plan.window.rows;
  Watch watch;
  for (std::int64_t row = 0; row < rows.out && !watch.is_over(plan.window.columns.out);) {
    const TapRange taps = taps_inside(rows, row);
    // Taps go in at the top and out at the bottom: rows between two that have them all have them all.
    if (row + kTogether <= rows.out && taps.size() == rows.kernel &&
        taps_inside(rows, row + kTogether - 1).size() == rows.kernel) {
      slide_rows<kTogether>(plan, x, row, taps, load, start, step, done);
      row += kTogether;
      continue;
    }
    slide_rows<1>(plan, x, row++, taps, load, start, step, done);
  }
}

bool holds_nan(const float* x, std::int64_t count) {
  constexpr Tag kTag;
  const std::int64_t rest = count % kLanes;
  auto found =
      hn::IsNaN(load_masked(hn::FirstN(kTag, static_cast<std::size_t>(rest)), kTag, x + count - rest));
  for (std::int64_t i = 0; i + kLanes <= count; i += kLanes)
    found = hn::Or(found, hn::IsNaN(hn::LoadU(kTag, x + i)));
  return !hn::AllFalse(kTag, found);
}

/// `wins` says whether cells are to take the place of the best so far.
template <class Load, class Wins>
HWY_INLINE void slide_max_plane(const PlanePlan& plan, const float* x, float* y, Load load, Wins wins) {
  slide(
      plan, x, load, []() HWY_ATTR { return hn::Set(Tag(), -std::numeric_limits<float>::infinity()); },
      [&](auto best, auto cells, auto mask, std::int64_t)
          HWY_ATTR { return hn::IfThenElse(hn::And(mask, wins(best, cells)), cells, best); },
      [&](auto best, std::int64_t, const Chunk& chunk, std::int64_t place)
          HWY_ATTR { hn::BlendedStore(best, mask_of(chunk.mask), Tag(), y + place); });
}

void max_plane(const PlanePlan& plan, const float* x, float* y) {
  const bool has_nan = holds_nan(x, plan.window.rows.in * plan.window.columns.in);
  with_load(plan.window.columns.stride, [&](auto load) HWY_ATTR {
    if (!has_nan)
      slide_max_plane(plan, x, y, load, [](auto best, auto cells) HWY_ATTR { return hn::Gt(cells, best); });
    else  // not a number wins over everything but another one
      slide_max_plane(plan, x, y, load, [](auto best, auto cells) HWY_ATTR {
        return hn::Or(hn::Gt(cells, best), hn::AndNot(hn::IsNaN(best), hn::IsNaN(cells)));
      });
  });
}

bool average_plane(const PlanePlan& plan, const float* x, float* y) {
  auto spoiled = hn::Zero(Tag());
  with_load(plan.window.columns.stride, [&](auto load) HWY_ATTR {
    slide(
        plan, x, load, []() HWY_ATTR { return hn::Zero(Tag()); },
        // Adding +0 for padding changes nothing: a sum that starts at +0 is never -0.
        [](auto sum, auto cells, auto, std::int64_t) HWY_ATTR { return hn::Add(sum, cells); },
        [&](auto sum, std::int64_t row, const Chunk& chunk, std::int64_t place) HWY_ATTR {
          const auto rows = static_cast<float>(counted_taps(plan.window.rows, row, plan.include_pad));
          const auto divisor = hn::Mul(hn::LoadU(Tag(), chunk.counts.data()), hn::Set(Tag(), rows));
          const auto mean = hn::Div(sum, divisor);
          const auto mask = mask_of(chunk.mask);
          spoiled = fused(Tag(), hn::IfThenElseZero(mask, mean), hn::Zero(Tag()), spoiled);
          hn::BlendedStore(mean, mask, Tag(), y + place);
        });
  });
  return hn::AllTrue(Tag(), hn::Eq(spoiled, hn::Zero(Tag())));
}

bool depthwise_plane(const PlanePlan& plan, const PlaneWeights& weights, const Finish& finish, const float* x,
                     float* y) {
  auto spoiled = hn::Zero(Tag());
  with_load(plan.window.columns.stride, [&](auto load) HWY_ATTR {
    slide(
        plan, x, load, []() HWY_ATTR { return hn::Zero(Tag()); },
        [&](auto sum, auto cells, auto mask, std::int64_t tap) HWY_ATTR {
          return hn::IfThenElse(
              mask, fused(Tag(), hn::Set(Tag(), float_at(weights.weights, tap)), cells, sum), sum);
        },
        [&](auto sum, std::int64_t, const Chunk& chunk, std::int64_t place) HWY_ATTR {
          const auto mask = mask_of(chunk.mask);
          if (finish.bias != nullptr) sum = hn::Add(sum, hn::Set(Tag(), weights.bias));
          if (weights.addend != nullptr) sum = hn::Add(sum, load_masked(mask, Tag(), weights.addend + place));
          spoiled = fused(Tag(), sum, hn::Zero(Tag()), spoiled);
          hn::BlendedStore(clamped(Tag(), finish, sum), mask, Tag(), y + place);
        });
  });
  return hn::AllTrue(Tag(), hn::Eq(spoiled, hn::Zero(Tag())));
}

}  // namespace
}  // namespace padproof::verifier::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace padproof::verifier::simd {
namespace {

HWY_EXPORT(max_plane);
HWY_EXPORT(average_plane);
HWY_EXPORT(depthwise_plane);

// Windows of a task, at least: fewer do not pay for handing it out.
constexpr std::int64_t kLeastWindows = 8192;

// A plan grows with the line.
constexpr std::int64_t kMostColumns = std::int64_t{1} << 20;

PlanePlan plan_of(const Window& window) {
  PlanePlan plan{plane_window(window), window.count_include_pad, {}, {}};
  const WindowAxis& columns = plan.window.columns;
  for (std::int64_t first = 0; first < columns.out; first += lanes()) {
    const std::int64_t count = std::min(lanes(), columns.out - first);
    Chunk chunk{first, (std::uint64_t{1} << static_cast<std::uint64_t>(count)) - 1, {}};
    for (std::int64_t i = 0; i < lanes(); ++i)
      chunk.counts.push_back(
          i < count ? static_cast<float>(counted_taps(columns, first + i, plan.include_pad)) : 1.0F);
    plan.chunks.push_back(std::move(chunk));
    for (std::int64_t tap = 0; tap < columns.kernel; ++tap)
      plan.moves.push_back(move_of(columns, tap, first, count));
  }
  return plan;
}

/// Calls run(plane) for all planes on all cores.
template <class Run>
void for_each_plane(const PlaneWindow& window, std::int64_t count, Run&& run) {
  const std::int64_t size = std::max<std::int64_t>(1, window.rows.out * window.columns.out);
  const auto grain = static_cast<std::size_t>(std::max<std::int64_t>(1, kLeastWindows / size));
  tbb::parallel_for(tbb::blocked_range<std::int64_t>(0, count, grain), [&](const auto& range) {
    for (std::int64_t i = range.begin(); i < range.end(); ++i) run(i);
  });
}

std::int64_t in_plane(const PlaneWindow& window) { return window.rows.in * window.columns.in; }
std::int64_t out_plane(const PlaneWindow& window) { return window.rows.out * window.columns.out; }

}  // namespace

bool can_slide(const Window& window) {
  if (window.axes.empty() || window.axes.size() > 2) return false;
  const PlaneWindow plane = plane_window(window);
  return plane.taps() <= kMostTaps && plane.columns.out <= kMostColumns;
}

void slide_max(const Window& window, const Planes& planes) {
  const PlanePlan plan = plan_of(window);
  for_each_plane(plan.window, planes.count, [&](std::int64_t i) {
    HWY_DYNAMIC_DISPATCH(max_plane)
    (plan, planes.input + i * in_plane(plan.window), planes.output + i * out_plane(plan.window));
  });
}

bool slide_average(const Window& window, const Planes& planes) {
  const PlanePlan plan = plan_of(window);
  std::atomic<bool> good = true;
  for_each_plane(plan.window, planes.count, [&](std::int64_t i) {
    if (!HWY_DYNAMIC_DISPATCH(average_plane)(plan, planes.input + i * in_plane(plan.window),
                                             planes.output + i * out_plane(plan.window)))
      good = false;
  });
  return good;
}

bool slide_depthwise(const Window& window, const DepthwiseOperands& operands) {
  const PlanePlan plan = plan_of(window);
  const Planes& planes = operands.planes;
  std::atomic<bool> good = true;
  for_each_plane(plan.window, planes.count, [&](std::int64_t i) {
    const std::int64_t channel = i % operands.channels;
    const std::int64_t place = i * out_plane(plan.window);
    PlaneWeights weights;
    weights.weights =
        operands.weights + channel * plan.window.taps() * static_cast<std::int64_t>(sizeof(float));
    if (operands.finish.bias != nullptr) weights.bias = operands.finish.bias[channel];
    if (operands.finish.addend != nullptr) weights.addend = operands.finish.addend + place;
    if (!HWY_DYNAMIC_DISPATCH(depthwise_plane)(plan, weights, operands.finish,
                                               planes.input + i / operands.multiplier * in_plane(plan.window),
                                               planes.output + place))
      good = false;
  });
  return good;
}

}  // namespace padproof::verifier::simd
#endif
