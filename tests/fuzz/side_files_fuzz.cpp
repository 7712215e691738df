// SPDX-License-Identifier: Apache-2.0
// A model in a folder whose weights are said to lie in a side file: location, offset and length are the first
// three parts of the bytes between zeros, the file's contents the rest. What is read is what lies there;
// nothing is read from outside, and nothing dies of a file that is cut short while it is mapped.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "model/digest.h"
#include "model/mapped_file.h"
#include "model/mapping_guard.h"
#include "model/side_files.h"
#include "model/tensor_values.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/wire_bytes.h"

namespace {

using namespace padproof;
namespace fs = std::filesystem;
namespace wire = test::wire;

/// HERE/outside/secret, which no location may reach, and HERE/models with the model and its side files.
struct Folders {
  Folders() : here(fs::temp_directory_path() / ("padproof-fuzz-" + std::to_string(::getpid()))) {
    fs::create_directories(here / "outside");
    fs::create_directories(here / "models/sub");
    write("outside/secret", "secret");
    fs::create_symlink(here / "outside/secret", here / "models/out");
    fs::create_symlink("w", here / "models/in");
    model::guard_mappings();
  }
  ~Folders() { fs::remove_all(here); }
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(here / name, std::ios::binary) << bytes;
  }
  fs::path here;
};

std::string part(std::string_view& text) {
  const std::size_t end = std::min(text.find('\0'), text.size());
  std::string first(text.substr(0, end));
  text.remove_prefix(std::min(text.size(), end + 1));
  return first;
}

std::string entry(const std::string& key, const std::string& value) {
  return value.empty() ? "" : wire::bytes(13, wire::bytes(1, key) + wire::bytes(2, value));
}

std::string model_of(std::string_view& text, std::size_t size) {
  // TensorProto: dims = 1, data_type = 2 (2 is uint8), name = 8, data_location = 14 (1 is external).
  std::string tensor = wire::number(1, size) + wire::number(2, 2) + wire::bytes(8, "w") + wire::number(14, 1);
  for (const char* key : {"location", "offset", "length"}) tensor += entry(key, part(text));
  return wire::model(wire::node("Identity", {"w"}, {"y"}) + wire::bytes(5, tensor) + wire::output("y"));
}

void check_read(const model::TensorRef& tensor, std::string_view contents, bool is_cut) {
  const auto read =
      tensor.external.files->read(tensor.external, static_cast<std::uint64_t>(tensor.dims.at(0)));
  if (!read) return fuzz::check_diagnostic(read.error());
  const std::string found(reinterpret_cast<const char*>(read->data()), read->size());
  if (is_cut) return;  // zeros where pages were lost
  if (tensor.external.offset_bytes > contents.size() ||
      found != contents.substr(tensor.external.offset_bytes, static_cast<std::size_t>(tensor.dims.at(0))))
    fuzz::broken("other bytes than those of the side file");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folders folders;
  if (size < 2 || size > fuzz::kMostBytes) return 0;
  const bool is_cut = data[0] % 4 == 3;
  std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::string path = (folders.here / "models/m.onnx").string();
  folders.write("models/m.onnx", model_of(text, data[1]));
  for (const char* name : {"models/w", "models/sub/w"}) folders.write(name, std::string(text));
  const auto rope = model::map_file(path);
  if (!rope) fuzz::broken("a file is not read: " + model::to_string(rope.error()));
  const auto model = model::read_onnx(*rope, path);
  if (!model) {
    fuzz::check_diagnostic(model.error());
    return 0;
  }
  if (is_cut) fs::resize_file(folders.here / "models/w", 0);
  const auto& tensor = model->graph->initializers.at(0);
  if (tensor.storage == model::Storage::kExternal && tensor.external.files) check_read(tensor, text, is_cut);
  const auto digest = model::digest_of_file((folders.here / "models/sub/w").string());
  if (!digest || digest->bytes != text.size()) fuzz::broken("a digest of other bytes");
  return 0;
}
