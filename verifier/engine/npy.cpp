// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/npy.h"

#include <array>
#include <charconv>
#include <optional>
#include <set>

namespace padproof::verifier {
namespace {

using model::DataType;
using model::Error;
using model::Result;

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaxRank = 64;  // NumPy's own limit

struct TypeRow {
  std::string_view letters;
  DataType dtype;
};

constexpr std::array kTypes = {
    TypeRow{"b1", DataType::kBool},   TypeRow{"f2", DataType::kFloat16}, TypeRow{"f4", DataType::kFloat},
    TypeRow{"f8", DataType::kDouble}, TypeRow{"i1", DataType::kInt8},    TypeRow{"i2", DataType::kInt16},
    TypeRow{"i4", DataType::kInt32},  TypeRow{"i8", DataType::kInt64},   TypeRow{"u1", DataType::kUint8},
    TypeRow{"u2", DataType::kUint16}, TypeRow{"u4", DataType::kUint32},  TypeRow{"u8", DataType::kUint64},
};

Error bad_header(std::string what, std::string_view got = {}) {
  return model::malformed("npy-header", std::move(what), model::printable(got.substr(0, 80)));
}

/// Reads the one Python literal that a header is: a dict of a string, a bool and a tuple of integers.
class HeaderText {
 public:
  explicit HeaderText(std::string_view text) : text_(text) {}

  Result<NpyHeader> read() {
    NpyHeader header;
    std::set<std::string_view> keys;
    if (!take('{')) return bad_header("header is not a dict", text_);
    while (!take('}')) {
      const auto key = string();
      if (!key || !take(':')) return bad_header("expected a key", text_);
      if (!keys.insert(*key).second) return bad_header("key is given twice", *key);
      if (auto done = value(*key, header); !done) return Error(done.error());
      if (!take(',') && peek() != '}') return bad_header("expected ',' or '}'", text_);
    }
    skip_blanks();
    if (!text_.empty()) return bad_header("something follows the dict", text_);
    if (keys.size() != 3) return bad_header("descr, fortran_order or shape is missing");
    return header;
  }

 private:
  void skip_blanks() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\n')) text_.remove_prefix(1);
  }
  char peek() {
    skip_blanks();
    return text_.empty() ? '\0' : text_.front();
  }
  bool take(char letter) {
    if (peek() != letter || text_.empty()) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view word) {
    skip_blanks();
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  std::optional<std::string_view> string() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') return std::nullopt;
    const std::size_t end = text_.find(quote, 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view found = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return found;
  }

  Result<void> value(std::string_view key, NpyHeader& header) {
    if (key == "descr") return type(header);
    if (key == "shape") return shape(header);
    if (key != "fortran_order") return bad_header("unknown key", key);
    if (take("True"))
      header.fortran_order = true;
    else if (!take("False"))
      return bad_header("fortran_order is not a bool", text_);
    return {};
  }

  Result<void> type(NpyHeader& header) {
    const auto descr = string();
    if (!descr) return model::unsupported("npy-type", "structured arrays are not read");
    if (descr->size() == 3 && descr->front() == '>' && descr->back() != '1')
      return model::unsupported("npy-type", "big-endian data is not read", model::printable(*descr));
    for (const TypeRow& row : kTypes)
      if (descr->size() == 3 && std::string_view("<|=>").find(descr->front()) != std::string_view::npos &&
          descr->substr(1) == row.letters)
        header.dtype = row.dtype;
    if (header.dtype == DataType::kUndefined)
      return model::unsupported("npy-type", "element type is not read",
                                model::printable(descr->substr(0, 80)));
    return {};
  }

  Result<void> shape(NpyHeader& header) {
    if (!take('(')) return bad_header("shape is not a tuple", text_);
    while (!take(')')) {
      skip_blanks();
      std::int64_t extent = 0;
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), extent);
      if (error != std::errc{} || extent < 0) return bad_header("extent is not a size", text_);
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
      header.dims.push_back(extent);
      if (header.dims.size() > kMaxRank) return bad_header("too many axes");
      // (3) is an integer in Python, (3,) a tuple.
      const bool comma = take(',');
      if (!comma && (peek() != ')' || header.dims.size() == 1))
        return bad_header("expected ',' in shape", text_);
    }
    return {};
  }

  std::string_view text_;
};

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[i]);
  return value;
}

}  // namespace

Result<NpyHeader> read_npy_header(std::string_view bytes) {
  if (!bytes.starts_with(kMagic) || bytes.size() < 10) return bad_header("not a .npy file");
  const int major = static_cast<unsigned char>(bytes[6]);
  if (major < 1 || major > 3 || bytes[7] != 0) return bad_header("unknown version", bytes.substr(6, 2));
  const std::size_t length_bytes = major == 1 ? 2 : 4;
  const std::size_t start = 8 + length_bytes;
  if (bytes.size() < start) return bad_header("header is cut off");
  const std::uint64_t length = little_endian(bytes.substr(8, length_bytes));
  if (length > bytes.size() - start)
    return bad_header("header is cut off or too long", std::to_string(length));
  auto header = HeaderText(bytes.substr(start, static_cast<std::size_t>(length))).read();
  if (!header) return header;
  const auto count = count_elements(header->dims);
  if (!count) return Error(count.error());
  header->size_bytes = start + length;
  return header;
}

Result<std::string> npy_header(const Tensor& tensor) {
  std::string_view letters;
  for (const TypeRow& row : kTypes)
    if (row.dtype == tensor.dtype()) letters = row.letters;
  if (letters.empty())
    return model::unsupported("npy-type", "NumPy has no such element type", model::to_string(tensor.dtype()));
  std::string text = "{'descr': '";
  text += letters.back() == '1' ? '|' : '<';
  text += letters;
  text += "', 'fortran_order': False, 'shape': (";
  for (std::size_t i = 0; i < tensor.rank(); ++i) {
    if (i > 0) text += ' ';
    text += std::to_string(tensor.dims()[i]) + (i + 1 < tensor.rank() || tensor.rank() == 1 ? "," : "");
  }
  text += "), }";
  constexpr std::size_t kStart = 10;
  constexpr std::size_t kMultiple = 64;
  while ((kStart + text.size() + 1) % kMultiple != 0) text += ' ';
  text += '\n';
  if (text.size() > UINT16_MAX)
    return model::unsupported("npy-header", "too many axes for a header of version 1.0");
  std::string header(kMagic);
  header += {1, 0, static_cast<char>(text.size() & 0xFFU), static_cast<char>(text.size() >> 8U)};
  return header + text;
}

}  // namespace padproof::verifier
