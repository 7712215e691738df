// SPDX-License-Identifier: Apache-2.0
// Conformance: every backend test whose operators the engine claims gives the stored outputs, from the
// distribution's data and from the newest ONNX release's. A claimed test that is not run has failed.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "model/onnx/reader.h"
#include "tests/nodes/backend_tests.h"
#include "tests/nodes/expectations.h"
#include "tests/support/models.h"
#include "verifier/engine/element_types.h"
#include "verifier/engine/kernel.h"

namespace padproof::test {
namespace {

using model::DataType;
using verifier::AllTypes;

using ClaimedTypes =
    decltype(verifier::join(AllTypes{}, verifier::TypeList<DataType::kFloat16, DataType::kBfloat16>{}));

bool has_claimed_type(const model::ValueInfo& info) {
  return info.type.is_tensor && contains(ClaimedTypes{}, info.type.dtype);
}

bool claims_operators(const model::Model& model, const model::Graph& graph) {
  for (const model::Node& node : graph.nodes) {
    const model::Function* const function = find_function(model, node);
    if (function != nullptr ? !claims_operators(model, *function->body)
                            : verifier::find_operator(node.domain, node.op_type) == nullptr)
      return false;
    for (const model::Attribute& attribute : node.attributes)
      for (const auto& subgraph : attribute.graphs)
        if (!claims_operators(model, *subgraph)) return false;
  }
  return true;
}

bool is_claimed(const model::Model& model) {
  const auto& inputs = model.graph->inputs;
  const auto& outputs = model.graph->outputs;
  return claims_operators(model, *model.graph) &&
         std::all_of(inputs.begin(), inputs.end(), has_claimed_type) &&
         std::all_of(outputs.begin(), outputs.end(), has_claimed_type);
}

struct Tally {
  int passed = 0;
  int failed = 0;
  int wrong_as_stored = 0;
  int not_claimed = 0;
};

std::string run(const model::Model& model, const BackendTest& test) {
  if (test.data_sets.empty()) return "no data set";
  for (const std::string& folder : test.data_sets)
    if (std::string failure = check_data_set(model, folder); !failure.empty()) return failure;
  return {};
}

void run_test(const BackendTest& test, int minor, Tally& tally) {
  const model::Model model = value_or_throw(model::load_onnx(test.model));
  if (!is_claimed(model)) {
    ++tally.not_claimed;
    return;
  }
  const std::string failure = run(model, test);
  const std::string excuse = wrong_expectation(test.name, minor);
  CHECK_MESSAGE(failure.empty() == excuse.empty(), test.name, ": ",
                failure.empty() ? "passes, though its stored output is listed as wrong" : failure);
  if (failure.empty() != excuse.empty()) {
    ++tally.failed;
  } else {
    ++(failure.empty() ? tally.passed : tally.wrong_as_stored);
  }
}

/// `1.23.2` as 23.
int minor_of(const std::string& version) {
  REQUIRE(version.starts_with("1."));
  return std::stoi(version.substr(2));
}

Tally run_source(const std::string& source, const std::string& folder, const std::string& version) {
  Tally tally;
  const int minor = minor_of(version);
  for (const BackendTest& test : backend_tests(folder)) run_test(test, minor, tally);
  MESSAGE("node tests (", source, " ", version, "): claimed ",
          tally.passed + tally.failed + tally.wrong_as_stored, ", passed ", tally.passed, ", failed ",
          tally.failed, ", wrong as stored ", tally.wrong_as_stored, ", not claimed ", tally.not_claimed);
  return tally;
}

TEST_CASE("node tests of the distribution") {
  CHECK(run_source("libonnx-testdata", node_tests_folder(), PADPROOF_ONNX_VERSION).passed >= 800);
}

TEST_CASE("node tests of the newest ONNX release") {
  const char* const elsewhere = std::getenv("PADPROOF_NEWEST_NODE_TESTS");
  const std::string folder = elsewhere != nullptr ? elsewhere : PADPROOF_SOURCE_DIR "/build/node-tests";
  std::string version;
  std::ifstream(folder + "/VERSION") >> version;
  REQUIRE_MESSAGE(!version.empty(), "no node tests in ", folder, ": run scripts/newest-node-tests first");
  CHECK(run_source("onnx from PyPI", folder, version).passed >= 1300);
}

}  // namespace
}  // namespace padproof::test
