// SPDX-License-Identifier: Apache-2.0
// The files that padproof-check reads: hashed with all side files, which must not lead out of their folder.
#include <doctest/doctest.h>
#include <onnx/onnx_pb.h>
#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "check/model.h"
#include "model/digest.h"
#include "tests/support/models.h"
#include "tests/support/process.h"
#include "tests/support/wire_bytes.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view kText =
    "<ir_version: 8, opset_import: [\"\" : 17]> g (float[1,1,8,8] x) => (float[1,1,4,4] y) <float[1,1,3,3] w "
    "= "
    "{1,2,3,4,5,6,7,8,9}> { y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w) }";

std::string model_with(const std::string& location) {
  onnx::ModelProto model;
  REQUIRE(model.ParseFromString(model_bytes(kText)));
  onnx::TensorProto& tensor = *model.mutable_graph()->mutable_initializer(0);
  tensor.clear_float_data();
  tensor.clear_raw_data();
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  auto& entry = *tensor.add_external_data();
  entry.set_key("location");
  entry.set_value(location);
  return model.SerializeAsString();
}

struct Folders {
  Folders() {
    fs::create_directory(folder.file("in"));
    source = folder.write("in/model.onnx", model_with("w.bin"));
    folder.write("in/w.bin", std::string(36, '\x3f'));
    target = folder.file("out/model.onnx");
    certificate = target + ".cert.json";
    REQUIRE(run_padproof({"convert", source, "-o", target, "--certificates"}).exit_code == 0);
  }

  [[nodiscard]] ProcessResult check() const {
    return run_program(std::string(PADPROOF_BINARY) + "-check", {certificate, source, target});
  }
  /// Puts a file in the place of the target's model, and its digest into the certificate.
  void put_target(const std::string& bytes) const {
    folder.write("out/model.onnx", bytes);
    json stated = json::parse(read_file(certificate));
    stated["target"]["sha256"] = model::sha256_of(model::Bytes(bytes));
    stated["target"]["bytes"] = std::to_string(bytes.size());
    folder.write("out/model.onnx.cert.json", stated.dump());
  }

  TemporaryFolder folder;
  std::string source;
  std::string target;
  std::string certificate;
};

TEST_CASE("side files are hashed, and must be the same in both folders") {
  const Folders folders;
  REQUIRE(folders.check().exit_code == 0);
  const std::string changed = std::string(35, '\x3f') + '\x40';
  folders.folder.write("out/w.bin", changed);
  CHECK(folders.check().exit_code == 1);
  json stated = json::parse(read_file(folders.certificate));
  stated["target"]["external_data"][0]["sha256"] = model::sha256_of(model::Bytes(changed));
  folders.folder.write("out/model.onnx.cert.json", stated.dump());
  const auto result = folders.check();
  CHECK(result.exit_code == 1);
  CHECK(result.out == "rejected: external data at 'w.bin' differs\n");
}

TEST_CASE("side files do not lead out of the model's folder, and nothing waits for a pipe") {
  const Folders folders;
  for (const std::string& location :
       {folders.folder.file("in/w.bin"), std::string("../in/w.bin"), std::string("sub/../../in/w.bin"),
        std::string("missing.bin"), std::string()}) {
    CAPTURE(location);
    folders.put_target(model_with(location));
    const auto result = folders.check();
    CHECK(result.exit_code == 2);
    CHECK(result.out.find("is not in the model's folder") != std::string::npos);
  }
  fs::create_symlink(folders.folder.file("in/w.bin"), folders.folder.file("out/link.bin"));
  folders.put_target(model_with("link.bin"));
  CHECK(folders.check().out.find("is not in the model's folder") != std::string::npos);
  REQUIRE(::mkfifo(folders.folder.file("out/pipe.bin").c_str(), 0600) == 0);
  folders.put_target(model_with("pipe.bin"));
  CHECK(folders.check().out.find("is not a regular file") != std::string::npos);
  fs::remove(folders.target);
  REQUIRE(::mkfifo(folders.target.c_str(), 0600) == 0);
  CHECK(folders.check().exit_code == 2);
}

TEST_CASE("of an extent's number and name the checker takes what comes last, as Protobuf does") {
  const std::string eight = wire::number(1, 8);
  const std::string name = wire::bytes(2, "N");
  for (const auto& [dimension, extent] :
       std::map<std::string, std::int64_t>{{eight, 8}, {name, -1}, {eight + name, -1}, {name + eight, 8}}) {
    const std::string shape = wire::bytes(2, wire::bytes(1, dimension));
    const std::string type = wire::bytes(1, wire::number(1, 1) + shape);
    const std::string bytes =
        wire::model(wire::bytes(11, wire::bytes(1, "x") + wire::bytes(2, type)) + wire::output("x"));
    CHECK(check::read_model(bytes).graph.inputs.at(0).shape->at(0) == extent);
  }
}

TEST_CASE("what is no certificate is unreadable") {
  const Folders folders;
  const std::string honest = read_file(folders.certificate);
  const std::string pretty = json::parse(honest).dump(2);
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  const std::string twice = "{\"tool\":\"x\"," + honest.substr(1);
  for (const std::string& text : {std::string(), std::string("[]"), std::string("{}"), honest + " ", pretty,
                                  deep, twice, honest.substr(0, honest.size() / 2)}) {
    CAPTURE(text.substr(0, 100));
    folders.folder.write("out/model.onnx.cert.json", text);
    CHECK(folders.check().exit_code == 2);
  }
}

}  // namespace
}  // namespace padproof::test
