// SPDX-License-Identifier: Apache-2.0
// Names are text from a stranger: they must not steer a terminal, break a line or spoil the JSON.
#include <doctest/doctest.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "model/result.h"
#include "schemas/report.pb.h"
#include "tests/support/rejected.h"
#include "tests/support/slow_build.h"
#include "tests/support/wire_bytes.h"

namespace {

namespace wire = padproof::test::wire;
using padproof::model::printable;
using padproof::test::ProcessResult;
using padproof::test::run_padproof;
using padproof::test::TemporaryFolder;

const std::array<std::string, 14> kNames = {"\x1b[31mred\x1b[0m",
                                            "two\nlines",
                                            std::string("nul\0byte", 8),
                                            "\xff\xfe",
                                            "\xc3(",
                                            "\xe2\x80\xae"
                                            "evil",
                                            "\"quoted\\\"",
                                            "tab\tbell\a",
                                            "del\x7f",
                                            "\xc2\x9b"
                                            "31m",
                                            "\xed\xa0\x80",
                                            "</script>",
                                            "\r\x1b]0;title\x07",
                                            "\xf4\x90\x80\x80"};

// Each is a process or a dozen: sanitizers see every third.
std::vector<std::string> names() {
  std::vector<std::string> some;
  for (std::size_t i = 0; i < kNames.size(); i += padproof::test::kSlowBuild ? 3 : 1)
    some.push_back(kNames[i]);
  return some;
}

std::string model_with(const std::string& name, bool in_order) {
  const std::string same = wire::text("auto_pad", in_order ? "SAME_UPPER" : name);
  return wire::image_model(
      wire::node("Conv", {"x", "w"}, {"c" + name}, same + wire::ints("strides", {2, 2}), "conv" + name) +
      wire::node("op" + name, {"c" + name}, {"o" + name}, wire::ints("attribute" + name, {1})) +
      wire::node("Conv", {"o" + name, "w"}, {"d" + name},
                 wire::text("auto_pad", "SAME_UPPER") + wire::ints("strides", {2, 2})) +
      wire::node("MaxPool", {"x"}, {"y"}, wire::ints("kernel_shape", {2, 2})) + wire::output("d" + name));
}

void check_text(const std::string& text) {
  for (const std::string& line : padproof::test::lines_of(text)) CHECK(line == printable(line));
}

padproof::schemas::Report parsed(const std::string& json) {
  padproof::schemas::Report report;
  const auto status = google::protobuf::util::JsonStringToMessage(json, &report);
  CHECK(status.ok());
  check_text(json);
  return report;
}

// Every command in both formats; `more` is what convert and verify need besides.
void check_reports(const std::string& path, const std::string& out, int convert_code) {
  for (const char* const format : {"text", "json"}) {
    const std::vector<std::vector<std::string>> commands = {{"inspect", path},
                                                            {"convert", path, "-o", out},
                                                            {"verify", path, path, "--proof-only"},
                                                            {"run", path}};
    for (auto arguments : commands) {
      arguments.insert(arguments.end(), {"--format", format, "--color", "never"});
      const ProcessResult result = run_padproof(arguments);
      CAPTURE(arguments[0]);
      CAPTURE(result.err);
      CHECK(result.exit_code < 4);
      if (arguments[0] == "convert") CHECK(result.exit_code == convert_code);
      check_text(result.out);
      check_text(result.err);
      if (std::string(format) == "json") CHECK(parsed(result.out).models_size() == 1);
    }
  }
}

}  // namespace

TEST_CASE("names in reports") {
  for (const std::string& name : names()) {
    CAPTURE(printable(name));
    const TemporaryFolder folder;
    const std::string path = folder.write("model.onnx", model_with(name, true));
    check_reports(path, folder.file("out.onnx"), 3);  // the shape behind the unknown operator is lost
    const auto report = parsed(run_padproof({"inspect", path, "--format", "json"}).out);
    REQUIRE(report.models(0).nodes_size() == 3);
    CHECK(report.models(0).nodes(0).name() == printable("conv" + name));
    CHECK(report.models(0).nodes(1).name() == printable("d" + name));
    CHECK(report.models(0).nodes(1).reason().find(printable("op" + name)) != std::string::npos);
  }
}

TEST_CASE("names in error messages") {
  for (const std::string& name : names()) {
    CAPTURE(printable(name));
    const TemporaryFolder folder;
    const std::string path = folder.write("model.onnx", model_with(name, false));
    check_reports(path, folder.file("out.onnx"), 2);
    const auto result = run_padproof({"inspect", path});
    REQUIRE(padproof::test::lines_of(result.err).size() == 1);
    CHECK(result.err.find(printable("conv" + name)) != std::string::npos);
  }
}

TEST_CASE("names of symbols, inputs and outputs") {
  for (const std::string& name : names()) {
    CAPTURE(printable(name));
    const TemporaryFolder folder;
    const std::string dim = wire::bytes(1, wire::bytes(2, name));  // TensorShapeProto.dim, dim_param
    const std::string type = wire::bytes(1, wire::number(1, 1) + wire::bytes(2, dim + dim + dim + dim));
    const std::string x = wire::bytes(11, wire::bytes(1, "in" + name) + wire::bytes(2, type));
    const std::string model =
        wire::model(x +
                    wire::node("MaxPool", {"in" + name}, {"out" + name},
                               wire::text("auto_pad", "SAME_UPPER") + wire::ints("kernel_shape", {3, 3}) +
                                   wire::ints("strides", {2, 2})) +
                    wire::output("out" + name));
    check_reports(folder.write("model.onnx", model), folder.file("out.onnx"), 3);
  }
}

TEST_CASE("names of files") {
  for (const std::string& name : names()) {
    // A bracket makes a pattern of a name that does not exist.
    if (name.find('\0') != std::string::npos || name.find_first_of("/[") != std::string::npos) continue;
    CAPTURE(printable(name));
    const TemporaryFolder folder;
    check_reports(folder.write(name + ".onnx", padproof::test::good_model()), folder.file("out" + name), 0);
    check_reports(folder.write("bad" + name + ".onnx", "bad"), folder.file("out2" + name), 2);
    check_reports(folder.file("missing" + name), folder.file("out3" + name), 2);
  }
}

TEST_CASE("what could rearrange a line is shown by its bytes") {
  for (const char* const sign : {"\u061c", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e",
                                 "\u2066", "\u2069", "\x7f", "\u0080", "\u009f", "\x1b"}) {
    const std::string shown = printable(std::string("a") + sign + "b");
    CHECK(shown.find(sign) == std::string::npos);
    CHECK(shown.starts_with("a\\x"));
  }
  for (const char* const sign :
       {"\u00a0", "\u061b", "\u200d", "\u2010", "\u202f", "\u2065", "\u206a", "\u00e9"})
    CHECK(printable(sign) == sign);
}

TEST_CASE("no name holds a command for those who read logs") {
  CHECK(printable("a##[error]b") == "a##\\x5berror]b");
  CHECK(printable("###[[") == "###\\x5b[");
  CHECK(printable("::error::a") == ":\\x3aerror::a");
  CHECK(printable(" \u00a0::stop-commands::a") == " \u00a0:\\x3astop-commands::a");
  for (const char* const plain : {"#[a]", "# #[a]", "##", "[", "##a[", "a::b", ":a::b", ": :"})
    CHECK(printable(plain) == plain);
}
