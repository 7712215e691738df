// SPDX-License-Identifier: Apache-2.0
// Time and memory in proportion to the file, whatever it holds much of.
#include "tests/scale/scale.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <chrono>

#include "tests/support/rejected.h"
#include "tests/support/slow_build.h"

namespace {

using padproof::test::run_under;
using padproof::test::TemporaryFolder;
namespace scale = padproof::test::scale;

// Sanitizers look for other faults than time spent: a part of each size is enough for them.
constexpr scale::Count kPart = padproof::test::kSlowBuild ? 25 : 1;
constexpr int kDeadlineSeconds = padproof::test::kSlowBuild ? 120 : 15;

struct Row {
  std::string name;
  std::string bytes;
  int exit_code;  // 0 in order, 3 more than is followed
};

// What a reader may need of memory besides the file: measured on this process' children, in megabytes.
constexpr long kMostMegabytes = 2500;

void check(const Row& row) {
  CAPTURE(row.name);
  const TemporaryFolder folder;
  const std::string path = folder.write("model.onnx", row.bytes);
  padproof::test::Hardship hardship;
  hardship.deadline_seconds = kDeadlineSeconds;
  const std::vector<std::vector<std::string>> commands = {
      {"inspect", path, "--quiet"},
      {"convert", path, "--quiet", "-o", folder.file("out")},
      {"verify", path, path, "--quiet", "--proof-only"}};
  for (const auto& command : commands) {
    CAPTURE(command[0]);
    const auto begin = std::chrono::steady_clock::now();
    const auto result = run_under(hardship, command);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    CAPTURE(took.count());
    CAPTURE(result.err);
    const bool is_less = kPart > 1 && row.exit_code == 3;
    CHECK((result.exit_code == row.exit_code || (is_less && result.exit_code == 0)));
    if (result.exit_code != 0) CHECK(padproof::test::lines_of(result.err).size() == 1);
  }
}

}  // namespace

TEST_CASE("tens of thousands of one thing") {
  constexpr std::size_t kMany = 50'000 / kPart;
  const Row rows[] = {
      {"nodes", scale::chain(kMany), 0},
      {"nodes that pass a value on", scale::chain_of_identities(kMany / 2), 0},
      {"nodes in reverse order", scale::backwards(kMany), 0},
      {"windows", scale::windows(kMany / 2), 0},
      {"attributes of one node", scale::attributes(kMany), 3},
      {"inputs of one node, all the same", scale::shared_input(kMany), 0},
      {"inputs", scale::many_inputs(kMany), 0},
      {"outputs of one node", scale::many_outputs(kMany), 0},
      {"constants", scale::many_constants(kMany), 0},
      {"recorded shapes of one value", scale::recorded_shapes(kMany), 0},
      {"operator sets", scale::operator_sets(kMany), 0},
      {"branches", scale::branches(kMany / 2), 0},
      {"functions", scale::functions(kMany / 2), 0},
      {"calls of one function", scale::calls(kMany / 2), 0},
  };
  for (const Row& row : rows) check(row);
}

TEST_CASE("little that unfolds into much") {
  const Row rows[] = {
      {"a long chain of functions", scale::chain_of_functions(50'000 / kPart), 3},
      {"functions that double", scale::doubling_functions(kPart > 1 ? 12 : 60), 3},
      {"a wide function, called often", scale::wide_function(20'000 / kPart, 20'000 / kPart), 3},
      {"a shape of many axes", scale::high_rank(100'000 / kPart, 20'000 / kPart), 0},
      {"long lists of numbers", scale::long_contents(50'000 / kPart), 3},
      {"extents that grow", scale::growing_extents(kPart > 1 ? 4 : 20'000), 3},
      {"loops that forget slowly", scale::forgetful_loops(kPart > 1 ? 3 : 6, 200 / kPart), 3},
      {"one loop that forgets slowly", scale::forgetful_loops(1, 5'000 / kPart), 3},
  };
  for (const Row& row : rows) check(row);
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  const long megabytes = usage.ru_maxrss / 1024;
  MESSAGE("most memory of any run: ", megabytes, " MB");
  CHECK(megabytes < kMostMegabytes);
}
