// SPDX-License-Identifier: Apache-2.0
// Random nodes: whatever operands and attributes they have, they end in outputs or in an error. The
// sanitizers watch.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "tests/engine/one_node.h"
#include "tests/support/slow_build.h"
#include "verifier/engine/kernel.h"
#include "verifier/engine/seeded_inputs.h"

namespace padproof::verifier {
namespace {

using model::DataType;
using testing::OneNode;

class RandomNode {
 public:
  RandomNode(const Operator& op, std::uint32_t seed) : op_(op), random_(seed) {}

  void run() {
    OneNode node(op_.op_type, pick({1, 6, 7, 9, 10, 11, 13, 18, 21, 28}), op_.domain);
    std::string_view rest = op_.attributes;
    while (!rest.empty()) {
      const std::string_view entry = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
      if (below(3) == 0) set(node, entry.substr(0, entry.find(':')), entry.back());
    }
    common_ = dims();
    common_type_ = type();
    // Quantised operators take a scale and a zero point with every operand.
    const std::size_t usual = op_.domain.empty() ? op_.required_inputs + 2 : 9;
    const std::size_t most = std::min<std::size_t>(op_.max_inputs, usual);
    std::vector<std::optional<Tensor>> inputs(op_.required_inputs + below(most - op_.required_inputs + 1));
    for (auto& input : inputs)
      if (below(12) != 0) input = tensor();
    const auto outputs = node.run(inputs, 1 + below(std::min<std::size_t>(op_.max_outputs, 3)));
    if (!outputs) CHECK_FALSE(outputs.error().code.empty());
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  std::int64_t pick(const std::vector<std::int64_t>& values) { return values[below(values.size())]; }

  std::int64_t number() {
    if (below(8) == 0)
      return pick({INT64_MIN, INT64_MAX, INT64_MIN + 1, 1LL << 31, -(1LL << 31), 1LL << 40, 1LL << 62});
    return static_cast<std::int64_t>(below(7)) - 2;
  }
  std::vector<std::int64_t> numbers() {
    std::vector<std::int64_t> list(below(6));
    for (std::int64_t& value : list) value = number();
    return list;
  }

  Dims dims() {
    Dims dims(below(6));
    for (std::int64_t& extent : dims) extent = static_cast<std::int64_t>(below(5));
    if (below(20) == 0 && !dims.empty()) dims = {1LL << 40, 0, 1LL << 20};
    return dims;
  }
  DataType type() {
    static constexpr std::array kTypes = {DataType::kFloat,  DataType::kFloat,   DataType::kFloat,
                                          DataType::kDouble, DataType::kInt64,   DataType::kInt64,
                                          DataType::kInt32,  DataType::kInt8,    DataType::kUint8,
                                          DataType::kBool,   DataType::kFloat16, DataType::kUint64};
    return kTypes[below(kTypes.size())];
  }

  Tensor tensor() {
    if (below(4) == 0) return testing::integers(numbers());
    const Dims shape = below(2) == 0 ? common_ : dims();
    return *seeded_tensor(random_(), "x", below(2) == 0 ? common_type_ : type(), shape);
  }

  void set(OneNode& node, std::string_view name, char kind) {
    static constexpr std::array<std::string_view, 12> kWords = {
        "SAME_UPPER",         "VALID", "reflect", "wrap", "linear",    "cubic", "align_corners",
        "tf_crop_and_resize", "LEFT",  "CRD",     "add",  "not_larger"};
    if (kind == 'i') node.with(name, number());
    if (kind == 'f') node.with(name, below(4) == 0 ? std::nanf("") : static_cast<float>(number()));
    if (kind == 's') node.with(name, kWords[below(kWords.size())]);
    if (kind == 'I') node.with(name, numbers());
    if (kind == '*') below(2) == 0 ? node.with(name, number()) : node.with(name, 0.5F);
  }

  const Operator& op_;
  std::mt19937 random_;
  Dims common_;
  DataType common_type_ = DataType::kFloat;
};

// Of each operator; the fuzzers make more.
constexpr std::uint32_t kSeeds = test::kSlowBuild ? 100 : 1000;

TEST_CASE("random nodes end in outputs or errors") {
  for (const std::string& name : claimed_operators()) {
    const Operator* const op = testing::operator_named(name);
    REQUIRE(op != nullptr);
    CAPTURE(name);
    for (std::uint32_t seed = 0; seed < kSeeds; ++seed) RandomNode(*op, seed).run();
  }
}

}  // namespace
}  // namespace padproof::verifier
