// SPDX-License-Identifier: Apache-2.0
// The machine's peak of fused multiply-adds on floats:  bench_peak [THREADS [SECONDS]]
//
// Prints GFLOP/s (two for each multiply-add and lane), the best of short stretches, each thread on
// independent accumulators that stay in registers.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include "verifier/engine/simd/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/bench/peak_bench.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace padproof::test::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// Enough to hide the latency of two units, few enough for sixteen registers.
constexpr int kAccumulators = 12;

/// Multiplies and adds `rounds` times into each accumulator; returns the operations done.
double multiply_add(std::int64_t rounds, float* sink) {
  const hn::ScalableTag<float> d;
  const auto factor = hn::Set(d, 0.5F);
  const auto term = hn::Set(d, *sink);
  hn::Vec<decltype(d)> sums[kAccumulators];
  for (auto& sum : sums) sum = term;
  for (std::int64_t i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (int j = 0; j < kAccumulators; ++j) sums[j] = hn::MulAdd(factor, sums[j], term);
  }
  for (int j = 1; j < kAccumulators; ++j) sums[0] = hn::Add(sums[0], sums[j]);
  // Each sum tends to twice the term: this leaves it the size it was.
  *sink = hn::GetLane(sums[0]) / (2.0F * kAccumulators);
  return 2.0 * static_cast<double>(rounds) * kAccumulators * static_cast<double>(hn::Lanes(d));
}

}  // namespace
}  // namespace padproof::test::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace padproof::test {
namespace {

HWY_EXPORT(multiply_add);
using Clock = std::chrono::steady_clock;
constexpr std::int64_t kRounds = 200'000;

/// Operations per second of this thread's best stretch.
double best_stretch(double seconds) {
  double best = 0;
  float sink = 1e-3F;
  const auto begin = Clock::now();
  for (auto now = begin; std::chrono::duration<double>(now - begin).count() < seconds;) {
    const double operations = HWY_DYNAMIC_DISPATCH(multiply_add)(kRounds, &sink);
    const auto end = Clock::now();
    best = std::max(best, operations / std::chrono::duration<double>(end - now).count());
    now = end;
  }
  // Keeps the sums from being dropped.
  return sink > 1e30F ? 0 : best;
}

double peak(int threads, double seconds) {
  std::vector<double> best(static_cast<std::size_t>(threads));
  std::vector<std::thread> workers;
  workers.reserve(best.size());
  for (double& one : best) workers.emplace_back([&one, seconds] { one = best_stretch(seconds); });
  double sum = 0;
  for (std::size_t i = 0; i < best.size(); ++i) {
    workers[i].join();
    sum += best[i];
  }
  return sum;
}

}  // namespace
}  // namespace padproof::test

int main(int argc, char** argv) try {
  const int threads = argc > 1 ? std::stoi(argv[1]) : 1;
  const double seconds = argc > 2 ? std::stod(argv[2]) : 0.2;
  std::printf("%.2f\n", padproof::test::peak(threads, seconds) / 1e9);
} catch (const std::exception&) {
  std::fputs("usage: bench_peak [THREADS [SECONDS]]\n", stderr);
  return 2;
}
#endif
