// SPDX-License-Identifier: Apache-2.0
// Where a batch writes, and what it does with what stands there.
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/batch/batches.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

bool is_explicit(const std::string& model) {
  return run_padproof({"inspect", model}).out.find("0 implicit") != std::string::npos;
}

std::uint32_t mode_of(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 0777U : 0;
}

}  // namespace

TEST_CASE("in place: inputs are replaced, backups are kept and never replaced") {
  const TemporaryFolder folder;
  write_models(folder);
  CHECK(convert({folder.file("in"), "--in-place", "--backup"}).counts.converted() == 2);
  CHECK(files_below(folder.file("in")) ==
        Strings{"a.onnx", "a.onnx.orig", "b.onnx", "deep/c.onnx", "deep/c.onnx.orig"});
  CHECK(is_explicit(folder.file("in/a.onnx")));
  CHECK(read_file(folder.file("in/a.onnx.orig")) == read_file(kSame));
  CHECK(convert({folder.file("in"), "--in-place", "--backup"}).counts.unchanged() == 3);
  (void)folder.write("in/a.onnx", read_file(kSame2));
  const auto refused = convert({folder.file("in"), "--in-place", "--backup"});
  CHECK(refused.process.exit_code == 2);
  CHECK(refused.process.err.find("backup") != std::string::npos);
  CHECK(read_file(folder.file("in/a.onnx")) == read_file(kSame2));
  CHECK(read_file(folder.file("in/a.onnx.orig")) == read_file(kSame));
  CHECK(convert({folder.file("in"), "--in-place"}).process.exit_code == 0);
  CHECK(is_explicit(folder.file("in/a.onnx")));
}

TEST_CASE("permissions and links are treated as cp does") {
  const TemporaryFolder folder;
  write_models(folder);
  fs::permissions(folder.file("in/a.onnx"), fs::perms(0640));
  REQUIRE(convert_folder(folder).process.exit_code == 0);
  CHECK(mode_of(folder.file("out/a.onnx")) == 0640);
  fs::permissions(folder.file("out/a.onnx"), fs::perms(0666));
  fs::create_directories(folder.file("out/real"));
  fs::rename(folder.file("out/deep/c.onnx"), folder.file("out/real/c.onnx"));
  fs::create_symlink("../real/c.onnx", folder.file("out/deep/c.onnx"));
  (void)folder.write("in/a.onnx", read_file(kSame2));
  (void)folder.write("in/deep/c.onnx", read_file(kSame));
  REQUIRE(convert_folder(folder).process.exit_code == 0);
  CHECK(mode_of(folder.file("out/a.onnx")) == 0666);
  CHECK(fs::is_symlink(folder.file("out/deep/c.onnx")));
  CHECK_FALSE(fs::is_symlink(folder.file("out/real/c.onnx")));
  CHECK(read_file(folder.file("out/real/c.onnx")) == read_file(folder.file("out/deep/c.onnx")));
  // An input that is a link stays one.
  fs::create_symlink("a.onnx", folder.file("in/link.onnx"));
  REQUIRE(convert({folder.file("in/link.onnx"), "--in-place"}).process.exit_code == 0);
  CHECK(fs::is_symlink(folder.file("in/link.onnx")));
  CHECK(is_explicit(folder.file("in/a.onnx")));
}

TEST_CASE("what is replaced keeps its owner, and folders are like those of the sources") {
  const TemporaryFolder folder;
  write_models(folder);
  fs::permissions(folder.file("in/deep"), fs::perms(0510));
  REQUIRE(convert_folder(folder).process.exit_code == 0);
  CHECK(mode_of(folder.file("out/deep")) == 0710);
  fs::permissions(folder.file("in/deep"), fs::perms(0700));
  constexpr uid_t kSomebody = 4242;
  if (::chown(folder.file("in/a.onnx").c_str(), kSomebody, kSomebody) != 0) return;  // not as root
  REQUIRE(convert({folder.file("in/a.onnx"), "--in-place"}).counts.converted() == 1);
  struct stat info {};
  REQUIRE(::stat(folder.file("in/a.onnx").c_str(), &info) == 0);
  CHECK(info.st_uid == kSomebody);
  CHECK(info.st_gid == kSomebody);
}

TEST_CASE("a batch does with the descriptors that it may have") {
  const TemporaryFolder folder;
  fs::create_directories(folder.file("in"));
  constexpr int kModels = 300;
  for (int i = 0; i < kModels; ++i) (void)folder.write("in/" + std::to_string(i) + ".onnx", read_file(kSame));
  // The hard limit: a soft one is raised.
  const std::string command = "ulimit -n 128; exec \"$0\" \"$@\"";
  const auto result = run_program("/bin/sh", {"-c", command, PADPROOF_BINARY, "convert", folder.file("in"),
                                              "--out-dir", folder.file("out"), "--certificates", "--quiet"});
  CHECK(result.exit_code == 0);
  CHECK(files_below(folder.file("out")).size() == 2 * kModels);
}

