// SPDX-License-Identifier: Apache-2.0
// Runs the built binary as a user would, and gives it a folder to work in.
#pragma once

#include <string>
#include <vector>

namespace padproof::test {

struct ProcessResult {
  int exit_code = -1;  // 128 + signal if it was killed
  std::string out;
  std::string err;
};

/// Runs a program of the build with `arguments`.
ProcessResult run_program(std::string binary, const std::vector<std::string>& arguments,
                          const std::string& input = {});
/// Runs PADPROOF_BINARY with `arguments`; `input` becomes its standard input.
ProcessResult run_padproof(const std::vector<std::string>& arguments, const std::string& input = {});

/// A folder that is removed, with all it holds, at the end of the scope.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  /// Writes a file and returns its path.
  std::string write(const std::string& name, const std::string& bytes) const;
  /// Names of all entries, sorted.
  [[nodiscard]] std::vector<std::string> entries() const;

 private:
  std::string path_;
};

std::string read_file(const std::string& path);

}  // namespace padproof::test
