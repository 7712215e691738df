// SPDX-License-Identifier: Apache-2.0
// The README's lists of operators are those of the code.
#include <doctest/doctest.h>

#include "model/shapes/rule.h"
#include "tests/support/process.h"
#include "verifier/engine/kernel.h"
#include "verifier/rounding/rule.h"

namespace {

// The part of the README between two lines that hold `begin` and `end`.
std::string section(const std::string& readme, const std::string& begin, const std::string& end) {
  const std::size_t from = readme.find(begin);
  const std::size_t to = readme.find(end, from);
  REQUIRE(from != std::string::npos);
  REQUIRE(to != std::string::npos);
  return readme.substr(from, to - from);
}

std::string listed(const auto& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

std::string unwrapped(std::string text) {
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

}  // namespace

TEST_CASE("the README lists the operators that have shape rules and those that the engine runs") {
  const std::string readme = padproof::test::read_file("README.md");
  const std::string shapes = unwrapped(section(readme, "<!-- shape rules -->", "<!-- end -->"));
  const std::string engine = unwrapped(section(readme, "<!-- engine -->", "<!-- end -->"));
  CHECK(shapes.find(listed(padproof::model::operators_with_rules()) + ".") != std::string::npos);
  CHECK(engine.find(listed(padproof::verifier::claimed_operators()) + ".") != std::string::npos);
}

TEST_CASE("the README lists the operators that have a rounding bound") {
  const std::string readme = padproof::test::read_file("README.md");
  const std::string alone = unwrapped(section(readme, "<!-- rounding alone -->", "<!-- end -->"));
  const std::string through = unwrapped(section(readme, "<!-- rounding through -->", "<!-- end -->"));
  CHECK(alone.find(listed(padproof::verifier::operators_bounded_alone()) + ".") != std::string::npos);
  CHECK(through.find(listed(padproof::verifier::operators_bounded_through()) + ".") != std::string::npos);
}