TEST_CASE("nothing is written outside of --out-dir") {
  const TemporaryFolder folder;
  write_models(folder);
  fs::create_directories(folder.file("elsewhere"));
  fs::create_directories(folder.file("out"));
  fs::create_directory_symlink(folder.file("elsewhere"), folder.file("out/deep"));
  const auto result = convert_folder(folder);
  CHECK(result.process.exit_code == 2);
  CHECK(result.process.err.find("leads out of the folder") != std::string::npos);
  CHECK(fs::is_empty(folder.file("elsewhere")));
  CHECK(fs::exists(folder.file("out/a.onnx")));
  // A single file that is a link leads out too.
  fs::remove(folder.file("out/deep"));
  (void)folder.write("elsewhere/victim", "precious");
  fs::remove(folder.file("out/a.onnx"));
  fs::create_symlink(folder.file("elsewhere/victim"), folder.file("out/a.onnx"));
  CHECK(convert_folder(folder).process.exit_code == 2);
  CHECK(read_file(folder.file("elsewhere/victim")) == "precious");
}

TEST_CASE("what stands below --out-dir is no input") {
  const TemporaryFolder folder;
  write_models(folder);
  for (const int up_to_date : {0, 3}) {
    const auto result = convert({folder.file("in"), "--out-dir", folder.file("in/explicit")});
    CHECK(result.process.exit_code == 0);
    CHECK(result.counts.models() == 3);
    CHECK(result.counts.up_to_date() == up_to_date);
  }
  CHECK(convert({folder.file("in"), "--out-dir", folder.file("in")}).process.exit_code == 2);
  CHECK(convert({folder.file("in"), folder.file("in/a.onnx"), "--out-dir", folder.file("o")})
            .process.exit_code == 2);
  CHECK(convert({folder.file("in/a.onnx"), folder.file("in/./a.onnx"), "--in-place"}).process.exit_code == 2);
}

TEST_CASE("external data is copied and looked at again, or linked") {
  const TemporaryFolder folder;
  fs::create_directories(folder.file("in"));
  (void)folder.write("in/m.onnx", model_with_weights_in("w.bin"));
  (void)folder.write("in/w.bin", std::string(36, 'w'));
  CHECK(convert_folder(folder).counts.converted() == 1);
  const auto record = records_of(folder.file("out/padproof-manifest.jsonl")).at("m.onnx");
  REQUIRE(record.external.size() == 1);
  CHECK(record.external[0].location == "w.bin");
  CHECK(record.external[0].bytes == 36);
  CHECK(record.external[0].sha256 == model::sha256_of(std::string(36, 'w')));
  CHECK(convert_folder(folder).counts.up_to_date() == 1);
  fs::remove(folder.file("out/w.bin"));
  CHECK(convert_folder(folder).counts.converted() == 1);
  CHECK(read_file(folder.file("out/w.bin")) == std::string(36, 'w'));
  // Another file under that name is not replaced where no record says that it is ours.
  (void)folder.write("out/w.bin", std::string(36, 'v'));
  fs::remove(folder.file("out/padproof-manifest.jsonl"));
  CHECK(convert_folder(folder).process.exit_code == 2);
  CHECK(read_file(folder.file("out/w.bin")) == std::string(36, 'v'));
  const auto linked = convert({folder.file("in"), "--out-dir", folder.file("linked"), "--link"});
  CHECK(linked.counts.converted() == 1);
  CHECK(fs::equivalent(folder.file("in/w.bin"), folder.file("linked/w.bin")));
  CHECK(convert({folder.file("in"), "--out-dir", folder.file("linked"), "--link"}).counts.up_to_date() == 1);
}

TEST_CASE("a folder or an output that cannot be written fails alone") {
  const TemporaryFolder folder;
  write_models(folder);
  fs::create_directories(folder.file("out/a.onnx"));
  (void)folder.write("out/deep", "a file where a folder should be");
  const auto result = convert_folder(folder, {"--copy-unchanged"});
  CHECK(result.process.exit_code == 2);
  CHECK(result.counts.failed() == 2);
  CHECK(read_file(folder.file("out/b.onnx")) == read_file(kPads));
  CHECK(files_below(folder.file("out")) == Strings{"b.onnx", "deep"});
}

}  // namespace padproof::test
