// SPDX-License-Identifier: Apache-2.0
// Models that would be worked on for hours: stopped at the limits that were given, and never a success.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "model/mapped_file.h"
#include "tests/support/conversion.h"
#include "tests/support/models.h"
#include "tests/support/rejected.h"
#include "tests/support/wire_bytes.h"
#include "verifier/execution.h"
#include "verifier/proof/proof.h"
#include "verifier/rounding/compare.h"

namespace {

using namespace padproof;
using test::good_model;
using test::Hardship;
using test::ProcessResult;
using test::run_under;
using test::TemporaryFolder;
namespace wire = test::wire;

constexpr int kUnknown = 3;

/// One node that takes hours: each of a million windows has a million taps.
std::string endless_model(const std::string& op) {
  const auto attributes = wire::text("auto_pad", "SAME_UPPER");
  if (op == "Conv")
    return wire::model(wire::node("Conv", {"x", "w"}, {"y"}, attributes) +
                       wire::input("x", {1, 1, 1000, 1000}) + wire::input("w", {1, 1, 1001, 1001}) +
                       wire::output("y"));
  return wire::model(wire::node(op, {"x"}, {"y"}, attributes + wire::ints("kernel_shape", {1001, 1001})) +
                     wire::input("x", {1, 1, 1000, 1000}) + wire::output("y"));
}

struct Row {
  std::vector<std::string> arguments;
  std::string expected;  // on standard output or standard error
};

/// The commands that execute models, about a model and its target in a folder.
std::vector<Row> rows_for(const TemporaryFolder& folder, const std::string& bytes) {
  const std::string model = folder.write("model.onnx", bytes);
  const std::string target = folder.file("target.onnx");
  REQUIRE(test::run_padproof({"convert", model, "-o", target}).exit_code == 0);
  return {{{"run", model}, "stopped: it takes"},
          {{"verify", model, target}, "proved, but the run reached a limit"},
          {{"diff", model, target}, "but the run reached a limit"},
          {{"gate", target, "--baseline", model}, "not held to the baseline's values"},
          {{"convert", model, "-o", folder.file("none.onnx"), "--verify", "run"}, "nothing written"}};
}

ProcessResult run_within(std::vector<std::string> arguments, const std::vector<std::string>& limits) {
  arguments.insert(arguments.end(), limits.begin(), limits.end());
  return run_under({}, arguments);
}

}  // namespace

TEST_CASE("each command stops at each limit, and its verdict is unknown") {
  const TemporaryFolder folder;
  for (const Row& row : rows_for(folder, good_model())) {
    CAPTURE(row.arguments[0]);
    const auto much = run_within(row.arguments, {"--max-flops", "100"});
    CHECK(much.exit_code == kUnknown);
    CHECK((much.out + much.err).find(row.expected) != std::string::npos);
    CHECK(run_within(row.arguments, {"--max-memory", "100"}).exit_code == kUnknown);
    CHECK_FALSE(std::filesystem::exists(folder.file("none.onnx")));
    CHECK(run_within(row.arguments, {"--max-flops", "1e6", "--max-memory", "1mb", "--timeout", "600"})
              .exit_code == 0);
  }
  const TemporaryFolder endless;
  for (const Row& row : rows_for(endless, endless_model("Conv"))) {
    CAPTURE(row.arguments[0]);
    const auto late = run_within(row.arguments, {"--timeout", "0.3"});
    CHECK(late.exit_code == kUnknown);
    CHECK((late.out + late.err).find(row.expected) != std::string::npos);
  }
}

TEST_CASE("a comparison with expected values stops at each limit too") {
  const TemporaryFolder folder;
  const std::string model = folder.write("model.onnx", good_model());
  const std::string expected = folder.file("expected.npz");
  REQUIRE(test::run_padproof({"run", model, "--outputs", expected}).exit_code == 0);
  // Within the first two the execution ends, and the comparison, which takes the kernels twice, does not.
  const std::vector<std::vector<std::string>> limits = {
      {"--max-flops", "500"}, {"--max-memory", "220"}, {"--timeout", "0.001"}};
  for (const auto& command :
       std::vector<std::vector<std::string>>{{"run", model}, {"verify", model, model}}) {
    for (const auto& limit : limits) {
      for (const auto& how : std::vector<std::vector<std::string>>{{}, {"--atol", "1"}}) {
        if (!how.empty() && limit[0] != "--timeout") continue;
        std::vector<std::string> arguments = command;
        arguments.insert(arguments.end(), {"--expected", expected});
        arguments.insert(arguments.end(), how.begin(), how.end());
        CAPTURE(arguments[0]);
        CAPTURE(limit[0]);
        const auto stopped = run_within(arguments, limit);
        CAPTURE(stopped.out + stopped.err);
        CHECK(stopped.exit_code == kUnknown);
        arguments.insert(arguments.end(), {"--format", "json"});
        CHECK(run_within(arguments, limit).out.find("\"verdict\": \"unknown\"") != std::string::npos);
      }
    }
  }
}

TEST_CASE("a comparison says which limit it has reached") {
  const auto source = test::load(test::rope_of(good_model()));
  const auto inputs = verifier::make_inputs(*source.facts, 1, 1, {}, {});
  REQUIRE(inputs.has_value());
  auto expected = verifier::execute(source.model, *inputs, {});
  REQUIRE(expected.has_value());
  verifier::ExecuteOptions limits;
  limits.limit.operations = 1;
  const auto stopped = verifier::compare_by_bound(source.model, *inputs, *expected, *expected, limits);
  REQUIRE(stopped.has_value());
  CHECK(stopped->agreement == verifier::Agreement::kUnknown);
  CHECK(stopped->stopped == "flops-limit");
  limits.limit.operations = 1e12;
  limits.limit.deadline = std::chrono::steady_clock::now();
  const auto late = verifier::compare_by_bound(source.model, *inputs, *expected, *expected, limits);
  REQUIRE(late.has_value());
  CHECK(late->stopped == "timeout");
  limits.limit.deadline.reset();
  limits.memory_limit_bytes = 8;
  const auto large = verifier::compare_by_bound(source.model, *inputs, *expected, *expected, limits);
  REQUIRE(large.has_value());
  CHECK(large->stopped == "memory-limit");
}

