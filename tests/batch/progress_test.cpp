// SPDX-License-Identifier: Apache-2.0
// What a terminal shows while a batch runs.
#include <doctest/doctest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <regex>

#include "tests/batch/batches.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;

constexpr unsigned short kColumns = 40;

/// All that padproof writes to a terminal.
std::string on_terminal(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), PADPROOF_BINARY);
  std::vector<char*> words;
  words.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  winsize size{24, kColumns, 0, 0};
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
  REQUIRE(child >= 0);
  if (child == 0) {
    ::execv(words[0], words.data());
    ::_exit(127);
  }
  std::string text;
  std::array<char, 4096> block{};
  for (ssize_t got = 0; (got = ::read(terminal, block.data(), block.size())) > 0;)
    text.append(block.data(), static_cast<std::size_t>(got));
  ::close(terminal);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  return text;
}

}  // namespace

TEST_CASE("a slow batch of few models shows each of them, on one line, which goes before the report") {
  const TemporaryFolder folder;
  fs::create_directories(folder.file("in"));
  for (const char* const name : {"a", "b", "c", "d"})
    fs::copy_file("testdata/exports/resnet50_same/model.onnx",
                  folder.file("in/" + std::string(name) + ".onnx"));
  // As large as it takes to be slow here.
  std::string text;
  bool is_shown = false;
  for (const std::string size : {"1024", "2048", "4096"}) {
    fs::remove_all(folder.file("out"));
    text = on_terminal({"convert", folder.file("in"), "--out-dir", folder.file("out"), "--input-shape",
                        "image=4x" + size + "x" + size + "x3", "--verify", "run", "--jobs", "1"});
    is_shown = std::regex_search(text, std::regex(R"([123] of 4 mo)"));
    if (is_shown) break;
  }
  CHECK(is_shown);
  const std::string clear = "\r\x1b[K";
  std::size_t last = 0;
  for (std::size_t at = text.find(clear); at != std::string::npos; at = text.find(clear, last)) {
    last = at + clear.size();
    const std::size_t length = std::min(text.find(clear, last), text.find('\r', last)) - last;
    if (text[last] == '[') CHECK(length < kColumns);
  }
  REQUIRE(last != 0);
  CHECK(text[last] != '[');  // the report begins on an empty line
}

}  // namespace padproof::test
