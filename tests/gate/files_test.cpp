// SPDX-License-Identifier: Apache-2.0
// The gate's files: last good exports, reports, models that cannot be read.
#include <doctest/doctest.h>

#include <filesystem>
#include <limits>

#include "tests/gate/runs.h"
#include "tests/support/models.h"
#include "verifier/gate/gate.h"

namespace {

using namespace padproof::test;  // NOLINT(google-build-using-namespace)

}  // namespace

TEST_CASE("one unreadable model among twenty: the others are judged, and exit code 2") {
  const TemporaryFolder folder;
  for (int i = 0; i < 20; ++i)
    folder.write("m" + std::to_string(i) + ".onnx", read_file(i % 2 == 0 ? kExplicit : kImplicit));
  folder.write("m5x.onnx", "not a model");
  const auto result = gate({folder.path(), "--jobs", "2", "--write-baseline", folder.file("known.json")});
  CHECK(result.exit_code == 2);
  CHECK(says(result, "m5x.onnx: "));
  CHECK(says(result, "[baseline-not-written]"));
  CHECK_FALSE(std::filesystem::exists(folder.file("known.json")));
  const auto report = report_of(result);
  REQUIRE(report.models_size() == 21);
  int errors = 0;
  for (const auto& model : report.models()) {
    CAPTURE(model.source());
    const bool is_bad = model.source().ends_with("m5x.onnx");
    const bool is_broken = model.findings_size() != 0;
    CHECK(model.verdict() == (is_bad ? "error" : is_broken ? "refuted" : "none"));
    // Nothing is accepted that is not written.
    if (is_broken) CHECK(findings_of(model) == Strings{"implicit-padding new"});
    errors += is_broken ? 1 : 0;
  }
  CHECK(errors == 10);
}

TEST_CASE("a folder of last good exports, by name; what it does not hold is told") {
  const TemporaryFolder folder;
  for (const char* const each : {"good/deep", "new/deep"})
    std::filesystem::create_directories(folder.file(each));
  folder.write("good/deep/a.onnx", read_file(kStrided));
  folder.write("new/deep/a.onnx", read_file(kShortcut));
  folder.write("new/b.onnx", read_file(kExplicit));
  const auto result = gate({folder.file("new"), "--baseline", folder.file("good"), "--no-run"});
  CHECK(result.exit_code == 1);
  const auto report = report_of(result);
  REQUIRE(report.models_size() == 2);
  CHECK(findings_of(report.models(0)) == Strings{"baseline-missing new"});
  CHECK(report.models(0).verdict() == "none");
  CHECK(findings_of(report.models(1)) == Strings{"baseline-padding new"});
  CHECK(report.models(1).baseline() == folder.file("good/deep/a.onnx"));
  // One of its exports is broken: that concerns its model alone.
  folder.write("good/deep/a.onnx", "not a model");
  const auto broken = gate({folder.file("new"), "--baseline", folder.file("good"), "--no-run"});
  CHECK(broken.exit_code == 2);
  CHECK(report_of(broken).models(0).verdict() == "none");
  CHECK(report_of(broken).models(1).verdict() == "error");
  CHECK(says(broken, "good/deep/a.onnx"));
}

TEST_CASE("a baseline that cannot be used is an error of usage") {
  const TemporaryFolder folder;
  CHECK(says(gate({kImplicit, kExplicit, "--baseline", kExplicit}), "several models"));
  CHECK(says(gate({kExplicit, "--baseline", kExplicit, "--baseline", kExplicit}), "exports twice"));
  CHECK(says(gate({kExplicit, "--baseline", folder.file("none.onnx")}), "none.onnx"));
  for (const Strings& wrong :
       {Strings{kImplicit, kExplicit, "--baseline", kExplicit},
        Strings{kExplicit, "--baseline", kExplicit, "--baseline", kExplicit},
        Strings{kExplicit, "--baseline", folder.file("none.onnx")}, Strings{}, Strings{kExplicit, "--rules"},
        Strings{"--rules", "--write-baseline", folder.file("known.json")}})
    CHECK(gate(wrong).exit_code == 2);
  CHECK(folder.entries().empty());
}

TEST_CASE("thresholds decide how far outputs may move") {
  const TemporaryFolder folder;
  const Strings against = {kShortcut, "--baseline", kStrided, "--samples", "1"};
  for (const auto& row :
       {std::pair("", true), std::pair("max-relative = 0.1", true), std::pair("max-relative = 10", false)}) {
    const std::string policy = row.first;
    CAPTURE(policy);
    Strings arguments = against;
    arguments.insert(arguments.end(), {"--policy", folder.write("p.toml", "[baseline]\n" + policy)});
    const auto found = findings_of(report_of(gate(arguments)).models(0));
    const Strings both = {"baseline-padding new", "baseline-values new"};
    CHECK(found == (row.second ? both : Strings{"baseline-padding new"}));
  }
}

