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
std::map<dev_t, int> file_systems(const std::vector<Output>& outputs) {
  std::map<dev_t, int> systems;
  for (const Output& output : outputs) {
    // A certificate lies beside its model.
    struct stat info {};
    const int descriptor = output.model.descriptor();
    if (::fstat(descriptor, &info) == 0) systems.emplace(info.st_dev, descriptor);
  }
  return systems;
}

bool flush(const std::map<dev_t, int>& systems) {
  return std::all_of(systems.begin(), systems.end(),
                     [](const auto& system) { return ::syncfs(system.second) == 0; });
}

Result<void> flush_files(const Output& output) {
  if (auto flushed = output.model.flush(); !flushed) return flushed;
  return output.certificate ? output.certificate->flush() : Result<void>();
}

Result<void> commit(Output& output) {
  if (auto committed = output.model.commit(); !committed) return committed;
  return output.certificate ? output.certificate->commit() : Result<void>();
}

}  // namespace

std::vector<Result<void>> commit_all(std::vector<Output>& outputs, Durability durability) {
  std::vector<Result<void>> results(outputs.size());
  if (durability == Durability::kProcess) {
    for (std::size_t i = 0; i < outputs.size(); ++i) results[i] = commit(outputs[i]);
    return results;
  }
  const auto systems = file_systems(outputs);
  const bool is_together = outputs.size() > kFewFiles && can_flush_together();
  const bool is_flushed = is_together && flush(systems);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!is_flushed) results[i] = flush_files(outputs[i]);
    if (results[i]) results[i] = commit(outputs[i]);
  }
  if (is_flushed && flush(systems)) return results;
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (results[i]) results[i] = flush_names_beside(outputs[i].model.path());
  return results;
}

}  // namespace padproof::converter
