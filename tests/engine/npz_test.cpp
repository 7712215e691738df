// SPDX-License-Identifier: Apache-2.0
// NumPy archives: what is written can be read, the same tensors give the same bytes, hostile files are
// errors.
#include "verifier/engine/npz.h"

#include <doctest/doctest.h>
#include <zip.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>

#include "tests/engine/one_node.h"
#include "verifier/engine/npy.h"
#include "verifier/engine/seeded_inputs.h"

namespace padproof::verifier {
namespace {

namespace fs = std::filesystem;
using model::DataType;

/// A folder that goes when the test does.
struct Folder {
  fs::path path = fs::temp_directory_path() / ("padproof-npz-" + std::to_string(std::random_device{}()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const char* name) const { return (path / name).string(); }
};

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// An archive with one member of these bytes.
void write_archive(const std::string& path, const std::string& member, const std::string& bytes,
                   zip_int32_t method = ZIP_CM_DEFLATE) {
  zip_t* const archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  REQUIRE(archive != nullptr);
  const zip_int64_t index =
      zip_file_add(archive, member.c_str(), zip_source_buffer(archive, bytes.data(), bytes.size(), 0), 0);
  REQUIRE(index >= 0);
  REQUIRE(zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), method, 0) == 0);
  REQUIRE(zip_close(archive) == 0);
}

std::string npy(const std::string& header, const std::string& payload) {
  std::string text = header + "\n";
  std::string bytes = "\x93NUMPY";
  bytes += {1, 0, static_cast<char>(text.size() & 0xFFU), static_cast<char>(text.size() >> 8U)};
  return bytes + text + payload;
}

TEST_CASE("archives come back as they went") {
  const Folder folder;
  NamedTensors tensors;
  for (const DataType dtype : {DataType::kFloat, DataType::kDouble, DataType::kFloat16, DataType::kBool,
                               DataType::kInt8, DataType::kInt16, DataType::kInt32, DataType::kInt64,
                               DataType::kUint8, DataType::kUint16, DataType::kUint32, DataType::kUint64})
    tensors.emplace("in/" + model::to_string(dtype), *seeded_tensor(1, "x", dtype, {2, 3, 4}));
  tensors.emplace("scalar", testing::floats({}, {2.5F}));
  tensors.emplace("line", testing::floats({3}, {1, 2, 3}));
  tensors.emplace("empty", testing::floats({0, 5}, {}));
  REQUIRE(write_npz(folder.file("a.npz"), tensors).has_value());
  REQUIRE(write_npz(folder.file("b.npz"), tensors).has_value());
  CHECK(bytes_of(folder.file("a.npz")) == bytes_of(folder.file("b.npz")));
  const auto read = read_npz(folder.file("a.npz"));
  REQUIRE_MESSAGE(read.has_value(), to_string(read.error()));
  REQUIRE(read->size() == tensors.size());
  for (const auto& written : tensors) {
    const std::string& name = written.first;
    CAPTURE(name);
    REQUIRE(read->contains(name));
    CHECK(same_bits(read->at(name), written.second));
  }
}

TEST_CASE("arrays in Fortran order are transposed, deflated ones inflated") {
  const Folder folder;
  const std::string payload("\x01\x02\x03\x04\x05\x06", 6);
  write_archive(folder.file("f.npz"), "x.npy",
                npy("{\"fortran_order\": True, 'shape': (2, 3), 'descr': '|u1',}", payload));
  const auto read = read_npz(folder.file("f.npz"));
  REQUIRE_MESSAGE(read.has_value(), to_string(read.error()));
  const auto values = read->at("x").data<std::uint8_t>();
  CHECK(std::vector<int>(values.begin(), values.end()) == std::vector<int>{1, 3, 5, 2, 4, 6});
}

TEST_CASE("booleans are 0 or 1") {
  const Folder folder;
  write_archive(
      folder.file("b.npz"), "x.npy",
      npy("{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}", std::string("\x00\x02\xff", 3)));
  const auto read = read_npz(folder.file("b.npz"));
  REQUIRE(read.has_value());
  CHECK(read->at("x").data<std::uint8_t>()[1] == 1);
}

TEST_CASE("headers that are not what NumPy writes") {
  const std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }";
  REQUIRE(read_npy_header(npy(good, "abcd")).has_value());
  for (const char* const bad : {
           "",
           "{",
           "{}",
           "{'descr': '<f4'}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (1)}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'shape': (1,)}",
           "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
           "{'descr': '<f4' 'fortran_order': False}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 2)}",
           "{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}",
           "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
           "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}",
           "{'descr': '<f4, 'fortran_order': False, 'shape': (1,)}",
       }) {
    CAPTURE(bad);
    CHECK_FALSE(read_npy_header(npy(bad, "abcd")).has_value());
  }
  const std::string whole = npy(good, "abcd");
  for (std::size_t cut = 0; cut < whole.size() - 4; ++cut)
    CHECK_FALSE(read_npy_header(whole.substr(0, cut)).has_value());
}

