// SPDX-License-Identifier: Apache-2.0
// External tensors: read from inside of the model's folder, within the file's bounds, or an error.
#include "model/side_files.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/process.h"

namespace padproof::model {
namespace {

namespace fs = std::filesystem;

struct Row {
  const char* location;
  std::uint64_t offset_bytes;
  std::optional<std::uint64_t> length_bytes;
  std::uint64_t size_bytes;
  const char* content;  // null: an error
};

ExternalData data_of(const Row& row) { return {row.location, row.offset_bytes, row.length_bytes, nullptr}; }

TEST_CASE("side files are read within their bounds") {
  const test::TemporaryFolder folder;
  fs::create_directories(folder.file("m/parts"));
  (void)folder.write("secret", "secret");
  (void)folder.write("m/parts/w.bin", "0123456789");
  (void)folder.write("m/empty", "");
  fs::create_symlink(folder.file("secret"), folder.file("m/link"));
  fs::create_symlink("parts/w.bin", folder.file("m/inner_link"));
  fs::create_directory_symlink(folder.file("."), folder.file("m/up"));
  const SideFiles files(folder.file("m/model.onnx"));
  for (const Row& row : {
           Row{"parts/w.bin", 0, std::nullopt, 4, "0123"},
           Row{"parts/w.bin", 6, 4, 4, "6789"},
           Row{"./parts/w.bin", 10, 0, 0, ""},
           Row{"inner_link", 9, 1, 1, "9"},
           Row{"empty", 0, std::nullopt, 0, ""},
           Row{"parts/w.bin", 7, std::nullopt, 4, nullptr},
           Row{"parts/w.bin", 11, std::nullopt, 0, nullptr},
           Row{"parts/w.bin", UINT64_MAX, std::nullopt, 4, nullptr},
           Row{"parts/w.bin", UINT64_MAX - 2, 4, 4, nullptr},
           Row{"parts/w.bin", 4, std::nullopt, UINT64_MAX, nullptr},
           Row{"parts/w.bin", 0, 5, 4, nullptr},
           Row{"parts/w.bin", 0, UINT64_MAX, 4, nullptr},
           Row{"empty", 0, std::nullopt, 1, nullptr},
           Row{"parts", 0, std::nullopt, 1, nullptr},
           Row{"missing", 0, std::nullopt, 1, nullptr},
           Row{"", 0, std::nullopt, 1, nullptr},
           Row{"../secret", 0, std::nullopt, 6, nullptr},
           Row{"parts/../../secret", 0, std::nullopt, 6, nullptr},
           Row{"link", 0, std::nullopt, 6, nullptr},
           Row{"up/secret", 0, std::nullopt, 6, nullptr},
           Row{"/etc/hostname", 0, std::nullopt, 1, nullptr},
       }) {
    CAPTURE(row.location);
    CAPTURE(row.offset_bytes);
    const auto bytes = files.read(data_of(row), row.size_bytes);
    CHECK(bytes.has_value() == (row.content != nullptr));
    if (bytes && row.content != nullptr) CHECK(*bytes == row.content);
  }
}

}  // namespace
}  // namespace padproof::model
