// SPDX-License-Identifier: Apache-2.0
// Every session that the README and docs/*.md show is an approved output (tests/golden), every link leads
// to a file, and exit codes and keys of the policy are all there.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "tests/support/process.h"

namespace {

namespace fs = std::filesystem;
using padproof::test::read_file;

std::vector<std::string> files_in(const std::string& folder, const std::string& ending) {
  std::vector<std::string> paths;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ending) paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<std::string> pages() {
  std::vector<std::string> paths = files_in("docs", ".md");
  paths.emplace_back("README.md");
  return paths;
}

const std::string kPrompt = "$ padproof ";

/// Each command with what it prints, of text that begins with a prompt.
std::vector<std::string> sessions_of(std::string text) {
  std::vector<std::string> sessions;
  while (true) {
    const std::size_t next = text.find("\n\n" + kPrompt);
    sessions.push_back(text.substr(0, next));
    if (next == std::string::npos) return sessions;
    text.erase(0, next + 2);
  }
}

/// What a terminal shows of the approved outputs.
std::set<std::string> approved_sessions() {
  std::set<std::string> sessions;
  for (const std::string& path : files_in("tests/golden", ".txt")) {
    std::string text = read_file(path);
    text.erase(text.rfind("\n--- exit code"));
    const std::string mark = "--- standard error\n";
    if (const std::size_t at = text.find(mark); at != std::string::npos) text.erase(at, mark.size());
    for (const std::string& each : sessions_of(text)) sessions.insert(each);
  }
  return sessions;
}

/// The fenced blocks of a page that begin with a prompt.
std::vector<std::string> shown_blocks(const std::string& page) {
  std::vector<std::string> blocks;
  const std::string fence = "\n```";
  for (std::size_t at = page.find(fence); at != std::string::npos;) {
    const std::size_t begin = page.find('\n', at + 1) + 1;
    const std::size_t end = page.find(fence, begin - 1);
    if (page.compare(begin, kPrompt.size(), kPrompt) == 0) blocks.push_back(page.substr(begin, end - begin));
    at = page.find(fence, end + 1);
  }
  return blocks;
}

}  // namespace

TEST_CASE("the pages show what the commands print") {
  const std::set<std::string> approved = approved_sessions();
  std::size_t shown = 0;
  for (const std::string& path : pages()) {
    CAPTURE(path);
    for (const std::string& block : shown_blocks(read_file(path))) {
      for (const std::string& session : sessions_of(block)) {
        CAPTURE(session);
        CHECK(approved.contains(session));
        ++shown;
      }
    }
  }
  CHECK(shown > 15);
}

TEST_CASE("each promise of the page about security has tests") {
  const std::string page = read_file("docs/security.md");
  const std::size_t begin = page.find("## Threats");
  const std::string threats = page.substr(begin, page.find("## Fuzzing") - begin);
  std::string sources;
  for (const auto& entry : fs::recursive_directory_iterator("tests"))
    if (entry.path().extension() == ".cpp") sources += read_file(entry.path().string());
  std::size_t names = 0;
  for (std::size_t at = threats.find('"'); at != std::string::npos; at = threats.find('"', at + 1)) {
    const std::size_t end = threats.find('"', at + 1);
    const std::string name = threats.substr(at, end - at + 1);
    CAPTURE(name);
    CHECK(sources.find("TEST_CASE(" + name) != std::string::npos);
    ++names;
    at = end;
  }
  CHECK(names > 40);
}

TEST_CASE("links of the pages lead to files") {
  std::vector<std::string> paths = pages();
  for (const std::string& page : files_in("docs/rules", ".md")) paths.push_back(page);
  std::size_t links = 0;
  for (const std::string& path : paths) {
    const std::string text = read_file(path);
    for (std::size_t at = text.find("]("); at != std::string::npos; at = text.find("](", at + 1)) {
      const std::string link = text.substr(at + 2, text.find_first_of(")#", at) - at - 2);
      if (link.empty() || link.starts_with("https://")) continue;
      CAPTURE(path);
      CAPTURE(link);
      CHECK(fs::exists(fs::path(path).parent_path() / link));
      ++links;
    }
  }
  CHECK(links > 27);  // the table of the rules alone has so many
}
