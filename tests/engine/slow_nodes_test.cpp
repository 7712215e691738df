// SPDX-License-Identifier: Apache-2.0
// Nodes that take long stop at the deadline, and are refused by their operations, on the fast path and in the
// oracle.
#include "tests/engine/slow_nodes.h"

#include <doctest/doctest.h>

#include <chrono>

#include "tests/support/slow_build.h"

namespace padproof::verifier {
namespace {

using testing::integers;
using testing::OneNode;
using testing::resizing;
using testing::Slow;
using testing::SlowRow;
using testing::zeros;

void for_each_row(const std::function<void(const Slow&, const ExecuteOptions&)>& check) {
  // Its allocator writes to what it gives.
  if (test::kSanitized) return;
  for (const auto* table : {&testing::slow_windows(), &testing::slow_products(), &testing::slow_choices(),
                            &testing::slow_moves(), &testing::slow_numbers(), &testing::slow_linear()}) {
    for (const SlowRow& row : *table) {
      for (const bool oracle : {false, true}) {
        CAPTURE(row.name);
        CAPTURE(oracle);
        ExecuteOptions options;
        options.oracle = oracle;
        check(row.make(), options);
      }
    }
  }
}

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::string code_of(const Slow& slow, const ExecuteOptions& options) {
  const auto outputs = slow.node.run(slow.inputs, slow.outputs, options);
  return outputs ? "done" : outputs.error().code;
}

}  // namespace

TEST_CASE("nodes stop at the deadline") {
  for_each_row([](const Slow& slow, ExecuteOptions options) {
    std::string code;
    const double seconds = seconds_of([&] {
      options.limit.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
      code = code_of(slow, options);
    });
    CHECK(code == "timeout");
    CHECK(seconds < 2);
  });
}

TEST_CASE("nodes that take more operations than allowed are not begun") {
  for_each_row([](const Slow& slow, ExecuteOptions options) {
    options.limit.operations = 1e7;
    std::string code;
    const double seconds = seconds_of([&] { code = code_of(slow, options); });
    CHECK(code == "flops-limit");
    CHECK(seconds < 1);
  });
}

TEST_CASE("work is counted in proportion to what is done") {
  struct Counted {
    Slow slow;
    double least;
    double most;
  };
  OneNode lrn("LRN", 20);
  lrn.with("size", std::int64_t{5});
  const Counted rows[] = {
      // 3^10 results of 4^10 taps each
      {{resizing("cubic"), {zeros(Dims(10, 2)), {}, {}, integers(std::vector<std::int64_t>(10, 3))}},
       6e10,
       7e10},
      // an image's first two axes stay as they are
      {{resizing("linear"), {zeros({1, 3, 8, 8}), {}, {}, integers({1, 3, 16, 16})}}, 3000, 5000},
      {{lrn, {zeros({1, 10, 10, 10})}}, 6000, 8000},
      {{OneNode("Sum", 20), {zeros({1000}), zeros({1}), zeros({1})}}, 3000, 6000},
  };
  for (const Counted& row : rows) {
    CAPTURE(std::string(row.slow.node.node().op_type));
    CAPTURE(row.least);
    ExecuteOptions options;
    options.limit.operations = row.least;
    CHECK(code_of(row.slow, options) == "flops-limit");
    options.limit.operations = row.most;
    options.limit.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
    CHECK(code_of(row.slow, options) != "flops-limit");
  }
}

}  // namespace padproof::verifier
