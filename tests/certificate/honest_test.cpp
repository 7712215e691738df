// SPDX-License-Identifier: Apache-2.0
// What convert certifies the checker accepts, in every shape of model that certificates speak of; and what
// they do not speak of gets none.
#include <doctest/doctest.h>

#include <filesystem>

#include "tests/certificate/certified.h"
#include "tests/support/child.h"
#include "tests/support/models.h"
#include "tests/support/process.h"
#include "verifier/certificate/certificate.h"
#include "verifier/proof/proof.h"

namespace padproof::test {
namespace {

const std::string kChecker = std::string(PADPROOF_BINARY) + "-check";
const std::string kHead = "<ir_version: 8, opset_import: [\"\" : 17]> g ";

void check_accepted(const Certified& certified) {
  const auto result = check_certified(certified);
  CHECK_MESSAGE(result.answer == check::Answer::kAccepted, certified.name << ": " << result.reason);
}

TEST_CASE("every certificate of the exports and the examples is accepted") {
  const auto models = certified_models();
  CHECK(models.size() >= 29);
  std::size_t windows = 0;
  for (const Certified& certified : models) {
    check_accepted(certified);
    windows += certified.certificate.at("obligations").size();
  }
  MESSAGE(models.size(), " certificates accepted, with ", windows, " obligations");
}

TEST_CASE("certificates of subgraphs, functions and open sizes are accepted") {
  for (const Certified& certified : certified_shapes()) {
    CAPTURE(certified.certificate.dump());
    CHECK(!certified.certificate.at("obligations").empty());
    check_accepted(certified);
  }
  const Certified called = certify_text(
      "<ir_version: 8, opset_import: [\"\" : 17, \"local\" : 1]> g (float[1,1,9,9] x, float[1,1,3,3] w) => "
      "(y, z) "
      "{ y = local.f(x, w) z = local.f(y, w) } <domain: \"local\", opset_import: [\"\" : 17]> f (a, b) => "
      "(c) { c "
      "= Conv<auto_pad=\"SAME_UPPER\", strides=[1,1]>(a, b) }");
  CHECK(called.certificate.at("obligations").size() == 2);
  check_accepted(called);
}

TEST_CASE("no certificate is given for what it has no words for") {
  const Loaded source = load_text(kHead + "(float[1,4] x) => (float[1,4] y) { a = Identity(x) y = Relu(a) }");
  const Loaded target = load_text(kHead + "(float[1,4] x) => (float[1,4] y) { y = Relu(x) }");
  const auto proof = verifier::prove(source.model, *source.facts, target.model, *target.facts);
  REQUIRE(proof.status == verifier::Status::kProved);
  const auto none = verifier::certify(
      {source.model, *source.facts, target.model, *target.facts, proof, "source", "target", "tests"});
  REQUIRE(!none);
  CHECK(none.error().code == "certificate-form");
  CHECK(none.error().fault == model::Fault::kUnsupported);
}

TEST_CASE("the programs agree, whatever the files are called, and write the same bytes twice") {
  const TemporaryFolder folder;
  const std::string source = std::string(PADPROOF_SOURCE_DIR) + "/testdata/examples/same_stride2.onnx";
  const std::string target = folder.file("out/explicit.onnx");
  const std::string beside = target + ".cert.json";
  for (const char* form : {"--quiet", "--in-toto"}) {
    CAPTURE(form);
    REQUIRE(run_padproof({"convert", source, "-o", target, "--certificates", form}).exit_code == 0);
    const std::string first = read_file(beside);
    REQUIRE(run_padproof({"verify", source, target, "--certificate", folder.file("again.json"), form})
                .exit_code == 0);
    CHECK(read_file(folder.file("again.json")) == first);
    const std::string moved = folder.write("moved.onnx", read_file(target));
    const auto result = run_program(kChecker, {beside, source, moved});
    CHECK(result.exit_code == 0);
    CHECK(result.out.starts_with("accepted: "));
    CHECK(run_program(kChecker, {beside, target, source}).exit_code == 1);
    CHECK(run_program(kChecker, {beside, source, folder.path()}).exit_code == 2);
    CHECK(run_program(kChecker, {source, source, target}).exit_code == 2);
  }
  CHECK(run_program(kChecker, {}).exit_code == 2);
  CHECK(run_program(kChecker, {"--help"}).out.starts_with("Usage: padproof-check CERTIFICATE SOURCE TARGET"));
}

TEST_CASE("an answer that nobody can read is none") {
  Hardship full;
  full.binary = kChecker;
  full.standard_output = "/dev/full";
  Hardship closed;
  closed.binary = kChecker;
  closed.closed = {1};
  const TemporaryFolder folder;
  const std::string source = folder.write("source.onnx", read_file("testdata/examples/same.onnx"));
  const std::string target = folder.file("target.onnx");
  const std::string certificate = folder.file("c.json");
  REQUIRE(run_padproof({"convert", source, "-o", target, "--certificate", certificate}).exit_code == 0);
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"--help"}, {"--version"}, {certificate, source, target}, {certificate, target, source}}) {
    CHECK(run_under(full, arguments).exit_code == 2);
    CHECK(run_under(closed, arguments).exit_code == 2);
  }
}

TEST_CASE("the page shows what the checker says") {
  const TemporaryFolder folder;
  const std::string source = std::string(PADPROOF_SOURCE_DIR) + "/testdata/examples/same_stride2.onnx";
  const std::string target = folder.file("explicit.onnx");
  REQUIRE(run_padproof({"convert", source, "-o", target, "--certificate", folder.file("c.json")}).exit_code ==
          0);
  const auto result = run_program(kChecker, {folder.file("c.json"), source, target});
  CHECK(read_file(PADPROOF_SOURCE_DIR "/docs/certificate.md").find("\n" + result.out + "```") !=
        std::string::npos);
}

TEST_CASE("a certificate is asked for where it can be given, and replaces nothing") {
  const TemporaryFolder folder;
  const std::string source = std::string(PADPROOF_SOURCE_DIR) + "/testdata/examples/same.onnx";
  const std::string target = folder.file("target.onnx");
  const auto code = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"convert", source, "-o", target});
    return run_padproof(more).exit_code;
  };
  CHECK(code({"--certificate", target}) == 2);
  CHECK(code({"--certificate", folder.file("c.json"), "--verify", "none"}) == 2);
  CHECK(code({"--in-toto"}) == 2);
  CHECK(code({"--certificate", folder.file("c.json"), "--certificates"}) == 2);
  CHECK(code({"--certificate", folder.file("c.json"), "--report", folder.file("c.json")}) == 2);
  CHECK(folder.entries().empty());
  const auto refuted =
      run_padproof({"verify", std::string(PADPROOF_SOURCE_DIR) + "/testdata/examples/same_stride2.onnx",
                    std::string(PADPROOF_SOURCE_DIR) + "/testdata/examples/shortcut_stride2.onnx",
                    "--certificate", folder.file("c.json")});
  CHECK(refuted.exit_code == 1);
  CHECK(folder.entries().empty());
}

}  // namespace
}  // namespace padproof::test