TEST_CASE("arrays that do not fit their member") {
  const Folder folder;
  const auto outcome = [&](const std::string& header, const std::string& payload) {
    write_archive(folder.file("h.npz"), "x.npy", npy(header, payload));
    return read_npz(folder.file("h.npz"));
  };
  const std::string head = "{'descr': '<f4', 'fortran_order': False, 'shape': ";
  CHECK(outcome(head + "(2,)}", "12345678").has_value());
  CHECK_FALSE(outcome(head + "(2,)}", "1234").has_value());
  CHECK_FALSE(outcome(head + "(2,)}", "123456789").has_value());
  CHECK_FALSE(outcome(head + "(4611686018427387904, 4611686018427387904, 0)}", "").has_value());
  CHECK_FALSE(outcome(head + "(4611686018427387905, 1)}", "1234").has_value());
  CHECK(outcome(head + "(7, 0)}", "").has_value());
}

TEST_CASE("archives that are not") {
  const Folder folder;
  CHECK(read_npz(folder.file("absent.npz")).error().fault == model::Fault::kIo);
  write_bytes(folder.file("text.npz"), "not an archive");
  CHECK(read_npz(folder.file("text.npz")).error().fault == model::Fault::kMalformed);
  write_archive(folder.file("member.npz"), "x.txt", "text");
  CHECK(read_npz(folder.file("member.npz")).error().fault == model::Fault::kMalformed);
}

TEST_CASE("an archive that inflates beyond the memory allowed is refused") {
  const Folder folder;
  const std::string bomb =
      npy("{'descr': '|u1', 'fortran_order': False, 'shape': (4000000,)}", std::string(4'000'000, '\0'));
  write_archive(folder.file("bomb.npz"), "x.npy", bomb, ZIP_CM_DEFLATE);
  CHECK(fs::file_size(folder.file("bomb.npz")) < 10'000);
  CHECK(read_npz(folder.file("bomb.npz"), 4'000'000).has_value());
  CHECK(read_npz(folder.file("bomb.npz"), 3'999'999).error().code == "memory-limit");
}

TEST_CASE("every damaged byte of an archive is an error or harmless") {
  const Folder folder;
  const Tensor tensor = *seeded_tensor(3, "x", DataType::kFloat, {4, 5});
  for (const zip_int32_t method : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
    write_archive(folder.file("d.npz"), "x.npy", *npy_header(tensor) + std::string(tensor.bytes()), method);
    const std::string whole = bytes_of(folder.file("d.npz"));
    for (std::size_t i = 0; i < whole.size(); ++i)
      for (const char flip : {'\x01', '\xFF'}) {
        std::string damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ flip);
        write_bytes(folder.file("e.npz"), damaged);
        const auto read = read_npz(folder.file("e.npz"));
        // Names and time stamps are not under the checksum; elements are.
        if (read.has_value() && read->contains("x")) REQUIRE(same_bits(read->at("x"), tensor));
      }
    for (std::size_t cut = 0; cut < whole.size(); cut += 7) {
      write_bytes(folder.file("e.npz"), whole.substr(0, cut));
      REQUIRE_FALSE(read_npz(folder.file("e.npz")).has_value());
    }
  }
}

TEST_CASE("an archive that cannot be written leaves nothing behind") {
  const Folder folder;
  CHECK_FALSE(write_npz(folder.file("absent/a.npz"), {{"x", testing::floats({1}, {1})}}).has_value());
  const Tensor unknown(DataType::kBfloat16, {1});
  CHECK(write_npz(folder.file("b.npz"), {{"x", unknown}}).error().fault == model::Fault::kUnsupported);
  CHECK(fs::is_empty(folder.path));
}

}  // namespace
}  // namespace padproof::verifier
