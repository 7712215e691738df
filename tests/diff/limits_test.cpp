// SPDX-License-Identifier: Apache-2.0
// Where limits of time, operations or memory end what a run would have shown.
#include <doctest/doctest.h>

#include "tests/support/models.h"
#include "verifier/diff/numbers.h"

namespace padproof::test {
namespace {

using verifier::DiffNumbers;
using verifier::NumbersOptions;
using verifier::PaddingDiff;

const std::string kSomethingElse = "but the models compute something else";
const std::string kLimit = "but the run reached a limit";

struct Compared {
  PaddingDiff diff;
  DiffNumbers numbers;
  [[nodiscard]] std::string doubt() const {
    const char* const doubt = verifier::doubt_about(diff, numbers);
    return doubt == nullptr ? "" : doubt;
  }
};

Compared compare(const Loaded& source, const Loaded& target, const NumbersOptions& options) {
  Compared result;
  result.diff = verifier::diff_padding(*source.facts, *target.facts);
  result.numbers = verifier::run_and_compare(source.model, *source.facts, target.model, result.diff, options);
  return result;
}

}  // namespace

TEST_CASE("a bound that takes more than allowed leaves the verdict open, and says which limit it was") {
  const auto model = [](const std::string& nodes) {
    return load_text(
        "<ir_version: 8, opset_import: [\"\" : 17]> g (float[1,1,12,12] x) => (float[] y) "
        "<float[1,1,2,2] w = {1, -2, 0.5, 3}> { c = Conv(x, w) " +
        nodes + " }");
  };
  const Loaded source = model("y = Relu(c)");
  const Loaded target = model("y = Neg(c)");
  NumbersOptions options;
  const auto runs_in = [&](std::uint64_t memory) {
    options.engine.memory_limit_bytes = memory;
    options.judge_rounding = false;
    return compare(source, target, options).numbers.samples == 1;
  };
  std::uint64_t bytes = 1000;
  while (!runs_in(bytes)) bytes += 100;
  options.judge_rounding = true;
  options.engine.memory_limit_bytes = bytes;
  const Compared stopped = compare(source, target, options);
  CHECK(stopped.numbers.rounding.stopped == "memory-limit");
  CHECK(stopped.doubt() == kLimit);
  options.engine.memory_limit_bytes = 10 * bytes;
  CHECK(compare(source, target, options).doubt() == kSomethingElse);
}

TEST_CASE("a limit in the comparison that would have explained all is no difference") {
  model::InferenceOptions sizes;
  sizes.input_shapes["image"] = shape_of("1x64x64x3");
  const Loaded source = load_file("testdata/diff/same_normalized.onnx", sizes);
  const Loaded target = load_file("testdata/exports/resnet50_same/model.onnx", sizes);
  NumbersOptions options;
  int limited = 0;
  // The first stops the comparison that explains, the last none.
  for (const double operations : {1e7, 1e9}) {
    CAPTURE(operations);
    options.engine.limit.operations = operations;
    const std::string doubt = compare(source, target, options).doubt();
    CHECK((doubt == "" || doubt == kLimit));
    limited += doubt == kLimit ? 1 : 0;
  }
  CHECK(limited == 1);
}

TEST_CASE("a difference that was found is said before a limit that was reached later") {
  PaddingDiff diff;
  diff.status = verifier::Status::kProved;
  DiffNumbers numbers;
  numbers.samples = 2;
  numbers.reached_limit = true;
  CHECK(verifier::doubt_about(diff, numbers) == kLimit);
  numbers.rounding.agreement = verifier::Agreement::kBeyond;
  CHECK(verifier::doubt_about(diff, numbers) == kSomethingElse);
}

}  // namespace padproof::test
