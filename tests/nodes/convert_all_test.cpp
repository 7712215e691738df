// SPDX-License-Identifier: Apache-2.0
// Every backend model, with implicit padding or without, goes through the converter: proved, or refused with
// a reason.
#include <doctest/doctest.h>

#include <map>

#include "tests/nodes/backend_tests.h"
#include "tests/support/conversion.h"

namespace padproof::test {
namespace {

constexpr const char* kRandom = "random: the same bytes give other results each time";
constexpr const char* kTraining = "the operator may draw random numbers, which are not looked into";

/// Models that come back neither proved nor refused; and why.
const std::map<std::string, std::string> kRandomModels = {
    {"test_bernoulli", kRandom},
    {"test_bernoulli_double", kRandom},
    {"test_bernoulli_double_expanded", kRandom},
    {"test_bernoulli_expanded", kRandom},
    {"test_bernoulli_seed", kRandom},
    {"test_bernoulli_seed_expanded", kRandom},
    {"test_training_dropout", kRandom},
    {"test_training_dropout_default", kRandom},
    {"test_training_dropout_default_mask", kRandom},
    {"test_training_dropout_mask", kRandom},
    {"test_training_dropout_zero_ratio", kTraining},
    {"test_training_dropout_zero_ratio_mask", kTraining},
};

enum class Outcome { kProved, kRefused, kNotProved };

struct Result {
  Outcome outcome = Outcome::kProved;
  std::string reason;
  std::size_t rewritten = 0;
};

std::string reasons_of(const converter::Plan& plan) {
  std::string reasons;
  for (const converter::NodePlan& node : plan.nodes) {
    if (node.status == converter::NodeStatus::kRefused) reasons += node.reason + "; ";
  }
  return reasons;
}

std::string reasons_of(const verifier::Proof& proof) {
  std::string reasons;
  for (const verifier::NodeEvidence& node : proof.nodes) {
    if (node.status != verifier::Status::kProved) reasons += node.reason + "; ";
  }
  for (const std::string& problem : proof.problems) reasons += problem + "; ";
  return reasons;
}

Result convert_model(const std::string& path) {
  const Converted converted = convert(load_file(path));
  const converter::Plan& plan = converted.conversion.plan;
  if (converted.target == nullptr) return {Outcome::kRefused, reasons_of(plan), 0};
  if (!converted.conversion.approved) return {Outcome::kNotProved, reasons_of(converted.verdict.proof), 0};
  return {Outcome::kProved, {}, plan.count(converter::NodeStatus::kRewritten)};
}

TEST_CASE("every backend model is proved, or refused with a reason") {
  std::map<Outcome, int> count;
  std::size_t rewritten = 0;
  for (const BackendTest& test : backend_tests()) {
    CAPTURE(test.model);
    Result result;
    REQUIRE_NOTHROW(result = convert_model(test.model));
    ++count[result.outcome];
    rewritten += result.rewritten;
    CHECK((result.outcome == Outcome::kNotProved) == kRandomModels.contains(test.name));
    CHECK(result.reason.empty() == (result.outcome == Outcome::kProved));
    if (result.outcome == Outcome::kRefused) MESSAGE("refused: ", result.reason);
  }
  CHECK(count[Outcome::kProved] > 1000);
  MESSAGE("backend models: ", count[Outcome::kProved], " proved (", rewritten, " nodes rewritten), ",
          count[Outcome::kRefused], " refused, ", count[Outcome::kNotProved], " listed as not provable");
}

}  // namespace
}  // namespace padproof::test
