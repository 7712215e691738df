// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/simd/elementwise.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>

#include "verifier/engine/simd/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "verifier/engine/simd/elementwise.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "verifier/engine/simd/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace padproof::verifier::simd::HWY_NAMESPACE {
namespace {

/// Calls whole(i) for each vector of [0, count), and rest(i, mask) for what is left of the last.
template <class Whole, class Rest>
HWY_INLINE void for_each_vector(std::int64_t count, Whole whole, Rest rest) {
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) whole(i);
  if (i < count) rest(i, hn::FirstN(Tag(), static_cast<std::size_t>(count - i)));
}

void clamp_run(const Finish& finish, const float* x, float* y, std::int64_t count) {
  for_each_vector(
      count,
      [&](std::int64_t i)
          HWY_ATTR { hn::StoreU(clamped(Tag(), finish, hn::LoadU(Tag(), x + i)), Tag(), y + i); },
      [&](std::int64_t i, auto mask) HWY_ATTR {
        hn::BlendedStore(clamped(Tag(), finish, load_masked(mask, Tag(), x + i)), mask, Tag(), y + i);
      });
}

template <class Apply>
HWY_INLINE bool combine_with(const float* left, std::int64_t left_step, const float* right,
                             std::int64_t right_step, float* y, std::int64_t count, Apply apply) {
  auto spoiled = hn::Zero(Tag());
  const auto one = [&](const float* from, std::int64_t step, std::int64_t i)
                       HWY_ATTR { return step == 0 ? hn::Set(Tag(), *from) : hn::LoadU(Tag(), from + i); };
  const auto some = [&](const float* from, std::int64_t step, std::int64_t i, auto mask) HWY_ATTR {
    return step == 0 ? hn::Set(Tag(), *from) : load_masked(mask, Tag(), from + i);
  };
  for_each_vector(
      count,
      [&](std::int64_t i) HWY_ATTR {
        const auto value = apply(one(left, left_step, i), one(right, right_step, i));
        spoiled = fused(Tag(), value, hn::Zero(Tag()), spoiled);
        hn::StoreU(value, Tag(), y + i);
      },
      [&](std::int64_t i, auto mask) HWY_ATTR {
        const auto value = apply(some(left, left_step, i, mask), some(right, right_step, i, mask));
        spoiled = fused(Tag(), hn::IfThenElseZero(mask, value), hn::Zero(Tag()), spoiled);
        hn::BlendedStore(value, mask, Tag(), y + i);
      });
  return hn::AllTrue(Tag(), hn::Eq(spoiled, hn::Zero(Tag())));
}

bool combine_run(Operation operation, const Operand& left, const Operand& right, float* y,
                 std::int64_t count) {
  const auto with = [&](auto apply) HWY_ATTR {
    return combine_with(left.data, left.step, right.data, right.step, y, count, apply);
  };
  switch (operation) {
    case Operation::kAdd:
      return with([](auto a, auto b) HWY_ATTR { return hn::Add(a, b); });
    case Operation::kSubtract:
      return with([](auto a, auto b) HWY_ATTR { return hn::Sub(a, b); });
    case Operation::kMultiply:
      return with([](auto a, auto b) HWY_ATTR { return hn::Mul(a, b); });
    case Operation::kDivide:
      break;
  }
  return with([](auto a, auto b) HWY_ATTR { return hn::Div(a, b); });
}

bool normalize_run(const ChannelNumbers& numbers, std::int64_t channel, const float* x, float* y,
                   std::int64_t count) {
  const auto mean = hn::Set(Tag(), numbers.mean[channel]);
  const auto deviation = hn::Set(Tag(), numbers.deviation[channel]);
  const auto scale = hn::Set(Tag(), numbers.scale[channel]);
  const auto bias = hn::Set(Tag(), numbers.bias[channel]);
  auto spoiled = hn::Zero(Tag());
  const auto apply = [&](auto value) HWY_ATTR {
    return hn::Add(hn::Mul(hn::Div(hn::Sub(value, mean), deviation), scale), bias);
  };
  for_each_vector(
      count,
      [&](std::int64_t i) HWY_ATTR {
        const auto value = apply(hn::LoadU(Tag(), x + i));
        spoiled = fused(Tag(), value, hn::Zero(Tag()), spoiled);
        hn::StoreU(value, Tag(), y + i);
      },
      [&](std::int64_t i, auto mask) HWY_ATTR {
        const auto value = apply(load_masked(mask, Tag(), x + i));
        spoiled = fused(Tag(), hn::IfThenElseZero(mask, value), hn::Zero(Tag()), spoiled);
        hn::BlendedStore(value, mask, Tag(), y + i);
      });
  return hn::AllTrue(Tag(), hn::Eq(spoiled, hn::Zero(Tag())));
}

}  // namespace
}  // namespace padproof::verifier::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace padproof::verifier::simd {
namespace {

HWY_EXPORT(clamp_run);
HWY_EXPORT(combine_run);
HWY_EXPORT(normalize_run);

// Elements of a task: fewer do not pay for handing it out.
constexpr std::int64_t kTask = 16384;

/// Calls run(begin, count) for parts of [0, count) on all cores.
template <class Run>
void in_parts(std::int64_t count, Run&& run) {
  tbb::parallel_for(tbb::blocked_range<std::int64_t>(0, count, kTask),
                    [&](const auto& range) { run(range.begin(), range.end() - range.begin()); });
}

Operand part_of(const Operand& operand, std::int64_t run, std::int64_t offset) {
  Operand part = operand;
  part.data += run % operand.period * operand.stride + offset * operand.step;
  return part;
}

}  // namespace

void clamp(const Finish& finish, const float* x, float* y, std::int64_t count) {
  in_parts(count, [&](std::int64_t begin, std::int64_t part) {
    HWY_DYNAMIC_DISPATCH(clamp_run)(finish, x + begin, y + begin, part);
  });
}

bool combine(Operation operation, const Operand& left, const Operand& right, Runs runs, float* output) {
  std::atomic<bool> good = true;
  in_parts(runs.runs * runs.length, [&](std::int64_t begin, std::int64_t part) {
    bool finite = true;
    for (std::int64_t at = begin; at < begin + part;) {
      const std::int64_t run = at / runs.length;
      const std::int64_t offset = at % runs.length;
      const std::int64_t count = std::min(runs.length - offset, begin + part - at);
      finite = HWY_DYNAMIC_DISPATCH(combine_run)(operation, part_of(left, run, offset),
                                                 part_of(right, run, offset), output + at, count) &&
               finite;
      at += count;
    }
    if (!finite) good = false;
  });
  return good;
}

bool normalize_planes(const ChannelNumbers& numbers, std::int64_t channels, std::int64_t planes,
                      std::int64_t plane, const float* x, float* y) {
  std::atomic<bool> good = true;
  const auto grain =
      static_cast<std::size_t>(std::max<std::int64_t>(1, kTask / std::max<std::int64_t>(1, plane)));
  tbb::parallel_for(tbb::blocked_range<std::int64_t>(0, planes, grain), [&](const auto& range) {
    for (std::int64_t i = range.begin(); i < range.end(); ++i)
      if (!HWY_DYNAMIC_DISPATCH(normalize_run)(numbers, i % channels, x + i * plane, y + i * plane, plane))
        good = false;
  });
  return good;
}

}  // namespace padproof::verifier::simd
#endif
