// SPDX-License-Identifier: Apache-2.0
// Several inputs at once: outputs that collide, one bad file among good ones, a program killed in the middle.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/rejected.h"
#include "tests/support/wire_bytes.h"

namespace {

using padproof::test::check_rejected;
using padproof::test::good_model;
using padproof::test::run_padproof;
using padproof::test::TemporaryFolder;
namespace fs = std::filesystem;
namespace wire = padproof::test::wire;

constexpr int kBadInput = 2;

}  // namespace

TEST_CASE("two inputs that map to one output") {
  const TemporaryFolder folder;
  fs::create_directories(folder.file("a"));
  fs::create_directories(folder.file("b"));
  const std::string first = folder.write("a/model.onnx", good_model());
  const std::string second = folder.write("b/model.onnx", good_model());
  const std::string out = folder.file("out");
  check_rejected({"convert", first, second, "--out-dir", out}, folder, kBadInput, "[output-twice]");
  check_rejected({"convert", first, first, "--out-dir", out}, folder, kBadInput, "[output-twice]");
  check_rejected({"convert", folder.file("a"), folder.file("b"), "--out-dir", out}, folder, kBadInput,
                 "[output-twice]");
  check_rejected({"convert", first, second, "-o", folder.file("one.onnx")}, folder, kBadInput,
                 "[one-output]");
  check_rejected({"convert", folder.path(), "-o", folder.file("one.onnx")}, folder, kBadInput,
                 "[one-output]");
}

TEST_CASE("an output that is an input, its own or another's") {
  const TemporaryFolder folder;
  fs::create_directories(folder.file("a"));
  fs::create_directories(folder.file("b"));
  const std::string first = folder.write("a/model.onnx", good_model());
  const std::string second = folder.write("b/other.onnx", good_model());
  folder.write("b/model.onnx", good_model());
  fs::create_directory_symlink("b", folder.file("link"));
  for (const std::string& out : {folder.file("a"), folder.file("a/../a"), folder.file("a") + "/"}) {
    check_rejected({"convert", first, second, "--out-dir", out}, folder, kBadInput, "[output-is-input]");
  }
  check_rejected({"convert", first, folder.file("b"), "--out-dir", folder.file("b")}, folder, kBadInput,
                 "[output-");
  check_rejected({"convert", second, "--out-dir", folder.file("link")}, folder, kBadInput,
                 "[output-is-input]");
  CHECK(padproof::test::read_file(first) == good_model());
}

TEST_CASE("one bad file does not stop the others") {
  const TemporaryFolder folder;
  fs::create_directory(folder.file("in"));
  folder.write("in/a.onnx", good_model());
  folder.write("in/b.onnx", "no model");
  fs::create_symlink("c.onnx", folder.file("in/c.onnx"));
  folder.write("in/d.onnx", good_model());
  for (const char* const jobs : {"1", "2"}) {
    const auto result =
        run_padproof({"convert", folder.file("in"), "--out-dir", folder.file("out"), "-j", jobs});
    CHECK(result.exit_code == kBadInput);
    CHECK(padproof::test::lines_of(result.err).size() == 2);  // b, and c, which is a link to itself
    CHECK(fs::exists(folder.file("out/a.onnx")));
    CHECK_FALSE(fs::exists(folder.file("out/b.onnx")));
    CHECK(fs::exists(folder.file("out/d.onnx")));
    fs::remove_all(folder.file("out"));
  }
}

TEST_CASE("a loop of links among named inputs") {
  const TemporaryFolder folder;
  const std::string good = folder.write("good.onnx", good_model());
  fs::create_symlink("loop.onnx", folder.file("loop.onnx"));
  const auto result =
      run_padproof({"convert", good, folder.file("loop.onnx"), "--out-dir", folder.file("out")});
  CHECK(result.exit_code == kBadInput);
  CHECK(padproof::test::lines_of(result.err).size() == 1);
  CHECK(fs::exists(folder.file("out/good.onnx")));
}

TEST_CASE("killed in the middle, nothing carries the final name") {
  const TemporaryFolder folder;
  fs::create_directory(folder.file("out"));
  constexpr std::size_t kElements = std::size_t{16} << 20;
  const std::string model = wire::image_model(
      wire::node("Conv", {"x", "w"}, {"y"}, wire::text("auto_pad", "SAME_UPPER")) +
      wire::initializer("table", {static_cast<std::int64_t>(kElements)}, std::string(kElements * 4, '\x01')));
  const std::string path = folder.write("model.onnx", model);
  const auto ready = [](const std::string& out) {
    const auto entries = fs::directory_iterator(out);
    return std::any_of(begin(entries), end(entries), [](const auto&) { return true; });
  };
  int killed_early = 0;
  for (int attempt = 0; attempt < 20 && killed_early == 0; ++attempt) {
    const std::string out = folder.file("out/model.onnx");
    const bool killed = padproof::test::kill_when({"convert", path, "-o", out}, ready, folder.file("out"));
    if (fs::exists(out)) {
      CHECK(fs::file_size(out) > model.size());  // too late: it is there, and whole
    } else if (killed) {
      ++killed_early;
    }
    for (const auto& entry : fs::directory_iterator(folder.file("out"))) {
      const std::string name = entry.path().filename().string();
      CHECK((name == "model.onnx" || (name.starts_with(".") && name.ends_with(".padproof-tmp"))));
    }
    fs::remove_all(folder.file("out"));
    fs::create_directory(folder.file("out"));
  }
  CHECK(killed_early == 1);
}
