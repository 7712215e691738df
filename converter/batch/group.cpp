// SPDX-License-Identifier: Apache-2.0
#include "converter/batch/group.h"

#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>

namespace padproof::converter {
namespace {

using model::Result;

// Below so many, one after another is faster than all that the file system has open.
constexpr std::size_t kFewFiles = 4;

/// Before Linux 5.8 syncfs does not tell of what could not be written.
bool can_flush_together() {
  static const bool kCan = [] {
    utsname system{};
    if (::uname(&system) != 0 || std::string_view(system.sysname) != "Linux") return false;
    int major = 0;
    int minor = 0;
    const std::string_view release(system.release);
    const auto dot = std::from_chars(release.data(), release.data() + release.size(), major);
    if (dot.ec != std::errc{} || dot.ptr == release.data() + release.size()) return false;
    std::from_chars(dot.ptr + 1, release.data() + release.size(), minor);
    return major > 5 || (major == 5 && minor >= 8);
  }();
  return kCan;
}

/// A descriptor on each of the file systems that the files are on.
std::map<dev_t, int> file_systems(const std::vector<Publication>& files) {
  std::map<dev_t, int> systems;
  for (const Publication& file : files) {
    struct stat info {};
    if (::fstat(file.descriptor(), &info) == 0) systems.emplace(info.st_dev, file.descriptor());
  }
  return systems;
}

bool flush(const std::map<dev_t, int>& systems) {
  return std::all_of(systems.begin(), systems.end(),
                     [](const auto& system) { return ::syncfs(system.second) == 0; });
}

}  // namespace

std::vector<Result<void>> commit_all(std::vector<Publication>& files, Durability durability) {
  std::vector<Result<void>> results(files.size());
  if (durability == Durability::kProcess) {
    for (std::size_t i = 0; i < files.size(); ++i) results[i] = files[i].commit();
    return results;
  }
  const auto systems = file_systems(files);
  const bool is_together = files.size() > kFewFiles && can_flush_together();
  const bool is_flushed = is_together && flush(systems);
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!is_flushed) results[i] = files[i].flush();
    if (results[i]) results[i] = files[i].commit();
  }
  if (is_flushed && flush(systems)) return results;
  for (std::size_t i = 0; i < files.size(); ++i)
    if (results[i]) results[i] = flush_names_beside(files[i].path());
  return results;
}

}  // namespace padproof::converter
