// SPDX-License-Identifier: Apache-2.0
// One name of a megabyte must not be repeated for every node that has to do with it.
#include <doctest/doctest.h>

#include "model/onnx/fields.h"
#include "tests/support/rejected.h"
#include "tests/support/wire_bytes.h"

namespace {

namespace wire = padproof::test::wire;

constexpr std::size_t kLongName = std::size_t{1} << 20;
constexpr int kNodes = 3000;
// What a report may say of each node, and once of the file.
constexpr std::size_t kMostOutput = kNodes * std::size_t{4096} + (std::size_t{1} << 20);

// An operator of a long name that nobody knows, and `kNodes` convolutions that miss the shape it lost.
std::string model(const std::string& long_name) {
  const std::string same = wire::text("auto_pad", "SAME_UPPER") + wire::ints("strides", {2, 2});
  std::string nodes = wire::node("Op" + long_name, {"x"}, {"a" + long_name}, {}, "n" + long_name);
  nodes += wire::node("Relu", {"a" + long_name}, {"v0"});
  for (int i = 0; i < kNodes; ++i) {
    nodes += wire::node("Conv", {"v" + std::to_string(i), "w"}, {"v" + std::to_string(i + 1)}, same);
  }
  return wire::image_model(nodes + wire::node("Relu", {"x"}, {"y"}));
}

}  // namespace

TEST_CASE("long names in reports") {
  const padproof::test::TemporaryFolder folder;
  const std::string path = folder.write("model.onnx", model(std::string(kLongName, 'n')));
  for (const char* const format : {"text", "json"}) {
    const auto inspected = padproof::test::run_under({}, {"inspect", path, "--format", format});
    CHECK(inspected.exit_code == 3);
    CHECK(inspected.out.size() < kMostOutput);
    const auto verified =
        padproof::test::run_under({}, {"verify", path, path, "--proof-only", "--format", format});
    CHECK(verified.exit_code == 0);
    CHECK(verified.out.size() < kMostOutput);
  }
}

TEST_CASE("long names in error messages") {
  const std::string name(kLongName, 'n');
  const std::string twice =
      wire::node("Relu", {"x"}, {name}, {}, name) + wire::node("Relu", {"x"}, {name}, {}, name);
  padproof::test::check_model_rejected(wire::image_model(twice), 2, "[duplicate-value]");
  const std::string missing = wire::node("Relu", {name}, {"y"}, {}, name);
  padproof::test::check_model_rejected(wire::image_model(missing), 2, "[undefined-value]");
  const std::string mode = wire::node("Conv", {"x", "w"}, {"y"}, wire::text("auto_pad", name));
  padproof::test::check_model_rejected(wire::image_model(mode), 2, "auto_pad");
}
