// SPDX-License-Identifier: Apache-2.0
// A new file past the page cache: whole blocks go to the disk on their own while the next one is filled.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "model/bytes.h"
#include "model/result.h"

namespace padproof::converter {

/// Bytes of a file for which it is worth while to ask the file system for more than bytes in a row.
constexpr std::uint64_t kLargeFile = std::uint64_t{1} << 20;

/// What there is to do while the disk writes: called with how many bytes have just been sent to it.
using Meanwhile = std::function<void(std::size_t bytes)>;

class DirectWriter {
 public:
  /// `descriptor`: of an empty file of the caller's own, open for writing; `path` is what errors name. Null
  /// where the file system cannot. Stays on its thread, where it is the only one.
  static std::unique_ptr<DirectWriter> open(int descriptor, std::string path, Meanwhile meanwhile);
  DirectWriter(const DirectWriter&) = delete;
  DirectWriter& operator=(const DirectWriter&) = delete;
  /// Waits for what is on its way.
  ~DirectWriter();

  model::Result<void> write(model::Bytes bytes);
  /// Writes what is still held back; nothing may follow. By then everything is written, not yet flushed.
  model::Result<void> finish();

 private:
  static constexpr std::size_t kBlocks = 2;
  struct Block {
    char* memory = nullptr;
    std::size_t held = 0;
    std::uint64_t offset = 0;  // of the block in the file
    std::int64_t result = 0;   // bytes written, or minus errno
    bool is_on_its_way = false;
  };
  class Queue;

  DirectWriter(int descriptor, std::string path, Meanwhile meanwhile, Queue& queue);
  model::Result<void> send(Block& block);
  model::Result<void> settle(Block& block);
  model::Result<void> write_out(model::Bytes bytes, std::uint64_t offset);
  void stop_bypassing();

  int descriptor_;
  std::string path_;
  Meanwhile meanwhile_;
  Queue& queue_;
  bool is_bypassing_ = true;
  std::array<Block, kBlocks> blocks_;  // filled by turns
  std::size_t current_ = 0;
  std::uint64_t offset_ = 0;  // of the current block
};

}  // namespace padproof::converter
