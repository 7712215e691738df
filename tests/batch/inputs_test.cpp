// SPDX-License-Identifier: Apache-2.0
// What a batch reads, where that goes below --out-dir, and outputs that would meet an input or each other.
#include <doctest/doctest.h>

#include <filesystem>

#include "tests/batch/batches.h"
#include "tests/support/child.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

/// Runs inside of `folder`.
ProcessResult convert_in(const TemporaryFolder& folder, Strings arguments, bool unprivileged = false) {
  Hardship hardship;
  hardship.folder = folder.path();
  hardship.unprivileged = unprivileged;
  arguments.insert(arguments.begin(), "convert");
  return run_under(hardship, arguments);
}

void write(const TemporaryFolder& folder, const std::string& name, const std::string& model) {
  fs::create_directories(fs::path(folder.file(name)).parent_path());
  (void)folder.write(name, read_file(model));
}

}  // namespace

TEST_CASE("an output of a folder that would replace an input is an error of its own") {
  const TemporaryFolder folder;
  write(folder, "in/x.onnx", kSame);
  write(folder, "in/in/x.onnx", kSame2);
  const auto nested = convert_in(folder, {"in", "--out-dir", "."});
  CHECK(nested.exit_code == 2);
  CHECK(nested.err.find("./in/x.onnx) [output-is-input]") != std::string::npos);
  CHECK(read_file(folder.file("in/x.onnx")) == read_file(kSame));
  CHECK(fs::exists(folder.file("x.onnx")));
}

TEST_CASE("an output that leads to an input through a link is an error of its own") {
  const TemporaryFolder folder;
  write(folder, "out/in/x.onnx", kSame);
  fs::create_symlink("in/x.onnx", folder.file("out/x.onnx"));
  CHECK(convert_in(folder, {"out/in", "--out-dir", "out"}).exit_code == 2);
  CHECK(read_file(folder.file("out/in/x.onnx")) == read_file(kSame));
  // The input is the link.
  write(folder, "o/y.onnx", kSame);
  write(folder, "i/y.onnx", kSame2);
  write(folder, "i/z.onnx", kSame2);
  fs::create_symlink("../o/y.onnx", folder.file("i/x.onnx"));
  CHECK(convert_in(folder, {"i", "--out-dir", "o"}).exit_code == 2);
  CHECK(read_file(folder.file("o/y.onnx")) == read_file(kSame));
  CHECK(fs::exists(folder.file("o/x.onnx")));
  CHECK(fs::exists(folder.file("o/z.onnx")));
}

TEST_CASE("two outputs of a folder that are one file through links are errors of their own") {
  const TemporaryFolder folder;
  for (const char* const name : {"in/a/m.onnx", "in/b/m.onnx", "in/c/m.onnx"}) write(folder, name, kSame);
  fs::create_directories(folder.file("out/b"));
  fs::create_directory_symlink("b", folder.file("out/a"));
  for (const char* const jobs : {"1", "2"}) {
    const auto result = convert_in(folder, {"in", "--out-dir", "out", "--jobs", jobs});
    CHECK(result.exit_code == 2);
    CHECK(result.err.find("[output-twice]") != std::string::npos);
    CHECK(files_below(folder.file("out")) == Strings{"c/m.onnx"});
  }
}

TEST_CASE("of several inputs, what stands below --out-dir is none") {
  const TemporaryFolder folder;
  write(folder, "d1/x.onnx", kSame);
  write(folder, "d2/y.onnx", kSame);
  for (int run = 0; run < 2; ++run) {
    CHECK(convert_in(folder, {"d1", "d2", "--out-dir", "d1/out"}).exit_code == 0);
    CHECK(convert_in(folder, {"d*/*", "--out-dir", "d3"}).exit_code == 0);
    CHECK(convert_in(folder, {"d*", "--out-dir", "d3"}).exit_code == 0);
  }
  CHECK(files_below(folder.file("d1/out")) == Strings{"x.onnx", "y.onnx"});
  CHECK(convert_in(folder, {"d1", "d2", "--out-dir", "d2"}).exit_code == 2);
  CHECK(files_below(folder.file("d2")) == Strings{"y.onnx"});
}

