// SPDX-License-Identifier: Apache-2.0
// Names below a folder are not trusted: links that stand there lead no file that is written out of it.
#include <doctest/doctest.h>

#include <filesystem>

#include "tests/batch/batches.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

/// `outside/victim`, and nothing else there.
struct Outside {
  explicit Outside(const TemporaryFolder& folder, std::string bytes)
      : folder_(folder.file("outside")), bytes_(std::move(bytes)) {
    fs::create_directories(folder_);
    (void)folder.write("outside/victim", bytes_);
  }
  void check_untouched() const {
    CHECK(files_below(folder_) == Strings{"victim"});
    CHECK(read_file(folder_ + "/victim") == bytes_);
  }

 private:
  std::string folder_;
  std::string bytes_;
};

}  // namespace

TEST_CASE("in place: a file that leads out of its folder is an error of its own") {
  const TemporaryFolder folder;
  write_models(folder);
  const Outside outside(folder, read_file(kSame));
  fs::create_symlink("../outside/victim", folder.file("in/evil.onnx"));
  fs::create_symlink("../a.onnx", folder.file("in/deep/alias.onnx"));
  const auto result = convert({folder.file("in"), "--in-place", "--backup"});
  CHECK(result.process.exit_code == 2);
  CHECK(result.process.err.find("evil.onnx") != std::string::npos);
  CHECK(result.counts.failed() == 1);
  outside.check_untouched();
  CHECK(read_file(folder.file("in/a.onnx")) != read_file(kSame));
  // Who names a link means the file.
  CHECK(convert({folder.file("in/evil.onnx"), "--in-place"}).counts.converted() == 1);
  CHECK(read_file(folder.file("outside/victim")) == read_file(folder.file("in/a.onnx")));
}

TEST_CASE("in place: what a pattern matches leads out of no folder") {
  const TemporaryFolder folder;
  write_models(folder);
  fs::create_directories(folder.file("outside/deep"));
  for (const char* const name : {"outside/x.onnx", "outside/deep/y.onnx"})
    (void)folder.write(name, read_file(kSame));
  fs::create_symlink("../outside/x.onnx", folder.file("in/evil.onnx"));
  fs::create_directory_symlink("../outside/deep", folder.file("in/door"));
  const auto result = convert({folder.file("in/*"), "--in-place"});
  CHECK(result.counts.failed() == 2);
  CHECK(result.counts.converted() == 2);
  for (const char* const name : {"outside/x.onnx", "outside/deep/y.onnx"})
    CHECK(read_file(folder.file(name)) == read_file(kSame));
}

TEST_CASE("in place: a link is no backup") {
  const TemporaryFolder folder;
  write_models(folder);
  fs::create_symlink("a.onnx", folder.file("in/a.onnx.orig"));
  CHECK(convert({folder.file("in/a.onnx"), "--in-place", "--backup"}).process.exit_code == 2);
  CHECK(read_file(folder.file("in/a.onnx")) == read_file(kSame));
}

TEST_CASE("certificates lead out of no folder") {
  const TemporaryFolder folder;
  write_models(folder);
  const Outside outside(folder, "precious");
  fs::create_directories(folder.file("out"));
  for (const char* const place : {"in", "out"})
    fs::create_symlink("../outside/victim", folder.file(place + std::string("/a.onnx.cert.json")));
  CHECK(convert_folder(folder, {"--certificates"}).counts.failed() == 1);
  CHECK(convert({folder.file("in/a.onnx"), "--in-place", "--certificates"}).counts.failed() == 1);
  CHECK(run_padproof({"convert", folder.file("in/a.onnx"), "-o", folder.file("out/a.onnx"), "--certificates"})
            .exit_code == 2);
  CHECK(convert({folder.file("in"), "--in-place", "--certificates"}).counts.failed() == 1);
  outside.check_untouched();
  CHECK_FALSE(fs::exists(folder.file("out/a.onnx")));
  CHECK(read_file(folder.file("in/a.onnx")) == read_file(kSame));
  CHECK(fs::exists(folder.file("in/deep/c.onnx.cert.json")));
}

TEST_CASE("the manifest leads out of no folder but where it is named") {
  const TemporaryFolder folder;
  write_models(folder);
  const Outside outside(folder, "");
  fs::create_directories(folder.file("out"));
  const std::string manifest = folder.file("out/padproof-manifest.jsonl");
  for (const char* const target : {"../outside/victim", "../outside/new"}) {
    fs::create_symlink(target, manifest);
    CHECK(convert_folder(folder).process.exit_code == 2);
    outside.check_untouched();
    if (fs::exists(manifest)) {
      CHECK(convert_folder(folder, {"--manifest", manifest}).process.exit_code == 0);
      CHECK(records_of(manifest).size() == 3);
      (void)folder.write("outside/victim", "");
    }
    fs::remove(manifest);
  }
}

}  // namespace padproof::test
