// SPDX-License-Identifier: Apache-2.0
#include "tests/support/rejected.h"

#include <doctest/doctest.h>

#include <sstream>

#include "converter/planner.h"
#include "model/onnx/reader.h"
#include "tests/support/models.h"
#include "tests/support/slow_build.h"

namespace padproof::test {
namespace {

void check_one_line(const std::string& err, const std::string& expected) {
  const auto lines = lines_of(err);
  CHECK(lines.size() == 1);
  if (lines.empty()) return;
  CHECK(lines[0].starts_with("padproof: "));
  CHECK(lines[0] == model::printable(lines[0], std::string::npos));
  CHECK_MESSAGE(lines[0].find(expected) != std::string::npos, lines[0], " does not say ", expected);
  CHECK(lines[0].size() < 4096);
}

}  // namespace

void check_rejected(const std::vector<std::string>& arguments, const TemporaryFolder& folder, int exit_code,
                    const std::string& expected, const Hardship& hardship) {
  const auto before = folder.entries();
  const ProcessResult result = run_under(hardship, arguments);
  CAPTURE(arguments[0]);
  CAPTURE(result.err);
  CHECK(result.exit_code == exit_code);
  check_one_line(result.err, expected);
  CHECK(folder.entries() == before);
}

void check_commands_reject(const std::string& path, const TemporaryFolder& folder, int exit_code,
                           const std::string& expected, const Hardship& hardship) {
  const TemporaryFolder elsewhere;
  const std::string good = elsewhere.write("good.onnx", good_model());
  const auto untouched = elsewhere.entries();
  check_rejected({"convert", path, "-o", folder.file("out.onnx")}, folder, exit_code, expected, hardship);
  // One reader reads for all.
  if (!kSlowBuild) {
    check_rejected({"inspect", path}, folder, exit_code, expected, hardship);
    check_rejected({"verify", path, good}, folder, exit_code, expected, hardship);
    check_rejected({"verify", good, path}, folder, exit_code, expected, hardship);
  }
  check_rejected({"run", path, "--outputs", folder.file("out.npz")}, folder, exit_code, expected, hardship);
  CHECK(elsewhere.entries() == untouched);
}

void check_model_rejected(const std::string& bytes, int exit_code, const std::string& expected) {
  const TemporaryFolder folder;
  check_commands_reject(folder.write("bad.onnx", bytes), folder, exit_code, expected);
}

void check_model_senseless(const std::string& bytes, const std::string& expected) {
  const TemporaryFolder folder;
  const std::string path = folder.write("bad.onnx", bytes);
  const TemporaryFolder elsewhere;
  const std::string good = elsewhere.write("good.onnx", good_model());
  check_rejected({"convert", path, "-o", folder.file("out.onnx")}, folder, 2, expected);
  check_rejected({"inspect", path}, folder, 2, expected);
  const auto run = run_under({}, {"run", path});
  CAPTURE(run.err);
  CHECK((run.exit_code == 2 || run.exit_code == 3));
  check_one_line(run.err, "");
  for (const auto& pair : {std::pair(path, good), std::pair(good, path)}) {
    const auto verified = run_under({}, {"verify", pair.first, pair.second});
    CHECK((verified.exit_code >= 1 && verified.exit_code <= 3));
    CHECK(lines_of(verified.err).size() == (verified.exit_code == 2 ? 1 : 0));
  }
}

std::string code_of_reading(const std::string& bytes) {
  const auto model = model::read_onnx(rope_of(bytes), "bad.onnx");
  if (!model) return model.error().code;
  const auto facts = model::infer(*model, {});
  if (!facts) return facts.error().code;
  const auto plan = converter::make_plan(*model, **facts);
  return plan ? "" : plan.error().code;
}

const std::string& good_model() {
  static const std::string bytes = model_bytes(
      "<ir_version: 8, opset_import: [\"\" : 17]> g (float[1,1,7,7] x) => (float[1,1,4,4] y)"
      " <float[1,1,3,3] w = {1,2,3,4,5,6,7,8,9}> {"
      " y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2], kernel_shape=[3,3]>(x, w) }");
  return bytes;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace padproof::test
