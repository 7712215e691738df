// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <onnx/onnx_pb.h>

#include <filesystem>

#include "tests/support/child.h"
#include "tests/support/models.h"
#include "tests/support/process.h"

namespace {

namespace fs = std::filesystem;
using padproof::test::read_file;
using padproof::test::run_padproof;
using padproof::test::TemporaryFolder;

std::string model_with_weights_in(const std::string& location, const std::string& offset = {}) {
  onnx::ModelProto model;
  REQUIRE(model.ParseFromString(padproof::test::model_bytes(
      "<ir_version: 8, opset_import: [\"\" : 17]> g (float[1,1,8,8] x) => (float[] y) "
      "{ y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w) }")));
  auto& weights = *model.mutable_graph()->add_initializer();
  weights.set_name("w");
  weights.set_data_type(1);
  for (const int dim : {1, 1, 3, 3}) weights.add_dims(dim);
  weights.set_data_location(onnx::TensorProto::EXTERNAL);
  auto& entry = *weights.add_external_data();
  entry.set_key("location");
  entry.set_value(location);
  if (!offset.empty()) {
    auto& place = *weights.add_external_data();
    place.set_key("offset");
    place.set_value(offset);
  }
  return model.SerializeAsString();
}

}  // namespace

TEST_CASE("side files go where the model goes") {
  const TemporaryFolder folder;
  fs::create_directories(folder.file("in/parts"));
  const std::string weights(36, 'w');
  (void)folder.write("in/parts/w.bin", weights);
  const std::string model = folder.write("in/m.onnx", model_with_weights_in("parts/w.bin"));
  CHECK(run_padproof({"convert", model, "-o", folder.file("out/m.onnx")}).exit_code == 0);
  CHECK(read_file(folder.file("out/parts/w.bin")) == weights);
  CHECK(fs::exists(folder.file("out/m.onnx")));
  CHECK(run_padproof({"convert", model, "-o", folder.file("in/m2.onnx")}).exit_code == 0);
}

TEST_CASE("side files outside the model's folder are not touched") {
  const TemporaryFolder folder;
  fs::create_directories(folder.file("in"));
  (void)folder.write("secret", "s");
  fs::create_symlink(folder.file("secret"), folder.file("in/link"));
  for (const std::string& location : {std::string("../secret"), folder.file("secret"), std::string("link"),
                                      std::string(), std::string("a/../../secret")}) {
    CAPTURE(location);
    const std::string model = folder.write("in/m.onnx", model_with_weights_in(location));
    const auto result = run_padproof({"convert", model, "-o", folder.file("out/m.onnx")});
    CHECK(result.exit_code == 2);
    CHECK(result.err.find("external data") != std::string::npos);
    CHECK_FALSE(fs::exists(folder.file("out/m.onnx")));
    CHECK_FALSE(fs::exists(folder.file("out/secret")));
    CHECK_FALSE(fs::exists(folder.file("out/link")));
  }
}

// Two models whose weights have one name: `in/a` and `in/b`.
struct TwoModels {
  TemporaryFolder folder;
  std::string a;
  std::string b;

  TwoModels() {
    for (const char* name : {"a", "b"}) {
      fs::create_directories(folder.file(std::string("in/") + name));
      (void)folder.write(std::string("in/") + name + "/w.bin", std::string(36, *name));
    }
    a = folder.write("in/a/a.onnx", model_with_weights_in("w.bin"));
    b = folder.write("in/b/b.onnx", model_with_weights_in("w.bin"));
  }
};

TEST_CASE("side files replace nothing") {
  const TwoModels models;
  const TemporaryFolder& folder = models.folder;
  const std::string out = folder.file("out");
  CHECK(run_padproof({"convert", models.a, "-o", out + "/a.onnx"}).exit_code == 0);
  CHECK(run_padproof({"convert", models.a, "-o", out + "/again.onnx"}).exit_code == 0);
  const auto other = run_padproof({"convert", models.b, "-o", out + "/b.onnx"});
  CHECK(other.exit_code == 2);
  CHECK(other.err.find("other contents") != std::string::npos);
  CHECK_FALSE(fs::exists(out + "/b.onnx"));
  CHECK(read_file(out + "/w.bin") == std::string(36, 'a'));
}

TEST_CASE("of a batch whose side files collide one model is written") {
  const TwoModels models;
  const std::string out = models.folder.file("out");
  CHECK(run_padproof({"convert", models.a, models.b, "--out-dir", out}).exit_code == 2);
  CHECK(fs::exists(out + "/a.onnx") != fs::exists(out + "/b.onnx"));
  CHECK(read_file(out + "/w.bin") == std::string(36, fs::exists(out + "/a.onnx") ? 'a' : 'b'));
}

TEST_CASE("a model does not replace its own weights") {
  const TwoModels models;
  const TemporaryFolder& folder = models.folder;
  CHECK(run_padproof({"convert", models.a, "-o", folder.file("in/a/w.bin")}).exit_code == 2);
  CHECK(read_file(folder.file("in/a/w.bin")) == std::string(36, 'a'));
  CHECK(run_padproof({"convert", models.a, "-o", folder.file("out/w.bin")}).exit_code == 2);
  CHECK_FALSE(fs::exists(folder.file("out/w.bin")));
  padproof::test::Hardship inside;
  inside.folder = folder.file("out");
  fs::create_directories(inside.folder);
  CHECK(padproof::test::run_under(inside, {"convert", models.a, "-o", "w.bin"}).exit_code == 2);
  CHECK_FALSE(fs::exists(folder.file("out/w.bin")));
}

TEST_CASE("side files are executed, and compared between folders") {
  const TwoModels models;
  const TemporaryFolder& folder = models.folder;
  CHECK(run_padproof({"run", models.a}).exit_code == 0);
  const std::string out = folder.file("out/a.onnx");
  REQUIRE(run_padproof({"convert", models.a, "-o", out, "--verify", "run"}).exit_code == 0);
  const auto same = run_padproof({"verify", models.a, out});
  CHECK(same.exit_code == 0);
  CHECK(same.out.find("proved: equal for all inputs, and bit-identical when run") != std::string::npos);
  const auto other = run_padproof({"verify", models.a, models.b});
  CHECK(other.exit_code == 1);
  CHECK(run_padproof({"verify", "--proof-only", models.a, models.b}).exit_code == 3);
  fs::remove(folder.file("out/w.bin"));
  const auto missing = run_padproof({"verify", "--proof-only", models.a, out});
  CHECK(missing.exit_code == 3);
  CHECK(missing.out.find("cannot find external data") != std::string::npos);
}

TEST_CASE("weights that do not lie in their side file are errors") {
  const TemporaryFolder folder;
  (void)folder.write("w.bin", std::string(40, 'w'));
  CHECK(run_padproof({"run", folder.write("m.onnx", model_with_weights_in("w.bin", "4"))}).exit_code == 0);
  for (const char* offset : {"5", "40", "41", "18446744073709551615", "9223372036854775807"}) {
    CAPTURE(offset);
    const auto result = run_padproof({"run", folder.write("m.onnx", model_with_weights_in("w.bin", offset))});
    CHECK(result.exit_code == 2);
    CHECK(result.err.find("external data") != std::string::npos);
  }
  CHECK(run_padproof({"run", folder.write("m.onnx", model_with_weights_in("../w.bin"))}).exit_code == 2);
}
