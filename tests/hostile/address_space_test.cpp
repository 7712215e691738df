// SPDX-License-Identifier: Apache-2.0
// Executions where threads and memory are scarce: an answer or a clear error, never an abort.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <string>

#include "tests/support/exports.h"
#include "tests/support/slow_build.h"

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

}  // namespace padproof::test
