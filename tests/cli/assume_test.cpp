// SPDX-License-Identifier: Apache-2.0
// --assume on the command line: the contract's `H%32=0`, its errors, and that it is never forgotten.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/models.h"
#include "tests/support/process.h"

namespace {

using padproof::test::run_padproof;
using padproof::test::TemporaryFolder;

const std::string kOpenModel =
    "testdata/exports/resnet50_same/model.onnx";  // unk__1036 x unk__1037 x unk__1038 x 3
const std::vector<std::string> kMultiples = {"--assume", "unk__1037%32=0", "--assume", "unk__1038%32=0"};

std::vector<std::string> with(std::vector<std::string> arguments, const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a model of open sizes is converted, proved and run under an assumption") {
  const TemporaryFolder folder;
  const std::string out = folder.file("out.onnx");
  const auto converted = run_padproof(with({"convert", kOpenModel, "-o", out}, kMultiples));
  CHECK(converted.exit_code == 0);
  CHECK(holds(converted.out, "rests on: unk__1037 % 32 = 0, as --assume says"));
  CHECK(holds(converted.out, "bound-size-only"));
  const auto verified = run_padproof(with({"verify", kOpenModel, out}, kMultiples));
  CHECK(verified.exit_code == 0);
  CHECK(holds(verified.out, "bit-identical when run"));
  // Without it, and with another one, these pads are wrong.
  CHECK(run_padproof({"verify", kOpenModel, out, "--proof-only"}).exit_code == 1);
  CHECK(run_padproof({"verify", kOpenModel, out, "--assume", "unk__1037%32=1", "--assume", "unk__1038%32=0"})
            .exit_code == 1);
  // A multiple of 64 is one of 32; one of 16 need not be.
  CHECK(run_padproof({"verify", kOpenModel, out, "--assume", "unk__1037%64=0", "--assume", "unk__1038%32=0"})
            .exit_code == 0);
  CHECK(run_padproof({"verify", kOpenModel, out, "--proof-only", "--assume", "unk__1037%16=0", "--assume",
                      "unk__1038%32=0"})
            .exit_code == 1);
}

TEST_CASE("extents that --input-shape names can be assumed of") {
  const TemporaryFolder folder;
  const auto converted =
      run_padproof({"convert", kOpenModel, "-o", folder.file("out.onnx"), "--input-shape", "image=NxHxWx3",
                    "--assume", "H%32=0", "--assume", "W%32=0", "--quiet"});
  CHECK(converted.exit_code == 0);
}

TEST_CASE("under an assumption pads and shifts are numbers") {
  const std::string target = "testdata/diff/symmetric_scrambled.onnx";
  const auto open = run_padproof({"diff", kOpenModel, target, "--no-run"});
  CHECK(open.exit_code == 1);
  CHECK(holds(open.out, "differ at some extents"));
  const auto assumed = run_padproof(with({"diff", kOpenModel, target, "--no-run"}, kMultiples));
  CHECK(assumed.exit_code == 1);
  CHECK_FALSE(holds(assumed.out, "at some extents"));
  CHECK(holds(assumed.out, "-1,-1"));
}

TEST_CASE("no certificate has words for an assumption") {
  const TemporaryFolder folder;
  const auto refused = run_padproof(
      with({"convert", kOpenModel, "-o", folder.file("out.onnx"), "--certificate", folder.file("cert.json")},
           kMultiples));
  CHECK(refused.exit_code == 3);
  CHECK(holds(refused.err + refused.out, "certificate-form"));
  CHECK(folder.entries().empty());
}

TEST_CASE("assumptions that are none are usage errors") {
  struct Row {
    std::vector<std::string> arguments;
    std::string says;
  };
  const std::vector<Row> rows = {
      {{"--assume", "H"}, "SYMBOL%MODULUS=RESIDUE"},
      {{"--assume", "H%32"}, "SYMBOL%MODULUS=RESIDUE"},
      {{"--assume", "%32=0"}, "SYMBOL%MODULUS=RESIDUE"},
      {{"--assume", "H%=0"}, "a modulus from 1"},
      {{"--assume", "H%0=0"}, "a modulus from 1"},
      {{"--assume", "H%-2=0"}, "a modulus from 1"},
      {{"--assume", "H%99999999999999999999=0"}, "a modulus from 1"},
      {{"--assume", "H%32=32"}, "a residue from 0 to 31"},
      {{"--assume", "H%32=-1"}, "a residue from 0 to 31"},
      {{"--assume", "H%32=0x"}, "a residue from 0 to 31"},
      {{"--assume", "H%32=0", "--assume", "H%2=0"}, "one assumption of each extent"},
      {{"--assume", "H%32=0"}, "no open extent"},
      {{"--assume", "unk__1037%32=0", "--input-shape", "image=1x65x64x3"}, "contradicts --input-shape"},
      {{"--assume"}, "--assume"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.arguments[row.arguments.size() - 1]);
    const auto result = run_padproof(with({"inspect", kOpenModel}, row.arguments));
    CHECK(result.exit_code == 2);
    CHECK(holds(result.err, row.says));
  }
}

TEST_CASE("an assumption speaks of both models of a pair, whatever each calls the extent") {
  const TemporaryFolder folder;
  const auto model = [&](const std::string& file, const std::string& size, const std::string& padding) {
    return folder.write(file, padproof::test::model_bytes(
                                  "<ir_version: 8, opset_import: [\"\" : 17]> g (float[1,1," + size +
                                  ",8] x, float[1,1,3,3] w) => (float[] y) { y = Conv<strides=[2,2], " +
                                  padding + ">(x, w) }"));
  };
  const std::string source = model("source.onnx", "H", "auto_pad=\"SAME_UPPER\"");
  const std::string target = model("target.onnx", "rows", "pads=[0,0,1,1]");
  for (const char* command : {"verify", "diff"}) {
    CAPTURE(command);
    CHECK(run_padproof({command, source, target}).exit_code != 0);
    CHECK(run_padproof({command, source, target, "--assume", "H%2=0"}).exit_code == 0);
    CHECK(run_padproof({command, source, target, "--assume", "rows%2=0"}).exit_code == 0);
    CHECK(run_padproof({command, source, target, "--assume", "H%2=1"}).exit_code == 1);
    CHECK(run_padproof({command, source, target, "--assume", "columns%2=1"}).exit_code == 2);
  }
  CHECK(run_padproof({"gate", target, "--baseline", source, "--assume", "rows%2=0"}).exit_code == 0);
  CHECK(run_padproof({"gate", target, "--baseline", source}).exit_code == 1);
}
