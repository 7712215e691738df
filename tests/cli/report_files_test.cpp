// SPDX-License-Identifier: Apache-2.0
// What --report must not write over.
#include <doctest/doctest.h>
#include <onnx/onnx_pb.h>

#include <filesystem>

#include "tests/support/models.h"
#include "tests/support/process.h"

namespace {

namespace fs = std::filesystem;
using padproof::test::read_file;
using padproof::test::run_padproof;
using padproof::test::TemporaryFolder;

/// A convolution whose weights lie in a file beside it.
std::string model_with_side_file(const std::string& location) {
  onnx::ModelProto model;
  REQUIRE(model.ParseFromString(padproof::test::model_bytes(
      "<ir_version: 8, opset_import: [\"\" : 17]> g (float[1,1,8,8] x) => (float[] y) "
      "{ y = Conv<pads=[1,1,1,1]>(x, w) }")));
  auto& weights = *model.mutable_graph()->add_initializer();
  weights.set_name("w");
  weights.set_data_type(1);
  for (const int dim : {1, 1, 3, 3}) weights.add_dims(dim);
  weights.set_data_location(onnx::TensorProto::EXTERNAL);
  auto& entry = *weights.add_external_data();
  entry.set_key("location");
  entry.set_value(location);
  return model.SerializeAsString();
}

}  // namespace

TEST_CASE("a report replaces no side file of a model, by whatever name and in whatever command") {
  const TemporaryFolder folder;
  fs::create_directories(folder.file("in/parts"));
  fs::create_directories(folder.file("good"));
  const std::string weights(36, 'w');
  const std::string side = folder.write("in/parts/w.json", weights);
  const std::string model = folder.write("in/m.onnx", model_with_side_file("parts/w.json"));
  const std::string good_side = folder.write("good/w.html", weights);
  (void)folder.write("good/m.onnx", model_with_side_file("w.html"));
  fs::create_symlink(side, folder.file("r.json"));
  const std::string detour = folder.file("in/../in/parts/w.json");
  using Arguments = std::vector<std::string>;
  const Arguments rows[] = {
      {"gate", model, "--report", side},
      {"gate", folder.file("in"), "--report", detour},
      {"gate", model, "--report", folder.file("r.json")},
      {"gate", model, "--baseline", folder.file("good"), "--report", good_side},
      {"inspect", model, "--report", side},
      {"run", model, "--report", side},
      {"diff", model, folder.file("good/m.onnx"), "--report", good_side},
      {"verify", model, model, "--report", side},
      {"convert", model, "-o", folder.file("out.onnx"), "--report", side},
      {"convert", folder.file("in"), "--out-dir", folder.file("out"), "--report", side},
  };
  for (const Arguments& row : rows) {
    CAPTURE(row[0]);
    const auto result = run_padproof(row);
    CHECK(result.exit_code == 2);
    CHECK(result.err.find("would replace a model's external data") != std::string::npos);
    CHECK(read_file(side) == weights);
    CHECK(read_file(good_side) == weights);
  }
  // An earlier report beside the model is.
  const std::string earlier = folder.write("in/parts/r.json", "{}");
  CHECK(run_padproof({"gate", model, "--report", earlier}).exit_code == 0);
  CHECK(read_file(earlier).size() > 2);
  // Standard input is there for the command.
  const fs::path before = fs::current_path();
  fs::current_path(folder.file("in"));
  (void)folder.write("in/r.json", "{}");
  const auto piped =
      run_padproof({"gate", "-", "--report", "r.json"}, read_file(before / "testdata/examples/pads.onnx"));
  fs::current_path(before);
  CHECK(piped.exit_code == 0);
}
