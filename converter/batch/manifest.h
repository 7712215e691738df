// SPDX-License-Identifier: Apache-2.0
// The manifest of a batch: JSON Lines, a record for each model, the last one of a model counts.
//
// It is only ever appended to, after what the records say is safe on the disk. A line that a crash has torn
// is cut off when the file is opened again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "converter/batch/record.h"
#include "converter/publish.h"

namespace padproof::converter {

class Manifest {
 public:
  /// Opens or makes the file, and waits until no other process has it open so; `on_wait` is called before it
  /// waits. An error if it holds anything but records.
  template <class OnWait>
  static model::Result<Manifest> open(const std::string& path, OnWait on_wait);

  Manifest(Manifest&& other) noexcept;
  Manifest(const Manifest&) = delete;
  Manifest& operator=(const Manifest&) = delete;
  ~Manifest();

  /// The last record of a model, as of open().
  [[nodiscard]] std::optional<Record> find(const std::string& source) const;
  /// Appends, and with kDisk brings to the disk.
  model::Result<void> append(const std::vector<Record>& records, Durability durability);

 private:
  struct Entry {
    std::uint64_t hash;  // of the source
    std::uint64_t begin;
    std::uint64_t end;
  };

  Manifest(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  static model::Result<Manifest> open_unlocked(const std::string& path);
  [[nodiscard]] bool try_lock() const;
  void lock() const;
  model::Result<void> read();

  std::string path_;
  int descriptor_ = -1;
  std::vector<Entry> entries_;  // by hash, later ones behind earlier ones: the text itself stays in the file
};

template <class OnWait>
model::Result<Manifest> Manifest::open(const std::string& path, OnWait on_wait) {
  auto manifest = open_unlocked(path);
  if (!manifest) return manifest;
  if (!manifest->try_lock()) {
    on_wait();
    manifest->lock();
  }
  if (auto done = manifest->read(); !done) return model::Error(done.error());
  return manifest;
}

/// Of several manifests, such as those of shards: the last record of each model in each, by source. An error
/// if two manifests say different things of one model.
model::Result<std::vector<Record>> merge_manifests(const std::vector<std::string>& paths);

}  // namespace padproof::converter
