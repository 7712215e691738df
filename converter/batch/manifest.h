// SPDX-License-Identifier: Apache-2.0
// The manifest of a batch: JSON Lines, a record for each model, the last one of a model counts.
//
// It is only ever appended to, after what the records say is safe on the disk. A line that a crash has torn
// is cut off when the file is opened again; what is no record elsewhere is passed over.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "converter/batch/lines.h"
#include "converter/batch/record.h"
#include "converter/publish.h"

namespace padproof::converter {

class Manifest {
 public:
  /// Opens or makes the file, and waits until no other process has it open so; `on_wait` is called before it
  /// waits. An error if it is no manifest.
  template <class OnWait>
  static model::Result<Manifest> open(const std::string& path, OnWait on_wait);

  Manifest(Manifest&& other) noexcept;
  Manifest(const Manifest&) = delete;
  Manifest& operator=(const Manifest&) = delete;
  ~Manifest();

  /// The last record of a model, as of open().
  [[nodiscard]] std::optional<Record> find(const std::string& source) const;
  /// The last one that is wanted.
  [[nodiscard]] std::optional<Record> find_if(const std::string& source,
                                              const std::function<bool(const Record&)>& is_wanted) const;
  /// The model is met in this run.
  void mark_seen(const std::string& source);
  enum class Which { kAll, kUnseen };
  /// The last record of each model, as of open(), of all or of those not met since.
  void each_last(Which which, const std::function<void(const Record&)>& use) const;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const ManifestDamage& damage() const { return damage_; }
  /// Appends, and with kDisk brings to the disk. What fails leaves the file as it was, and nothing is
  /// appended after it.
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
  [[nodiscard]] bool has_its_name() const;
  [[nodiscard]] std::pair<std::size_t, std::size_t> entries_of(std::uint64_t hash) const;
  [[nodiscard]] std::optional<Record> record_at(const Entry& entry) const;
  model::Result<void> read();

  std::string path_;
  int descriptor_ = -1;
  std::vector<Entry> entries_;  // by hash, later ones behind earlier ones: the text itself stays in the file
  std::vector<bool> is_seen_;   // of the last entry with a hash
  ManifestDamage damage_;
  bool ends_line_ = true;
  bool is_broken_ = false;
};

template <class OnWait>
model::Result<Manifest> Manifest::open(const std::string& path, OnWait on_wait) {
  // Some file systems number a file anew each time.
  constexpr int kMostTries = 100;
  for (int tries = 1;; ++tries) {
    auto manifest = open_unlocked(path);
    if (!manifest) return manifest;
    if (!manifest->try_lock()) {
      on_wait();
      manifest->lock();
    }
    // Whoever had the lock, or somebody else, may have put another file there meanwhile.
    if (!manifest->has_its_name() && tries < kMostTries) continue;
    if (auto done = manifest->read(); !done) return model::Error(done.error());
    return manifest;
  }
}

}  // namespace padproof::converter
