// SPDX-License-Identifier: Apache-2.0
#include "converter/batch/shard.h"

#include <charconv>

#include "model/digest.h"

namespace padproof::converter {
namespace {

constexpr std::uint64_t kMostShards = 1'000'000;

bool read_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

bool Shard::holds(std::string_view relative_path) const {
  if (count == 1) return true;
  std::uint64_t dealt = 0;
  constexpr std::size_t kDigits = 16;
  const std::string digest = model::sha256_of(relative_path);
  std::from_chars(digest.data(), digest.data() + kDigits, dealt, 16);
  return dealt % count == index - 1;
}

model::Result<Shard> parse_shard(const std::string& text) {
  Shard shard;
  const std::size_t slash = text.find('/');
  const bool is_good = slash != std::string::npos && read_number(text.substr(0, slash), shard.index) &&
                       read_number(text.substr(slash + 1), shard.count) && shard.count <= kMostShards &&
                       shard.index >= 1 && shard.index <= shard.count;
  if (is_good) return shard;
  return model::Error(model::Diagnostic{
      model::Fault::kUsage, "shard", "--shard is not I/N with I from 1 to N", text, "2/8", {}});
}

}  // namespace padproof::converter
