// SPDX-License-Identifier: Apache-2.0
// Manifests that a full disk, a power cut or another hand has been at.
#include "converter/batch/manifest.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "tests/batch/batches.h"
#include "tests/support/models.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;

const std::string kManifest = "out/padproof-manifest.jsonl";

converter::Manifest open_manifest(const std::string& path) {
  return value_or_throw(converter::Manifest::open(path, [] {}));
}

converter::Record record_of(const std::string& source) {
  converter::Record record;
  record.source = source;
  record.status = "converted";
  record.verdict = "proved";
  record.reason = std::string(200, 'r');
  return record;
}

/// While it lives no file may grow beyond `bytes`.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit full{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &full);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    (void)std::signal(SIGXFSZ, handler_);
  }

 private:
  void (*handler_)(int);
  rlimit before_{};
};

}  // namespace

TEST_CASE("a disk that is full for a moment leaves the manifest whole, and nothing is appended behind it") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.jsonl");
  constexpr auto kProcess = converter::Durability::kProcess;
  {
    auto manifest = open_manifest(path);
    CHECK(manifest.append({record_of("a")}, kProcess).has_value());
    const auto size = fs::file_size(path);
    {
      const FullDisk full(size + 100);
      CHECK_FALSE(manifest.append({record_of("b")}, kProcess).has_value());
    }
    CHECK(fs::file_size(path) == size);
    CHECK_FALSE(manifest.append({record_of("c")}, kProcess).has_value());
  }
  auto manifest = open_manifest(path);
  CHECK(manifest.append({record_of("d")}, kProcess).has_value());
  CHECK(records_of(path).size() == 2);
}

TEST_CASE("lines that are no records are passed over, and their models are done again") {
  struct Row {
    const char* what;
    std::size_t cut;     // of the first line, with its end
    std::string behind;  // the whole
    bool is_warned;
  };
  const std::vector<Row> rows = {{"torn in the middle", 40, "", true},
                                 {"zeros at the end", 0, std::string(5000, '\0'), false},
                                 {"a torn line and zeros", 0, "{\"schema_ver" + std::string(50, '\0'), false},
                                 {"somebody's notes", 0, "notes", true}};
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const TemporaryFolder folder;
    write_models(folder);
    REQUIRE(convert_folder(folder).process.exit_code == 0);
    std::string text = read_file(folder.file(kManifest));
    const std::size_t end = text.find('\n') + 1;
    if (row.cut != 0) text.erase(end - row.cut, row.cut);
    (void)folder.write(kManifest, text + row.behind);
    const auto merged =
        convert({"--merge-manifests", folder.file(kManifest), "--manifest", folder.file("all.jsonl")});
    CHECK(merged.process.exit_code == 0);
    CHECK(merged.counts.models() == (row.cut != 0 ? 1 : 3));
    const auto result = convert_folder(folder);
    CHECK(result.process.exit_code == 0);
    CHECK(result.counts.up_to_date() == (row.cut != 0 ? 1 : 3));
    for (const auto& each : {merged, result})
      CHECK((each.process.err.find("do not count") != std::string::npos) == row.is_warned);
    (void)folder.write("in/new.onnx", read_file(kSame));
    CHECK(convert_folder(folder).counts.converted() == 1);
    CHECK(convert_folder(folder).counts.up_to_date() == 4);
  }
}

TEST_CASE("only zeros were a manifest, a file that begins with zeros was none") {
  const TemporaryFolder folder;
  write_models(folder);
  CHECK(convert_folder(folder, {"--manifest", folder.write("zeros", std::string(64, '\0'))})
            .process.exit_code == 0);
  const std::string other = std::string(8, '\0') + "ftyp";
  CHECK(convert_folder(folder, {"--manifest", folder.write("film", other)}).process.exit_code == 2);
  CHECK(read_file(folder.file("film")) == other);
}

TEST_CASE("a manifest that is replaced while one waits for it is not written behind its back") {
  const TemporaryFolder folder;
  const std::string path = folder.write("m.jsonl", "");
  const int held = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(::flock(held, LOCK_EX) == 0);
  {
    auto manifest = value_or_throw(converter::Manifest::open(path, [&] {
      fs::rename(folder.write("new", converter::to_line(record_of("a"))), path);
      ::close(held);
    }));
    CHECK(manifest.find("a").has_value());
    CHECK(manifest.append({record_of("b")}, converter::Durability::kProcess).has_value());
    CHECK(records_of(path).size() == 2);
    fs::remove(path);
    const auto lost = manifest.append({record_of("c")}, converter::Durability::kProcess);
    REQUIRE_FALSE(lost.has_value());
    CHECK(lost.error().what.find("removed or replaced") != std::string::npos);
  }
}

}  // namespace padproof::test
