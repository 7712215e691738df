// SPDX-License-Identifier: Apache-2.0
// Executions where threads and memory are scarce: an answer or a clear error, never an abort.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/support/exports.h"
#include "tests/support/process.h"
#include "tests/support/slow_build.h"
#include "tests/support/wire_bytes.h"

namespace padproof::test {

TEST_CASE("threads that cannot be had") {
  if (kSanitized) return;  // sanitizers need terabytes of address space
  const std::string model = exported_model("mobilenetv2_static").path;
  for (const int kilobytes : {120'000, 250'000, 400'000})
    for (const int threads : {0, 7, 64, 1024}) {
      CAPTURE(kilobytes);
      CAPTURE(threads);
      const std::string command = "ulimit -v " + std::to_string(kilobytes) +
                                  "; exec " PADPROOF_BINARY " run " + model + " --quiet --threads " +
                                  std::to_string(threads) + " >/dev/null 2>&1";
      const int status = std::system(command.c_str());
      REQUIRE(WIFEXITED(status));
      const int code = WEXITSTATUS(status);
      CHECK((code == 0 || code == 2 || code == 3));
    }
}

TEST_CASE("a batch with hardly any memory ends in order") {
  if (kSanitized) return;
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.file("in"));
  // With a doc_string (ModelProto, field 6) of so many bytes.
  for (const std::size_t bytes : {700'000U, 1'400'000U, 2'100'000U, 2'800'000U})
    (void)folder.write("in/" + std::to_string(bytes) + ".onnx",
                       read_file("testdata/examples/same.onnx") + wire::bytes(6, std::string(bytes, 'x')));
  int good = 0;
  int bad = 0;
  // From what no batch can live on to what every batch can.
  for (int kilobytes = 40'000; kilobytes <= 100'000; kilobytes += 1'000) {
    CAPTURE(kilobytes);
    const std::string command = "ulimit -v " + std::to_string(kilobytes) +
                                "; exec " PADPROOF_BINARY " convert " + folder.file("in") + " --out-dir " +
                                folder.file("out") + " --quiet --jobs 2 >/dev/null 2>&1";
    const int status = std::system(command.c_str());
    REQUIRE(WIFEXITED(status));
    const int code = WEXITSTATUS(status);
    // 127: the dynamic linker had too little.
    CHECK((code == 0 || code == 2 || code == 3 || code == 127));
    (code == 0 ? good : bad) += 1;
    std::filesystem::remove_all(folder.file("out"));
  }
  CHECK(good > 0);
  CHECK(bad > 0);
}

}  // namespace padproof::test
