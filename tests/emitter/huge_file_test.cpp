// SPDX-License-Identifier: Apache-2.0
// A model of 2.2 GB, nearly all of it a hole: offsets beyond 31 bits, and no memory for the weights.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <onnx/onnx_pb.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "model/mapped_file.h"
#include "tests/emitter/wire_walk.h"
#include "tests/support/models.h"
#include "tests/support/process.h"
#include "tests/support/slow_build.h"

namespace padproof::test {
namespace {

constexpr std::uint64_t kElements = 550'000'000;
constexpr std::uint64_t kRawBytes = kElements * sizeof(float);
constexpr std::uint64_t kFreeBytes = std::uint64_t{3} << 30U;
constexpr int kMemoryKilobytes = 64 << 10;

/// A file that is written piece by piece and may have holes.
class SparseFile {
 public:
  explicit SparseFile(const std::string& path)
      : descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600)) {
    REQUIRE(descriptor_ >= 0);
  }
  SparseFile(const SparseFile&) = delete;
  SparseFile& operator=(const SparseFile&) = delete;
  ~SparseFile() { ::close(descriptor_); }

  void write(std::string_view bytes) {
    REQUIRE(::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(at_)) ==
            static_cast<ssize_t>(bytes.size()));
    at_ += bytes.size();
  }
  void skip(std::uint64_t size) { at_ += size; }

 private:
  int descriptor_;
  std::uint64_t at_ = 0;
};

/// The fields of the graph that `text` describes.
std::string graph_fields(const std::string& text) {
  onnx::ModelProto model;
  REQUIRE(model.ParseFromString(model_bytes("<ir_version: 8, opset_import: [\"\" : 17]> " + text)));
  return model.graph().SerializeAsString();
}

/// A window before the weights and one behind them, a few bytes that are not zero at the weights' ends and
/// middle.
void write_model(const std::string& path) {
  const std::string before = graph_fields(
      "g (float[1,1,9,9] x, float[1,1,3,3] k, int64[4] i) => (float[] y, float[] picked) "
      "{ a = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, k) picked = Gather(weights, i) }");
  onnx::GraphProto last;
  REQUIRE(last.ParseFromString(
      graph_fields("g () => () { y = Conv<auto_pad=\"SAME_LOWER\", strides=[2,2]>(a, k) }")));
  const std::string behind = length_field(1, last.node(0).SerializeAsString());
  onnx::TensorProto weights;
  weights.set_name("weights");
  weights.set_data_type(onnx::TensorProto::FLOAT);
  weights.add_dims(kElements);
  const std::string tensor = weights.SerializeAsString() + field_head(9, kRawBytes);
  const std::string initializer = field_head(5, tensor.size() + kRawBytes) + tensor;
  SparseFile file(path);
  file.write(varint_field(1, 8) + length_field(8, varint_field(2, 17)));
  file.write(field_head(7, before.size() + initializer.size() + kRawBytes + behind.size()));
  file.write(before + initializer + "head");
  file.skip(kRawBytes / 2 - 4);
  file.write("half");
  file.skip(kRawBytes / 2 - 8);
  file.write("tail" + behind);
}

TEST_CASE("a file of more than 2 GB") {
  const TemporaryFolder folder;
  REQUIRE_MESSAGE(std::filesystem::space(folder.path()).available >= kFreeBytes,
                  "this test needs 3 GB free in ", folder.path());
  const std::string source = folder.file("source.onnx");
  const std::string target = folder.file("target.onnx");
  write_model(source);
  // RLIMIT_DATA counts all private writable memory, reserved or touched, and no mapped file.
  // Sanitizers reserve terabytes.
  const std::string limit = kSanitized ? "true" : "ulimit -d " + std::to_string(kMemoryKilobytes);
  const std::string command = limit + " && exec " PADPROOF_BINARY " convert " + source + " -o " + target +
                              " --quiet >" + folder.file("log") + " 2>&1";
  REQUIRE_MESSAGE(std::system(command.c_str()) == 0, read_file(folder.file("log")));
  const auto mapped_source = value_or_throw(model::map_file(source));
  const auto mapped_target = value_or_throw(model::map_file(target));
  CHECK(mapped_source->size() > kRawBytes);
  CHECK(rewritten_nodes(mapped_source->view(0, mapped_source->size()),
                        mapped_target->view(0, mapped_target->size()))
            .size() == 2);
}

}  // namespace
}  // namespace padproof::test
