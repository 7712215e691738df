// SPDX-License-Identifier: Apache-2.0
// Exported models cut off: no cut may crash, hang, leave a file, or pass for the whole.
#include <doctest/doctest.h>

#include <array>

#include "model/onnx/fields.h"
#include "model/wire.h"
#include "tests/support/models.h"
#include "tests/support/rejected.h"

namespace {

using padproof::test::code_of_reading;
using padproof::test::read_file;

constexpr std::size_t kCuts = 50;

const std::array<std::string, 4> kModels = {"resnet50_same", "efficientnetb0_static", "torch_resnet18_qdq",
                                            "keras_export_resnet50v2"};

std::string exported(const std::string& name) {
  return read_file(PADPROOF_SOURCE_DIR "/testdata/exports/" + name + "/model.onnx");
}

// Where the fields of the model itself end, and the last end that a reader needs: of the graph or of the
// import of the standard operators. Without what may follow the file is a whole model, if perhaps another
// one.
struct Ends {
  std::vector<std::uint64_t> all;
  std::uint64_t last_needed = 0;
};

Ends field_ends(const std::string& bytes) {
  namespace fields = padproof::model::fields::model_proto;
  const auto rope = padproof::test::rope_of(bytes);
  padproof::model::WireReader reader(*rope, {0, rope->size()});
  Ends ends;
  for (padproof::model::Field field; padproof::test::value_or_throw(reader.next(field));) {
    ends.all.push_back(field.span.end);
    const bool is_import = field.number == fields::kOpsetImport;
    const bool is_standard = is_import && reader.bytes(field).find("ai.onnx.") == std::string_view::npos;
    if (field.number == fields::kGraph || is_standard) ends.last_needed = field.span.end;
  }
  return ends;
}

}  // namespace

TEST_CASE("cut at every fiftieth of the length, in this process") {
  for (const std::string& name : kModels) {
    const std::string bytes = exported(name);
    REQUIRE(code_of_reading(bytes) == "");
    for (std::size_t i = 0; i < kCuts; ++i) {
      CAPTURE(name);
      CAPTURE(i);
      CHECK(code_of_reading(bytes.substr(0, bytes.size() * i / kCuts)) != "");
    }
  }
}

TEST_CASE("cut at every fiftieth of the length, through the program") {
  const std::string bytes = exported(kModels[0]);
  for (std::size_t i = 0; i < kCuts; ++i) {
    CAPTURE(i);
    const padproof::test::TemporaryFolder folder;
    const std::string path = folder.write("cut.onnx", bytes.substr(0, bytes.size() * i / kCuts));
    padproof::test::check_rejected({"convert", path, "-o", folder.file("out.onnx")}, folder, 2, "padproof: ");
  }
}

TEST_CASE("some cuts, through every command") {
  for (const std::string& name : kModels) {
    const std::string bytes = exported(name);
    for (const std::size_t i : {1U, 25U, 49U}) {
      CAPTURE(name);
      CAPTURE(i);
      padproof::test::check_model_rejected(bytes.substr(0, bytes.size() * i / kCuts), 2, "padproof: ");
    }
  }
}

// The wire format cannot tell a file cut between two fields from a whole one; what is missing must.
TEST_CASE("cut between the fields of the model") {
  for (const std::string& name : kModels) {
    const std::string bytes = exported(name);
    const Ends ends = field_ends(bytes);
    for (const std::uint64_t end : ends.all) {
      if (end >= ends.last_needed) continue;
      CAPTURE(name);
      CAPTURE(end);
      CHECK(code_of_reading(bytes.substr(0, end)) != "");
    }
  }
}

TEST_CASE("cut within the last kilobyte, at every byte") {
  const std::string bytes = exported(kModels[0]);
  const Ends ends = field_ends(bytes);
  for (std::size_t size = bytes.size() - 1024; size < ends.last_needed; ++size) {
    CAPTURE(size);
    CHECK(code_of_reading(bytes.substr(0, size)) != "");
  }
}
