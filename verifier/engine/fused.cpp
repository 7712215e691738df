// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/fused.h"

#include <cmath>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace padproof::verifier {
namespace {

template <class T>
[[gnu::always_inline]] inline void axpy(T weight, Run<const T> x, Run<T> y, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    T& term = y.first[i * y.step];
    term = std::fma(weight, x.first[i * x.step], term);
  }
}

template <class T>
[[gnu::always_inline]] inline T dot(T start, Run<const T> x, Run<const T> y, std::int64_t count) {
  T sum = start;
  for (std::int64_t i = 0; i < count; ++i) sum = std::fma(x.first[i * x.step], y.first[i * y.step], sum);
  return sum;
}

#if defined(__x86_64__)
// std::fma is a library call on plain x86-64: correct, but many times slower than the instruction.

constexpr std::int64_t kFloatLanes = 8;
constexpr std::int64_t kDoubleLanes = 4;

[[gnu::target("avx2,fma")]] void axpy_with_fma(float weight, Run<const float> x, Run<float> y,
                                               std::int64_t count) {
  std::int64_t i = 0;
  const __m256 factor = _mm256_set1_ps(weight);
  for (; x.step == 1 && y.step == 1 && i + kFloatLanes <= count; i += kFloatLanes)
    _mm256_storeu_ps(y.first + i,
                     _mm256_fmadd_ps(factor, _mm256_loadu_ps(x.first + i), _mm256_loadu_ps(y.first + i)));
  axpy<float>(weight, {x.first + i * x.step, x.step}, {y.first + i * y.step, y.step}, count - i);
}

[[gnu::target("avx2,fma")]] void axpy_with_fma(double weight, Run<const double> x, Run<double> y,
                                               std::int64_t count) {
  std::int64_t i = 0;
  const __m256d factor = _mm256_set1_pd(weight);
  for (; x.step == 1 && y.step == 1 && i + kDoubleLanes <= count; i += kDoubleLanes)
    _mm256_storeu_pd(y.first + i,
                     _mm256_fmadd_pd(factor, _mm256_loadu_pd(x.first + i), _mm256_loadu_pd(y.first + i)));
  axpy<double>(weight, {x.first + i * x.step, x.step}, {y.first + i * y.step, y.step}, count - i);
}

template <class T>
[[gnu::target("avx2,fma")]] T dot_with_fma(T start, Run<const T> x, Run<const T> y, std::int64_t count) {
  return dot(start, x, y, count);
}

bool has_fma() {
  static const bool kAnswer = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  return kAnswer;
}

#else

constexpr bool has_fma() { return false; }
template <class T>
void axpy_with_fma(T weight, Run<const T> x, Run<T> y, std::int64_t count) {
  axpy<T>(weight, x, y, count);
}
template <class T>
T dot_with_fma(T start, Run<const T> x, Run<const T> y, std::int64_t count) {
  return dot(start, x, y, count);
}

#endif

}  // namespace

void fused_axpy(float weight, Run<const float> x, Run<float> y, std::int64_t count) {
  has_fma() ? axpy_with_fma(weight, x, y, count) : axpy(weight, x, y, count);
}

void fused_axpy(double weight, Run<const double> x, Run<double> y, std::int64_t count) {
  has_fma() ? axpy_with_fma(weight, x, y, count) : axpy(weight, x, y, count);
}

float fused_dot(float start, Run<const float> x, Run<const float> y, std::int64_t count) {
  return has_fma() ? dot_with_fma(start, x, y, count) : dot(start, x, y, count);
}

double fused_dot(double start, Run<const double> x, Run<const double> y, std::int64_t count) {
  return has_fma() ? dot_with_fma(start, x, y, count) : dot(start, x, y, count);
}

}  // namespace padproof::verifier