TEST_CASE("the gate looks at weights until the deadline") {
  const TemporaryFolder folder;
  folder.write("weights", "");
  std::filesystem::resize_file(folder.file("weights"), std::uintmax_t{1} << 40);
  const std::string location = wire::bytes(1, "location") + wire::bytes(2, "weights");
  // 2^40 bytes of floats, of which none is on the disk.
  const std::string weights = wire::bytes(
      5, wire::number(1, 1) + wire::number(1, 1) + wire::number(1, 1 << 19) + wire::number(1, 1 << 19) +
             wire::number(2, 1) + wire::bytes(8, "w") + wire::bytes(13, location) + wire::number(14, 1));
  const auto gated = [&](const std::string& attributes) {
    const std::string model =
        folder.write("model.onnx", wire::model(wire::node("Conv", {"x", "w"}, {"y"}, attributes) +
                                               wire::input("x", {1, 1, 8, 8}) + weights + wire::output("y")));
    return run_under({}, {"gate", model, "--no-run", "--timeout", "0.5"});
  };
  const std::int64_t pad = 1 << 18;
  const auto open = gated(wire::ints("pads", {pad, pad, pad, pad}));
  CHECK(open.exit_code == kUnknown);
  // What was found stands.
  const auto found = gated(wire::text("auto_pad", "SAME_UPPER"));
  CHECK(found.exit_code == 1);
  CHECK(found.out.find("implicit-padding") != std::string::npos);
  for (const auto& result : {open, found})
    CHECK(result.err.find("to look at all weights takes longer than allowed [timeout]") != std::string::npos);
}

TEST_CASE("limits that are none are errors of usage") {
  const TemporaryFolder folder;
  const std::string model = folder.write("model.onnx", good_model());
  const std::vector<std::vector<std::string>> rows = {
      {"--max-memory", "-1"},  {"--max-memory", "99999999999999999999"},
      {"--max-memory", "1e9"}, {"--max-memory", "18446744073709551615kb"},
      {"--max-memory", ""},    {"--max-memory", "gb"},
      {"--timeout", "nan"},    {"--timeout", "-1"},
      {"--timeout", "inf"},    {"--timeout", "1s"},
      {"--max-flops", "nan"},  {"--max-flops", "inf"},
      {"--max-flops", "0"}};
  for (const auto& limit : rows) {
    CAPTURE(limit[0] + " " + limit[1]);
    const auto refused = run_within({"run", model}, limit);
    CAPTURE(refused.err);
    CHECK(refused.exit_code == 2);
    CHECK(refused.err.find(limit[0]) != std::string::npos);
  }
  CHECK(run_within({"run", model}, {"--max-memory", "64 mb"}).exit_code == 0);
}

TEST_CASE("a limit that is reached says of which file and input") {
  const TemporaryFolder folder;
  const std::string model = folder.write("model.onnx", good_model());
  const auto small = test::run_padproof({"run", model, "--max-memory", "1"});
  CHECK(small.exit_code == kUnknown);
  CHECK(small.err.find(model + ": input 'x': tensor does not fit") != std::string::npos);
}

TEST_CASE("standard input without end is not read to its end") {
  const int usual = ::dup(STDIN_FILENO);
  const int endless = ::open("/dev/zero", O_RDONLY | O_CLOEXEC);
  REQUIRE(::dup2(endless, STDIN_FILENO) == STDIN_FILENO);
  const auto read = model::read_standard_input(std::size_t{3} << 20);
  ::dup2(usual, STDIN_FILENO);
  ::close(endless);
  ::close(usual);
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().code == "input-too-long");
}

TEST_CASE("a single endless node is stopped while it runs, or not begun") {
  const TemporaryFolder folder;
  Hardship hardship;
  hardship.deadline_seconds = 60;
  for (const char* const op : {"Conv", "MaxPool", "AveragePool", "LpPool"}) {
    CAPTURE(op);
    const std::string model = folder.write("model.onnx", endless_model(op));
    const auto late = run_under(hardship, {"run", model, "--timeout", "0.5"});
    CHECK(late.exit_code == kUnknown);
    CHECK(late.err.find("[timeout]") != std::string::npos);
    const auto much = run_under(hardship, {"run", model, "--max-flops", "1e11"});
    CHECK(much.exit_code == kUnknown);
    CHECK(much.err.find("[flops-limit]") != std::string::npos);
  }
}

TEST_CASE("past the deadline nothing is inferred, proved or refuted") {
  const auto source = test::load(test::rope_of(good_model()));
  const auto past = std::chrono::steady_clock::now();
  model::InferenceOptions options;
  options.deadline = past;
  const auto facts = model::infer(source.model, options);
  REQUIRE_FALSE(facts.has_value());
  CHECK(facts.error().code == "timeout");
  CHECK(facts.error().fault == model::Fault::kUnsupported);
  const auto proof = verifier::prove(source.model, *source.facts, source.model, *source.facts, nullptr, past);
  CHECK(proof.status == verifier::Status::kUnknown);
  for (const auto& node : proof.nodes) CHECK(node.status == verifier::Status::kUnknown);
  CHECK(verifier::prove(source.model, *source.facts, source.model, *source.facts).status ==
        verifier::Status::kProved);
}