TEST_CASE("nothing that is read is written over, and the report, if it is no such file, says so") {
  const TemporaryFolder folder;
  const std::string model = folder.write("m.onnx", read_file(kExplicit));
  const std::string good = folder.write("good.onnx", read_file(kExplicit));
  const std::string policy = folder.write("p.toml", "");
  const std::string report = folder.file("r.json");
  for (const std::string& taken : {model, good, policy, report}) {
    CAPTURE(taken);
    const auto result = gate({model, "--no-run", "--baseline", good, "--policy", policy, "--report", report,
                              "--write-baseline", taken});
    CHECK(result.exit_code == 2);
    CHECK(says(result, taken));
    // What would be replaced may be what the report is to be.
    const bool is_told = std::filesystem::exists(report);
    CHECK(is_told == (taken != report));
    if (is_told) CHECK(read_file(report).find("\"verdict\": \"error\"") != std::string::npos);
    std::filesystem::remove(report);
  }
  CHECK(folder.entries() == Strings{"good.onnx", "m.onnx", "p.toml"});
  CHECK(read_file(model) == read_file(kExplicit));
  CHECK(gate({model, "--report", model}).exit_code == 2);
}

TEST_CASE("what keeps the gate from starting is in its reports, none of which replaces a file") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("p.toml", "[rules]\nno-rule = \"off\"\n");
  const std::string known = folder.write("known.json", "{");
  const Strings wrong[] = {
      {kExplicit, "--policy", policy},
      {kExplicit, "--baseline", known},
      {folder.file("none/*.onnx")},
      {kExplicit, "--input-shape", "x"},
      {kExplicit, kImplicit, "--baseline", kExplicit},
  };
  for (Strings arguments : wrong) {
    CAPTURE(arguments.back());
    std::string code;
    for (const char* const ending : {"json", "sarif", "xml", "md", "html", "txt"})
      arguments.insert(arguments.end(), {"--report", folder.file(std::string("r.") + ending)});
    const auto result = gate(arguments);
    CHECK(result.exit_code == 2);
    const auto report = report_of(result);
    CHECK(report.verdict() == "error");
    CHECK(report.models_size() == 0);
    REQUIRE(report.errors_size() == 1);
    const std::string text = report.errors(0).text();
    CHECK(result.err == "padproof: " + text + "\n");
    CHECK(read_file(folder.file("r.txt")) == "error: " + text + "\n");
    CHECK(read_file(folder.file("r.md")).starts_with("**error** "));
    CHECK(read_file(folder.file("r.sarif")).find("\"executionSuccessful\": false") != std::string::npos);
    for (const char* const ending : {"json", "sarif", "xml", "html"})
      CHECK(read_file(folder.file(std::string("r.") + ending)).find(report.errors(0).code()) !=
            std::string::npos);
    for (const char* const ending : {"json", "sarif", "xml", "md", "html", "txt"})
      std::filesystem::remove(folder.file(std::string("r.") + ending));
  }
  const auto text = run_padproof({"gate", kExplicit, "--policy", policy});
  CHECK(text.exit_code == 2);
  CHECK(text.out.empty());
  const auto taken = gate({kExplicit, "--baseline", known, "--report", known});
  CHECK(taken.exit_code == 2);
  CHECK(report_of(taken).errors_size() == 1);
  CHECK(read_file(known) == "{");
}

TEST_CASE("a file is hashed whatever bytes its path has") {
  const TemporaryFolder folder;
  for (const char* const name : {"plain.onnx", "t\xff\x01\n.onnx", "a\\x41.onnx"}) {
    const auto report = report_of(gate({folder.write(name, read_file(kExplicit))}));
    CHECK(report.models(0).source_file().sha256().size() == 64);
  }
}

TEST_CASE("a report that cannot be written is an error, and the verdict is still told") {
  const TemporaryFolder folder;
  const std::string blocked = folder.write("file", "") + "/r.json";
  for (const std::string& written : {std::string("--report"), std::string("--write-baseline")}) {
    const auto result = gate({kImplicit, written, blocked});
    CHECK(result.exit_code == 2);
    CHECK(says(result, blocked));
    CHECK(findings_of(report_of(result).models(0)) == Strings{"implicit-padding new"});
  }
}

