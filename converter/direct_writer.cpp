// SPDX-License-Identifier: Apache-2.0
#include "converter/direct_writer.h"

#include <fcntl.h>
#include <libaio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "model/mapped_file.h"

namespace padproof::converter {
namespace {

using model::Bytes;
using model::Result;

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
// Of memory, offsets and lengths that go past the cache: a multiple of every usual disk's block. Where it is
// not enough, the first write says so.
constexpr std::size_t kAlignment = 4096;

/// Whether it could be done.
bool set_bypass(int descriptor, bool is_wanted) {
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0) return false;
  return ::fcntl(descriptor, F_SETFL, is_wanted ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
}

}  // namespace

/// The kernel's queue of a thread, and what its blocks are filled into: one for all files, because to give a
/// queue back takes milliseconds, and fresh memory as long as to fill it. Where there is no queue, each block
/// is waited for.
class DirectWriter::Queue {
 public:
  Queue() : is_open_(::io_setup(kBlocks, &context_) == 0) {
    memory_.reset(static_cast<char*>(std::aligned_alloc(kAlignment, kBlocks * kBlockBytes)));
  }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;
  ~Queue() { close(); }

  /// Null if there was none.
  [[nodiscard]] char* memory() const { return memory_.get(); }

  /// Whether the block is on its way.
  bool send(int descriptor, Block& block) {
    if (!is_open_) return false;
    iocb request{};
    iocb* requests[] = {&request};
    ::io_prep_pwrite(&request, descriptor, block.memory, block.held, static_cast<long long>(block.offset));
    request.data = &block;
    return ::io_submit(context_, 1, requests) == 1;
  }

  /// Until the block, which was sent, is done.
  void await(Block& block) {
    while (block.is_on_its_way) {
      io_event event{};
      const int count = is_open_ ? ::io_getevents(context_, 1, 1, &event, nullptr) : -EBADF;
      if (count == -EINTR) continue;
      if (count == 1) {
        Block& done = *static_cast<Block*>(event.data);
        done.result = static_cast<std::int64_t>(event.res);
        done.is_on_its_way = false;
      } else {
        close();
        block.result = -EIO;
        block.is_on_its_way = false;
      }
    }
  }

 private:
  /// Waits for all that is on its way.
  void close() {
    if (is_open_) ::io_destroy(context_);
    is_open_ = false;
  }

  struct Free {
    void operator()(char* memory) const { std::free(memory); }
  };

  io_context_t context_ = nullptr;
  bool is_open_;
  std::unique_ptr<char, Free> memory_;
};

std::unique_ptr<DirectWriter> DirectWriter::open(int descriptor, std::string path, Meanwhile meanwhile) {
  thread_local Queue queue;
  if (queue.memory() == nullptr || !set_bypass(descriptor, true)) return nullptr;
  return std::unique_ptr<DirectWriter>(
      new DirectWriter(descriptor, std::move(path), std::move(meanwhile), queue));
}

DirectWriter::DirectWriter(int descriptor, std::string path, Meanwhile meanwhile, Queue& queue)
    : descriptor_(descriptor), path_(std::move(path)), meanwhile_(std::move(meanwhile)), queue_(queue) {
  for (std::size_t i = 0; i < blocks_.size(); ++i) blocks_[i].memory = queue.memory() + i * kBlockBytes;
}

DirectWriter::~DirectWriter() {
  for (Block& block : blocks_) queue_.await(block);
}

Result<void> DirectWriter::write(Bytes bytes) {
  while (!bytes.empty()) {
    Block& block = blocks_[current_];
    if (auto settled = settle(block); !settled) return settled;
    const Bytes part = bytes.substr(0, kBlockBytes - block.held);
    std::memcpy(block.memory + block.held, part.data(), part.size());
    block.held += part.size();
    bytes.remove_prefix(part.size());
    if (block.held < kBlockBytes) continue;
    if (auto sent = send(block); !sent) return sent;
  }
  return {};
}

Result<void> DirectWriter::finish() {
  Block& last = blocks_[current_];
  if (auto settled = settle(last); !settled) return settled;
  const std::size_t whole = last.held / kAlignment * kAlignment;
  const std::string rest(last.memory + whole, last.held - whole);
  last.held = whole;
  const std::uint64_t end = offset_ + whole;
  if (whole > 0)
    if (auto sent = send(last); !sent) return sent;
  for (Block& block : blocks_)
    if (auto settled = settle(block); !settled) return settled;
  stop_bypassing();
  return write_out(rest, end);
}

/// The next block is the current one then.
Result<void> DirectWriter::send(Block& block) {
  block.offset = offset_;
  block.is_on_its_way = is_bypassing_ && queue_.send(descriptor_, block);
  if (!block.is_on_its_way) {
    if (auto written = write_out({block.memory, block.held}, block.offset); !written) return written;
    block.result = static_cast<std::int64_t>(block.held);
  }
  if (meanwhile_) meanwhile_(block.held);
  offset_ += block.held;
  current_ = (current_ + 1) % kBlocks;
  return {};
}

/// Makes the block ready to be filled.
Result<void> DirectWriter::settle(Block& block) {
  if (!block.is_on_its_way && block.result == 0) return {};
  queue_.await(block);
  const bool is_whole = block.result == static_cast<std::int64_t>(block.held);
  // What was not for want of alignment comes again.
  if (!is_whole) {
    stop_bypassing();
    if (auto written = write_out({block.memory, block.held}, block.offset); !written) return written;
  }
  block.held = 0;
  block.result = 0;
  return {};
}

Result<void> DirectWriter::write_out(Bytes bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && is_bypassing_) {
      stop_bypassing();
      continue;
    }
    if (written < 0) return model::io_error(path_, "cannot write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
    // A write that was cut short leaves the rest anywhere.
    if (is_bypassing_ && static_cast<std::size_t>(written) % kAlignment != 0) stop_bypassing();
  }
  return {};
}

void DirectWriter::stop_bypassing() {
  if (is_bypassing_) set_bypass(descriptor_, false);
  is_bypassing_ = false;
}

}  // namespace padproof::converter
