// SPDX-License-Identifier: Apache-2.0
#include "verifier/rounding/functions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "verifier/rounding/rule.h"

namespace padproof::verifier {
namespace {

constexpr double kU = kUnitRoundoff;
constexpr double kPole = std::numeric_limits<double>::infinity();

double own_unit(double, double, double, double) { return 8 * kU; }
double own_relative(double, double, double, double y) { return 4 * kU * y; }
double own_logarithmic(double, double, double, double y) { return 8 * kU * (1 + y); }
// The argument is rounded on its way into 2^(x log2 e).
double own_exp(double, double, double x, double y) { return kU * (8 + x) * y; }
// By products, or as 2^(alpha log2 x): the logarithm is rounded before it is multiplied.
double own_power(double alpha, double, double, double y) {
  const double depth =
      y < 1 / std::numbers::e ? -y * std::log(y) : std::max(1 / std::numbers::e, y * std::log(y));
  return y > 0 && std::isfinite(y) ? kU * ((8 + 8 * std::abs(alpha)) * y + 9 * depth) : 0;
}
double own_elu(double alpha, double, double, double y) { return 8 * kU * (std::abs(alpha) + y); }
double own_gated(double, double, double x, double y) { return kU * (12 * x + 4 * y); }
double own_hard_sigmoid(double alpha, double beta, double x, double) {
  return 5 * kU * (std::abs(alpha) * x + std::abs(beta));
}
double own_hard_swish(double, double, double x, double y) { return kU * (5 * x * (x / 6 + 0.5) + 2 * y); }

double logistic_of(double x) { return 1 / (1 + std::exp(-x)); }

bool reaches(double x, double reach, double kink) { return std::abs(x - kink) <= reach; }

Curvature curve_elu(double alpha, double x, double y, double reach) {
  const double jump = reaches(x, reach, 0) ? std::abs(1 - alpha) * reach : 0;
  return {x >= 0 ? 1 : y + alpha, std::abs(alpha) * reach * reach / 2 + jump};
}
Curvature curve_erf(double, double x, double, double reach) {
  return {2 * std::numbers::inv_sqrtpi * std::exp(-x * x), reach * reach / 2};
}
Curvature curve_exp(double, double, double y, double reach) {
  return {y, y * reach * reach / 2 * std::exp(reach)};
}
Curvature curve_gelu(double, double x, double, double reach) {
  const double density = std::exp(-x * x / 2) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
  return {std::erfc(-x / std::numbers::sqrt2) / 2 + x * density, 0.4 * reach * reach};
}
Curvature curve_hard_swish(double, double x, double, double reach) {
  const double slope = std::abs(x) < 3 ? (2 * x + 3) / 6 : x > 0 ? 1 : 0;
  const int kinks = (reaches(x, reach, -3) ? 1 : 0) + (reaches(x, reach, 3) ? 1 : 0);
  return {slope, reach * reach / 6 + kinks * reach / 2};
}
Curvature curve_log(double, double x, double, double reach) {
  const double least = x - reach;
  return {1 / x, least > 0 ? reach * reach / (2 * least * least) : kPole};
}
/// (x + e)^alpha: the second derivative is largest at one end, unless 0 or a pole lies between them.
Curvature curve_power(double alpha, double x, double y, double reach) {
  const bool is_whole = alpha == std::floor(alpha);
  const double least = (is_whole ? std::abs(x) : x) - reach;
  if (alpha == 0 || alpha == 1) return {alpha, 0};
  if (is_whole && alpha > 0)
    return {alpha * std::pow(x, alpha - 1),
            alpha * (alpha - 1) / 2 * std::pow(std::abs(x) + reach, alpha - 2) * reach * reach};
  if (x == 0 && reach == 0 && alpha > 0) return {0, 0};
  if (least <= 0) return {0, kPole};
  const double bend = std::max(std::pow(least, alpha - 2), std::pow(least + 2 * reach, alpha - 2));
  return {alpha * y / x, std::abs(alpha * (alpha - 1)) / 2 * bend * reach * reach};
}
Curvature curve_reciprocal(double, double x, double y, double reach) {
  const double least = std::abs(x) - reach;
  return {-y * y, least > 0 ? reach * reach / (least * least * least) : kPole};
}
Curvature curve_sigmoid(double, double, double y, double reach) { return {y * (1 - y), reach * reach / 20}; }
Curvature curve_softplus(double, double x, double, double reach) {
  return {logistic_of(x), reach * reach / 8};
}
Curvature curve_sqrt(double, double x, double y, double reach) {
  const double least = x - reach;
  if (x == 0 && reach == 0) return {0, 0};
  return {1 / (2 * y), least > 0 ? reach * reach / (8 * least * std::sqrt(least)) : kPole};
}
Curvature curve_swish(double alpha, double x, double, double reach) {
  const double gate = logistic_of(alpha * x);
  return {gate + alpha * x * gate * (1 - gate), std::abs(alpha) * reach * reach / 4};
}
Curvature curve_tanh(double, double, double y, double reach) { return {1 - y * y, 0.4 * reach * reach}; }

// operator, default alpha and beta, error of implementations, bending: half the largest second derivative
constexpr std::array kFunctions = {
    RealFunction{"Elu", 1, 0, own_elu, curve_elu},
    RealFunction{"Erf", 0, 0, own_unit, curve_erf},
    RealFunction{"Exp", 0, 0, own_exp, curve_exp},
    RealFunction{"Gelu", 0, 0, own_gated, curve_gelu},
    RealFunction{"HardSigmoid", 0.2F, 0.5F, own_hard_sigmoid, nullptr},
    RealFunction{"HardSwish", 0, 0, own_hard_swish, curve_hard_swish},
    RealFunction{"Log", 0, 0, own_logarithmic, curve_log},
    RealFunction{"Pow", 0, 0, own_power, curve_power},
    RealFunction{"Reciprocal", 0, 0, own_relative, curve_reciprocal},
    RealFunction{"Sigmoid", 0, 0, own_unit, curve_sigmoid},
    RealFunction{"Softplus", 0, 0, own_logarithmic, curve_softplus},
    RealFunction{"Sqrt", 0, 0, own_relative, curve_sqrt},
    RealFunction{"Swish", 1, 0, own_gated, curve_swish},
    RealFunction{"Tanh", 0, 0, own_unit, curve_tanh},
};

}  // namespace

const RealFunction* find_real_function(std::string_view op_type) {
  const auto row = std::find_if(kFunctions.begin(), kFunctions.end(),
                                [&](const RealFunction& each) { return each.op_type == op_type; });
  return row == kFunctions.end() ? nullptr : &*row;
}

}  // namespace padproof::verifier