TEST_CASE("of several inputs, a folder that holds nothing or cannot be read is an error of its own") {
  const TemporaryFolder folder;
  write(folder, "d1/x.onnx", kSame);
  write(folder, "d2/y.onnx", kSame);
  write(folder, "d2/locked/z.onnx", kSame);
  fs::create_directories(folder.file("empty"));
  fs::create_directories(folder.file("out"));
  const bool drops = can_drop_privileges();
  fs::permissions(folder.path(), fs::perms::all);
  fs::permissions(folder.file("out"), fs::perms::all);
  fs::permissions(folder.file("d2/locked"), fs::perms::none);
  const auto result = convert_in(folder, {"empty", "d1", "d2", "--out-dir", "out"}, drops);
  CHECK(result.exit_code == 2);
  CHECK(result.err.find("no .onnx file below the directory (got empty)") != std::string::npos);
  CHECK(fs::exists(folder.file("out/x.onnx")));
  CHECK(fs::exists(folder.file("out/y.onnx")));
  CHECK((!drops || result.err.find("cannot list") != std::string::npos));
  fs::permissions(folder.file("d2/locked"), fs::perms::owner_all);
}

TEST_CASE("patterns keep the layout below their first wildcard, and look into the folders they match") {
  const TemporaryFolder folder;
  for (const char* const name : {"in/a/x.onnx", "in/b/x.onnx", "in/b/deep/y.onnx"})
    write(folder, name, kSame);
  fs::create_directories(folder.file("in/doc"));
  const Strings all = {"a/x.onnx", "b/deep/y.onnx", "b/x.onnx"};
  CHECK(convert_in(folder, {"in/*/x.onnx", "--out-dir", "o1"}).exit_code == 0);
  CHECK(files_below(folder.file("o1")) == Strings{"a/x.onnx", "b/x.onnx"});
  CHECK(convert_in(folder, {"./in/*", "--out-dir", "o2"}).exit_code == 0);
  CHECK(files_below(folder.file("o2")) == all);
  CHECK(convert_in(folder, {"[i]n/../in/*/", "--out-dir", "o3"}).exit_code == 0);
  CHECK(files_below(folder.file("o3")) == Strings{"in/a/x.onnx", "in/b/deep/y.onnx", "in/b/x.onnx"});
  // No match leads out of the folder for outputs.
  CHECK(convert_in(folder, {"in/*/../../in/a/x.onnx", "--out-dir", "o4"}).exit_code == 2);
  CHECK(convert_in(folder, {"in/a*/../../in/a/x.onnx", "--out-dir", "o4"}).exit_code == 0);
  CHECK(files_below(folder.file("o4")) == Strings{"x.onnx"});
  CHECK(convert_in(folder, {"in/d*", "--out-dir", "o5"}).exit_code == 2);
}

TEST_CASE("one output that is the input is refused, and so is a link to it") {
  const TemporaryFolder folder;
  write(folder, "x.onnx", kSame);
  fs::create_symlink("x.onnx", folder.file("link.onnx"));
  for (const char* const input : {"x.onnx", "link.onnx"})
    for (const char* const output : {"./x.onnx", "link.onnx"}) {
      const auto result = convert_in(folder, {input, "-o", output});
      CHECK(result.exit_code == 2);
      CHECK(result.err.find("--in-place") != std::string::npos);
    }
  CHECK(read_file(folder.file("x.onnx")) == read_file(kSame));
}

TEST_CASE("a report of merged manifests has a known form and replaces none of them") {
  const TemporaryFolder folder;
  write(folder, "in/x.onnx", kSame);
  REQUIRE(convert_in(folder, {"in", "--out-dir", "out", "--manifest", "a.json"}).exit_code == 0);
  const std::string before = read_file(folder.file("a.json"));
  for (const char* const report : {"b.what", "a.json", "all.json"}) {
    CHECK(convert_in(folder, {"--merge-manifests", "a.json", "--manifest", "all.json", "--report", report})
              .exit_code == 2);
    CHECK_FALSE(fs::exists(folder.file("all.json")));
    CHECK(read_file(folder.file("a.json")) == before);
  }
}

TEST_CASE("no manifest or report replaces a model of the batch, and an empty shard is none") {
  const TemporaryFolder folder;
  write(folder, "in/x.onnx", kSame);
  write(folder, "in/y.json", kSame);
  for (const Strings& more : {Strings{"--manifest", "in/x.onnx"},
                              {"--manifest", "out/x.onnx"},
                              {"--certificates", "--report", "out/x.onnx.cert.json"},
                              {"in/y.json", "--report", "out/y.json"},
                              {"--shard", ""}}) {
    Strings arguments = {"in", "--out-dir", "out"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    CAPTURE(more[0]);
    CHECK(convert_in(folder, arguments).exit_code == 2);
    CHECK_FALSE(fs::exists(folder.file("out")));
    CHECK(read_file(folder.file("in/x.onnx")) == read_file(kSame));
  }
}

}  // namespace padproof::test
