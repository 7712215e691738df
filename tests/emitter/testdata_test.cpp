// SPDX-License-Identifier: Apache-2.0
// Every model in testdata and among the backend tests, converted: nothing but the rewritten nodes differs.
#include <doctest/doctest.h>

#include <filesystem>

#include "tests/emitter/emitted.h"
#include "tests/support/exports.h"
#include "tests/support/process.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;

struct Tally {
  int models = 0;
  int rewritten_models = 0;
  std::size_t nodes = 0;

  void check(const std::string& path, const model::InferenceOptions& options) {
    CAPTURE(path);
    const Converted converted = convert(load_file(path, options), options);
    if (converted.target == nullptr) return;
    std::size_t count = 0;
    REQUIRE_NOTHROW(count = check_untouched(converted));
    ++models;
    rewritten_models += count == 0 ? 0 : 1;
    nodes += count;
  }
};

TEST_CASE("exported models") {
  Tally tally;
  for (const std::string& name : exported_names()) {
    const ExportedModel exported = exported_model(name);
    tally.check(exported.path, bound_to(exported.inputs));
  }
  CHECK(tally.models == static_cast<int>(exported_names().size()));
  MESSAGE(tally.models, " models, ", tally.nodes, " nodes rewritten in ", tally.rewritten_models);
}

TEST_CASE("backend models") {
  Tally tally;
  for (const auto& entry : fs::recursive_directory_iterator(node_tests_folder())) {
    if (entry.path().extension() != ".onnx") continue;
    const std::string bytes = read_file(entry.path().string());
    const bool is_implicit =
        bytes.find("auto_pad") != std::string::npos || bytes.find("output_shape") != std::string::npos;
    if (is_implicit) tally.check(entry.path().string(), {});
  }
  CHECK(tally.rewritten_models >= 8);
  MESSAGE(tally.models, " models, ", tally.nodes, " nodes rewritten in ", tally.rewritten_models);
}

}  // namespace
}  // namespace padproof::test
