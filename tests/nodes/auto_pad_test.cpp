// SPDX-License-Identifier: Apache-2.0
// Every backend test whose model speaks of auto_pad: converted, proved, and executed to the stored outputs
// before and after.
#include <doctest/doctest.h>

#include <map>

#include "model/onnx/reader.h"
#include "tests/nodes/backend_tests.h"
#include "tests/support/conversion.h"
#include "tests/support/process.h"

namespace padproof::test {
namespace {

/// Tests whose stored outputs are known to be wrong (SEMANTICS, who disagrees), and why. None so far: the
/// stored outputs cover H = W = 5 with kernel 3 and stride 2, where the reference evaluator's mistakes do not
/// show.
const std::map<std::string, std::string> kWrongExpectations = {};

/// Whether a node, of a subgraph or function too, has the attribute.
bool has_auto_pad(const model::Graph& graph) {
  for (const model::Node& node : graph.nodes) {
    for (const model::Attribute& attribute : node.attributes) {
      if (attribute.name == "auto_pad") return true;
      for (const auto& subgraph : attribute.graphs) {
        if (has_auto_pad(*subgraph)) return true;
      }
    }
  }
  return false;
}

bool has_auto_pad(const model::Model& model) {
  for (const model::Function& function : model.functions) {
    if (has_auto_pad(*function.body)) return true;
  }
  return has_auto_pad(*model.graph);
}

void check_test(const BackendTest& test) {
  CAPTURE(test.model);
  const Converted converted = convert(load_file(test.model));
  REQUIRE(converted.verdict.status == verifier::Status::kProved);
  const model::Model& target = converted.target->model;
  CHECK_FALSE(has_auto_pad(target));
  const bool is_wrong = kWrongExpectations.contains(test.name);
  for (const std::string& folder : test.data_sets) {
    const std::string of_source = check_data_set(converted.source.model, folder);
    const std::string of_target = check_data_set(target, folder);
    CHECK_MESSAGE(of_source.empty() != is_wrong, "source: ", of_source);
    CHECK_MESSAGE(of_target.empty() != is_wrong, "target: ", of_target);
  }
}

TEST_CASE("backend tests with auto_pad") {
  int count = 0;
  for (const BackendTest& test : backend_tests()) {
    // Cheap first: most models do not contain the word.
    if (read_file(test.model).find("auto_pad") == std::string::npos) continue;
    if (!has_auto_pad(value_or_throw(model::load_onnx(test.model)))) continue;
    REQUIRE_FALSE(test.data_sets.empty());
    check_test(test);
    ++count;
  }
  CHECK(count >= 8);
  MESSAGE("backend tests with auto_pad: ", count, ", all proved and executed");
}

}  // namespace
}  // namespace padproof::test
