// SPDX-License-Identifier: Apache-2.0
#include "model/extent.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace padproof::model {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

const Extent kH = Extent::symbol("H");
const Extent kN = Extent::symbol("N");
const Extent kW = Extent::symbol("W");
const Extent kUnknown;

TEST_CASE("an extent prints its canonical expression") {
  struct Row {
    Extent extent;
    const char* text;
  };
  const Row rows[] = {
      {kUnknown, "?"},
      {7, "7"},
      {-1, "-1"},
      {kH, "H"},
      {kH + 0, "H"},
      {kH * 1, "H"},
      {kH * 0, "0"},
      {kH + 3, "(H+3)"},
      {kH + 3 + (-3), "H"},
      {Extent(3) - kH, "(-H+3)"},
      {kH - kH, "0"},
      {kH + kH, "2*H"},
      {kH * kN * 2, "2*H*N"},
      {kN * kH * 2, "2*H*N"},
      {kH * kH, "H*H"},
      {(kH + 1) * (kH - 1), "(H*H-1)"},
      {kH * kW + kH, "(H*W+H)"},
      {kH + kUnknown, "?"},
      {ceil_div(kH, 2), "ceil(H/2)"},
      {floor_div(kH, 2), "floor(H/2)"},
      {ceil_div(ceil_div(kH, 2), 2), "ceil(H/4)"},
      {ceil_div(ceil_div(ceil_div(kH, 2), 2), 3), "ceil(H/12)"},
      {floor_div(floor_div(kH, 2), 3), "floor(H/6)"},
      {floor_div(kH - 1, 2) + 1, "ceil(H/2)"},
      {floor_div(kH + 2 * 3 - 7, 2) + 1, "ceil(H/2)"},
      {floor_div(kH - 3, 2) + 1, "(ceil(H/2)-1)"},
      {floor_div(kH * 4 + 6, 4), "(H+1)"},
      {floor_div(kH * 2 + 1, 4), "floor(H/2)"},
      {ceil_div(kH * 2, 4), "ceil(H/2)"},
      {floor_div(kH * 5, 2), "(2*H+floor(H/2))"},
      {ceil_div(kH * 6, 3), "2*H"},
      {floor_div(kH, 1), "H"},
      {floor_div(kH + kW, 2), "floor((H+W)/2)"},
      {floor_div(-7, 2), "-4"},
      {ceil_div(-7, 2), "-3"},
      {ceil_div(7, 2), "4"},
      {min_of(kH, 7), "min(7,H)"},
      {max_of(kH - 2, 0), "max((H-2),0)"},
      {max_of(kH - 1, 0), "(H-1)"},
      {min_of(kH, kH + 2), "H"},
      {min_of(3, 5), "3"},
      {max_of(kUnknown, 5), "?"},
      {element_count({kN, 3, kH, kH}), "3*H*H*N"},
      {element_count({}), "1"},
      {element_count({kN, kUnknown}), "?"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(row.extent.to_string() == row.text);
    CHECK(row.extent.same_as(row.extent) == row.extent.is_known());
  }
}

TEST_CASE("no name passes for an expression") {
  CHECK(Extent::symbol("H").to_string() == "H");
  CHECK(Extent::symbol("unk__12").to_string() == "unk__12");
  CHECK(Extent::symbol("images[2]").to_string() == "images[2]");
  CHECK(Extent::symbol("ceil(H/2)").to_string() == "'ceil(H/2)'");
  CHECK(Extent::symbol("H+3").to_string() == "'H+3'");
  CHECK(Extent::symbol("7").to_string() == "'7'");
  CHECK(Extent::symbol("a'b\\").to_string() == "'a\\'b\\\\'");
  CHECK_FALSE(Extent::symbol("(H+3)").same_as(kH + 3));
  CHECK_FALSE(Extent::symbol("").is_known());
  CHECK_FALSE(Extent::symbol(std::string(1000, 'H')).is_known());
}

TEST_CASE("may_equal rules out what no size satisfies") {
  struct Row {
    Extent left;
    Extent right;
    bool may_equal;
  };
  const Row rows[] = {
      {3, 3, true},
      {3, 4, false},
      {kH, 3, true},
      {kH, kH, true},
      {kH, kN, true},
      {kH, kH + 3, false},
      {kH, 2 * kH, false},
      {kH, 2 * kH - 1, true},
      {kH, -1, false},
      {kH, 0, false},
      {kUnknown, 3, true},
      {kUnknown, kUnknown, true},
      {kH * kN, 0, false},
      {ceil_div(kH, 2), 0, false},
      {floor_div(kH, 2), 0, true},
      {floor_div(kH, 2), -1, false},
      {2 * kH, 3 * kN, true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.left.to_string());
    CAPTURE(row.right.to_string());
    CHECK(row.left.may_equal(row.right) == row.may_equal);
    CHECK(row.right.may_equal(row.left) == row.may_equal);
  }
}

TEST_CASE("divide_exactly divides only what always divides") {
  struct Row {
    Extent numerator;
    Extent denominator;
    const char* quotient;  // empty: none
  };
  const Extent area = ceil_div(kH, 32) * ceil_div(kW, 32);
  const Row rows[] = {
      {12, 3, "4"},
      {12, 5, ""},
      {0, 5, "0"},
      {12, 0, ""},
      {kH, 0, ""},
      {kN * 49 * 512, kN, "25088"},
      {kN * 49 * 512, kN * 512, "49"},
      {kN * 49, 7 * kN, "7"},
      {kN * 48, 7, ""},
      {kN, kH, ""},
      {kN * (kH + 3), kN, "(H+3)"},
      {kN * (kH + 3), kH + 3, "N"},
      {(kH + 3) * (kW + 2), kW + 2, "(H+3)"},
      {(kH + 3) * (kW + 2) + 1, kW + 2, ""},
      {kN * 2048 * area, kN * 2048, "ceil(H/32)*ceil(W/32)"},
      {kH + 1, 2, ""},
      {kUnknown, 2, ""},
      {2, kUnknown, ""},
      {kMin, -1, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.numerator.to_string());
    CAPTURE(row.denominator.to_string());
    const auto quotient = divide_exactly(row.numerator, row.denominator);
    CHECK((quotient ? quotient->to_string() : "") == row.quotient);
  }
}

TEST_CASE("bounds, residues and substitution") {
  CHECK(lower_bound(kH) == 1);
  CHECK(lower_bound(2 * kH * kN + 3) == 5);
  CHECK(lower_bound(kH - 5) == -4);
  CHECK(lower_bound(ceil_div(kH, 2)) == 1);
  CHECK(lower_bound(floor_div(kH - 3, 2)) == -1);
  CHECK(lower_bound(max_of(kH - 9, 2)) == 2);
  CHECK_FALSE(lower_bound(Extent(3) - kH).has_value());
  CHECK_FALSE(lower_bound(kUnknown).has_value());

  CHECK(residue(7, 4) == 3);
  CHECK(residue(-1, 4) == 3);
  CHECK(residue(8 * kH + 6, 4) == 2);
  CHECK_FALSE(residue(kH, 2).has_value());
  CHECK_FALSE(residue(kUnknown, 2).has_value());

  const Extent multiple = substitute(ceil_div(kH, 4), "H", 32 * Extent::symbol("q") + 5);
  CHECK(multiple.to_string() == "(8*q+2)");
  CHECK(residue(multiple, 4) == 2);
  CHECK(substitute(min_of(kH, 7) * kN, "H", 9).to_string() == "7*N");
  CHECK(substitute(kH, "N", 9).same_as(kH));
}

TEST_CASE("what leaves 64 bits or grows beyond reason is unknown") {
  CHECK_FALSE((Extent(kMax) + 1).is_known());
  CHECK_FALSE((Extent(kMin) - 1).is_known());
  CHECK_FALSE((Extent(kMax) * 2).is_known());
  CHECK_FALSE((kH * kMax * 2).is_known());
  CHECK_FALSE((Extent(0) - Extent(kMin)).is_known());
  CHECK(floor_div(kMin, 3).value() == kMin / 3 - 1);
  CHECK(ceil_div(kMax, 2).value() == kMax / 2 + 1);
  CHECK_FALSE(floor_div(kH, 0).is_known());
  CHECK_FALSE(ceil_div(ceil_div(kH, kMax), kMax).is_known());
  CHECK_FALSE(ceil_div(kH + kMax, kMax).is_known());
  Extent squared = kH + 1;
  for (int i = 0; i < 100; ++i) squared = squared * squared;
  CHECK_FALSE(squared.is_known());
  Extent nested = kH;
  for (int i = 2; i < 200; ++i) nested = nested + floor_div(nested, i);
  CHECK(nested.to_string().size() < 4096);
}

TEST_CASE("shapes print with x between extents") {
  CHECK(to_string(Shape{1, 3, kH, kW}) == "1x3xHxW");
  CHECK(to_string(Shape{}) == "scalar");
  CHECK(to_string(Shape{kUnknown, kH + 1}) == "?x(H+1)");
}

/// A random expression over H, N, W, with the value it has for given sizes.
struct Sample {
  Extent extent;
  std::int64_t value;
};

Sample sample(const std::map<std::string, std::int64_t>& sizes, int depth) {
  if (depth == 0) {
    if (*rc::gen::arbitrary<bool>()) {
      const auto constant = *rc::gen::inRange<std::int64_t>(-9, 10);
      return {constant, constant};
    }
    const auto name = *rc::gen::elementOf(std::vector<std::string>{"H", "N", "W"});
    return {Extent::symbol(name), sizes.at(name)};
  }
  const Sample left = sample(sizes, depth - 1);
  const Sample right = sample(sizes, *rc::gen::inRange(0, depth));
  const auto divisor = *rc::gen::inRange<std::int64_t>(1, 8);
  const auto floored = [](std::int64_t n, std::int64_t d) { return n / d - (n % d < 0 ? 1 : 0); };
  switch (*rc::gen::inRange(0, 7)) {
    case 0:
      return {left.extent + right.extent, left.value + right.value};
    case 1:
      return {left.extent - right.extent, left.value - right.value};
    case 2:
      return {left.extent * right.extent, left.value * right.value};
    case 3:
      return {floor_div(left.extent, divisor), floored(left.value, divisor)};
    case 4:
      return {ceil_div(left.extent, divisor), -floored(-left.value, divisor)};
    case 5:
      return {min_of(left.extent, right.extent), std::min(left.value, right.value)};
    default:
      return {max_of(left.extent, right.extent), std::max(left.value, right.value)};
  }
}

Extent at_sizes(Extent extent, const std::map<std::string, std::int64_t>& sizes) {
  for (const auto& [name, size] : sizes) extent = substitute(extent, name, size);
  return extent;
}

TEST_CASE("symbolic arithmetic agrees with arithmetic for every size") {
  CHECK(rc::check([] {
    std::map<std::string, std::int64_t> sizes;
    for (const char* name : {"H", "N", "W"}) sizes[name] = *rc::gen::inRange<std::int64_t>(1, 40);
    const Sample left = sample(sizes, *rc::gen::inRange(0, 5));
    const Sample right = sample(sizes, *rc::gen::inRange(0, 5));
    RC_PRE(left.extent.is_known() && right.extent.is_known());
    RC_ASSERT(at_sizes(left.extent, sizes).constant() == left.value);
    RC_ASSERT(lower_bound(left.extent).value_or(kMin) <= left.value);
    if (left.extent.same_as(right.extent)) RC_ASSERT(left.value == right.value);
    if (left.value == right.value) RC_ASSERT(left.extent.may_equal(right.extent));
    if (const auto mod = residue(left.extent, 4)) RC_ASSERT((left.value - *mod) % 4 == 0);
    const auto quotient = divide_exactly(left.extent, right.extent);
    if (quotient) RC_ASSERT(at_sizes(*quotient, sizes).value() * right.value == left.value);
  }));
}

}  // namespace
}  // namespace padproof::model
