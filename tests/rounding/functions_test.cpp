// SPDX-License-Identifier: Apache-2.0
// How functions bend: within reach of x no value is further from the line than is said. And what float
// implementations of them make is within what is allowed for.
#include "verifier/rounding/functions.h"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <string>

namespace padproof::verifier {
namespace {

constexpr double kAlpha = 1.5;
constexpr double kBeta = 0.25;

struct FunctionRow {
  std::string op_type;
  std::function<double(double)> exact;
  std::function<float(float)> single;  // as a careless engine would write it
  double least = -9;
};

float logistic_single(float x) { return 1.0F / (1.0F + std::exp(-x)); }
float clamp_single(float x) { return std::min(1.0F, std::max(0.0F, x)); }

const FunctionRow kRows[] = {
    {"Elu", [](double x) { return x < 0 ? kAlpha * std::expm1(x) : x; },
     [](float x) { return x < 0 ? 1.5F * (std::exp(x) - 1.0F) : x; }},
    {"Erf", [](double x) { return std::erf(x); }, [](float x) { return std::erf(x); }},
    {"Exp", [](double x) { return std::exp(x); },
     [](float x) { return std::exp2(x * std::numbers::log2e_v<float>); }},
    {"Gelu", [](double x) { return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2)); },
     [](float x) { return 0.5F * x * (1.0F + std::erf(x * 0.70710678F)); }},
    {"HardSigmoid", [](double x) { return std::min(1.0, std::max(0.0, kAlpha * x + kBeta)); },
     [](float x) { return clamp_single(1.5F * x + 0.25F); }},
    {"HardSwish", [](double x) { return x * std::min(1.0, std::max(0.0, x / 6 + 0.5)); },
     [](float x) { return x * std::min(6.0F, std::max(0.0F, x + 3.0F)) * (1.0F / 6.0F); }},
    {"Log", [](double x) { return std::log(x); }, [](float x) { return std::log(x); }, 0.01},
    {"Pow", [](double x) { return std::pow(x, kAlpha); },
     [](float x) { return std::exp2(1.5F * std::log2(x)); }, 0.01},
    {"Reciprocal", [](double x) { return 1 / x; }, [](float x) { return 1.0F / x; }, 0.01},
    {"Sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }, logistic_single},
    {"Softplus", [](double x) { return std::log1p(std::exp(x)); },
     [](float x) { return std::log(1.0F + std::exp(x)); }},
    {"Sqrt", [](double x) { return std::sqrt(x); }, [](float x) { return std::sqrt(x); }, 0.01},
    {"Swish", [](double x) { return x / (1 + std::exp(-kAlpha * x)); },
     [](float x) { return x * logistic_single(1.5F * x); }},
    {"Tanh", [](double x) { return std::tanh(x); },
     [](float x) { return 2.0F * logistic_single(2.0F * x) - 1.0F; }},
};

/// Largest distance from the line within reach, as part of what is said.
double most_of_distance(const FunctionRow& row, const RealFunction& function, double x, double reach) {
  const double y = row.exact(x);
  const Curvature curvature = function.curvature(kAlpha, x, y, reach);
  double most = 0;
  for (int step = -20; step <= 20; ++step) {
    const double error = reach * step / 20;
    if (x + error < row.least / 2 && row.least > 0) continue;
    const double off = std::abs(row.exact(x + error) - y - curvature.slope * error);
    // Differences of doubles are rounded themselves.
    most = std::max(most, (off - 1e-14 * (1 + std::abs(y))) / (curvature.distance + 1e-300));
  }
  return most;
}

TEST_CASE("no function bends further than is said") {
  for (const FunctionRow& row : kRows) {
    CAPTURE(row.op_type);
    const RealFunction* const function = find_real_function(row.op_type);
    REQUIRE(function != nullptr);
    if (function->curvature == nullptr) continue;
    double most = 0;
    for (const double reach : {1e-4, 1e-2, 0.1, 0.5, 2.0}) {
      for (double x = row.least + (row.least > 0 ? reach : 0); x < 9; x += 0.0371)
        most = std::max(most, most_of_distance(row, *function, x, reach));
    }
    CHECK(most <= 1);
    CHECK(most > 0.2);  // and not much less
  }
}

TEST_CASE("careless implementations are within what is allowed for") {
  for (const FunctionRow& row : kRows) {
    CAPTURE(row.op_type);
    const RealFunction* const function = find_real_function(row.op_type);
    for (double at = row.least; at < 9; at += 0.00173) {
      const auto x = static_cast<float>(at);
      const double wide = static_cast<double>(x);
      const double y = row.exact(wide);
      const double off = std::abs(static_cast<double>(row.single(x)) - y);
      const double allowed = function->own_error(kAlpha, kBeta, std::abs(wide), std::abs(y));
      CAPTURE(x);
      REQUIRE(off <= allowed);
    }
  }
}

TEST_CASE("powers bend as their exponent has it") {
  const RealFunction* const power = find_real_function("Pow");
  for (const double exponent : {-2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0, 4.5}) {
    const bool is_whole = exponent == std::floor(exponent);
    for (double x = is_whole ? -4.05 : 0.05; x < 4; x += 0.1) {
      const double reach = exponent < 0 || !is_whole ? std::abs(x) / 2 : 0.75;
      const double y = std::pow(x, exponent);
      const Curvature curvature = power->curvature(exponent, x, y, reach);
      CAPTURE(exponent);
      CAPTURE(x);
      for (int step = -8; step <= 8; ++step) {
        const double error = reach * step / 8;
        const double off = std::abs(std::pow(x + error, exponent) - y - curvature.slope * error);
        REQUIRE(off <= curvature.distance + 1e-12 * (1 + std::abs(y)));
      }
    }
  }
  CHECK(std::isinf(power->curvature(-1, 0.5, 2, 0.75).distance));
  CHECK(std::isinf(power->curvature(0.5, 0.5, 0.7, 0.75).distance));
}

TEST_CASE("a pole within reach has no distance") {
  for (const char* op_type : {"Log", "Reciprocal", "Sqrt"}) {
    const RealFunction* const function = find_real_function(op_type);
    CHECK(std::isinf(function->curvature(0, 0.5, 1, 0.75).distance));
    CHECK_FALSE(std::isinf(function->curvature(0, 0.5, 1, 0.25).distance));
  }
  CHECK(find_real_function("Relu") == nullptr);
}

}  // namespace
}  // namespace padproof::verifier