TEST_CASE("a suppression that suppresses nothing is told of, unless its models are elsewhere or unread") {
  const TemporaryFolder folder;
  const std::string suppression = "[[suppress]]\nrule = \"implicit-padding\"\nreason = \"r\"\n";
  const std::string everywhere = folder.write("p.toml", suppression);
  const std::string note = everywhere + ":1: the suppression of implicit-padding suppresses nothing";
  CHECK(says(gate({kExplicit, "--policy", everywhere}), note));
  CHECK(gate({kExplicit, "--policy", everywhere}).exit_code == 0);
  CHECK_FALSE(says(gate({kImplicit, kExplicit, "--policy", everywhere}), note));
  CHECK_FALSE(says(gate({kExplicit, folder.file("none.onnx"), "--policy", everywhere}), note));
  CHECK_FALSE(says(gate({"--rules", "--policy", everywhere}), note));
  folder.write("p.toml", suppression + "model = \"same.onnx\"\n");
  CHECK_FALSE(says(gate({kExplicit, "--policy", everywhere}), note));
  CHECK(gate({kImplicit, "--policy", everywhere}).exit_code == 0);
}

TEST_CASE("rules are kept in functions, told once, and the policy finds their nodes") {
  const TemporaryFolder folder;
  const std::string model = folder.write("m.onnx", model_bytes(
                                                       R"(<ir_version: 8, opset_import: ["" : 17, "own" : 1]>
g (float[1,1,8,8] x, float[1,1,3,3] w) => (float[] y) {
  a = own.block(x, w)
  y = own.block(a, w)
}
<domain: "own", opset_import: ["" : 17]>
block (x, w) => (y) { y = Conv<auto_pad = "SAME_UPPER">(x, w) }
)"));
  const auto report = report_of(gate({model}));
  REQUIRE(report.models(0).findings_size() == 1);
  CHECK(report.models(0).findings(0).graph() != "main");
  const std::string policy =
      folder.write("p.toml", "[[suppress]]\nrule = \"implicit-padding\"\nnode = \"y\"\nreason = \"r\"\n");
  CHECK(gate({model, "--policy", policy}).exit_code == 0);
}

TEST_CASE("--write-baseline replaces nothing but a file of accepted findings") {
  const TemporaryFolder folder;
  const std::string weights = folder.write("weights.data", "not findings");
  CHECK(gate({kImplicit, "--write-baseline", weights}).exit_code == 2);
  CHECK(padproof::test::read_file(weights) == "not findings");
  const std::string known = folder.file("known.json");
  CHECK(gate({kImplicit, "--write-baseline", known}).exit_code == 0);
  CHECK(gate({kExplicit, "--write-baseline", known}).exit_code == 0);
}

TEST_CASE("files that are named alone find their place in a baseline's folder") {
  const TemporaryFolder folder;
  for (const char* const side : {"good", "new"})
    for (const char* const model : {"a", "b"}) {
      std::filesystem::create_directories(folder.file(side) + "/" + model);
      const bool is_wrong = std::string(side) == "new" && std::string(model) == "b";
      std::filesystem::copy_file(is_wrong ? kShortcut : kStrided,
                                 folder.file(side) + "/" + model + "/model.onnx");
    }
  const std::string a = folder.file("new/a/model.onnx");
  const std::string b = folder.file("new/b/model.onnx");
  const auto report = report_of(gate({a, b, "--baseline", folder.file("good"), "--no-run"}));
  CHECK(report.models(0).baseline() == folder.file("good/a/model.onnx"));
  CHECK(report.models(1).baseline() == folder.file("good/b/model.onnx"));
  CHECK(report.models(1).verdict() == "refuted");
  std::filesystem::rename(folder.file("good/a/model.onnx"), folder.file("good/model.onnx"));
  std::filesystem::remove_all(folder.file("good/b"));
  CHECK(gate({a, b, "--baseline", folder.file("good"), "--no-run"}).exit_code == 2);
}

TEST_CASE("an output that is no number any more is beyond any threshold") {
  padproof::verifier::DiffNumbers numbers;
  numbers.samples = 1;
  auto& output = numbers.outputs.emplace_back();
  output.max_absolute = std::numeric_limits<double>::infinity();
  output.largest = 10;
  padproof::verifier::Policy policy;
  policy.max_relative = 1e300;
  const auto findings = padproof::verifier::check_baseline({}, &numbers, policy);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].rule == "baseline-values");
}
