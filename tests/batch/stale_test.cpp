// SPDX-License-Identifier: Apache-2.0
// What an earlier run left, and what is no longer true: outputs of older sources, side files, certificates,
// records.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/batch/batches.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

const std::string kManifest = "out/padproof-manifest.jsonl";
const std::string kOpen = "testdata/exports/resnet50_same/model.onnx";  // refused

std::string weights(char c) { return std::string(36, c); }

void write_external(const TemporaryFolder& folder, const std::string& name, const std::string& side, char c) {
  fs::create_directories(fs::path(folder.file(name)).parent_path());
  (void)folder.write(name, model_with_weights_in(side));
  (void)folder.write(fs::path(name).parent_path() / side, weights(c));
}

}  // namespace

TEST_CASE("the output of an older source goes when the new one has none") {
  for (const std::string& newer : {kPads, kOpen}) {
    CAPTURE(newer);
    const TemporaryFolder folder;
    write_models(folder);
    REQUIRE(convert_folder(folder, {"--certificates"}).process.exit_code == 0);
    (void)folder.write("in/a.onnx", read_file(newer));
    const auto result = convert_folder(folder, {"--certificates"});
    CHECK(result.process.exit_code == (newer == kOpen ? 3 : 0));
    CHECK(files_below(folder.file("out")) == Strings{"deep/c.onnx", "deep/c.onnx.cert.json"});
    CHECK(result.process.out.find("what an earlier run had written is removed") != std::string::npos);
    CHECK(convert_folder(folder, {"--certificates"}).counts.up_to_date() == 3);
  }
}

TEST_CASE("another file in the place of an output that goes is an error, and stays") {
  const TemporaryFolder folder;
  write_models(folder);
  REQUIRE(convert_folder(folder).process.exit_code == 0);
  (void)folder.write("in/a.onnx", read_file(kPads));
  (void)folder.write("out/a.onnx", "precious");
  for (int i = 0; i < 2; ++i) {
    const auto result = convert_folder(folder);
    CHECK(result.process.exit_code == 2);
    CHECK(result.process.err.find("out/a.onnx: the model has no output now") != std::string::npos);
    CHECK(read_file(folder.file("out/a.onnx")) == "precious");
  }
  fs::remove(folder.file("out/a.onnx"));
  CHECK(convert_folder(folder).process.exit_code == 0);
  // What was never ours is nobody's business.
  (void)folder.write("out/b.onnx", "a stranger");
  CHECK(convert_folder(folder, {"--seed", "2", "--verify", "run"}).process.exit_code == 0);
  CHECK(read_file(folder.file("out/b.onnx")) == "a stranger");
}

TEST_CASE("in place an explicit model is left alone, whatever its manifest says") {
  const TemporaryFolder folder;
  write_models(folder);
  const Strings arguments = {folder.file("in"), "--in-place", "--manifest", folder.file("m.jsonl")};
  CHECK(convert(arguments).counts.converted() == 2);
  CHECK(convert(arguments).counts.unchanged() == 2);
  CHECK(files_below(folder.file("in")) == Strings{"a.onnx", "b.onnx", "deep/c.onnx"});
}

TEST_CASE("side files go with their model, unless another one has them") {
  const TemporaryFolder folder;
  write_external(folder, "in/a.onnx", "w.bin", 'w');
  write_external(folder, "in/b.onnx", "w.bin", 'w');
  write_external(folder, "in/c.onnx", "v.bin", 'v');
  REQUIRE(convert_folder(folder).counts.converted() == 3);
  (void)folder.write("in/a.onnx", read_file(kPads));
  (void)folder.write("in/c.onnx", read_file(kPads));
  CHECK(convert_folder(folder).process.exit_code == 0);
  CHECK(files_below(folder.file("out")) == Strings{"b.onnx", "w.bin"});
  // Another shard may have it.
  const TemporaryFolder other;
  write_external(other, "in/a.onnx", "w.bin", 'w');
  REQUIRE(convert_folder(other, {"--shard", "1/1"}).counts.converted() == 1);
  (void)other.write("in/a.onnx", read_file(kPads));
  CHECK(convert_folder(other, {"--shard", "1/1"}).process.exit_code == 0);
  CHECK(files_below(other.file("out")) == Strings{"w.bin"});
}

TEST_CASE("external data that changed, or was damaged below --out-dir, is carried again") {
  const TemporaryFolder folder;
  write_external(folder, "in/a.onnx", "w.bin", 'w');
  write_external(folder, "in/b.onnx", "w.bin", 'w');
  REQUIRE(convert_folder(folder).counts.converted() == 2);
  (void)folder.write("in/w.bin", weights('n'));
  CHECK(convert_folder(folder).counts.converted() == 2);
  CHECK(read_file(folder.file("out/w.bin")) == weights('n'));
  fs::resize_file(folder.file("out/w.bin"), 10);
  CHECK(convert_folder(folder).counts.converted() >= 1);  // the other may find it mended
  CHECK(read_file(folder.file("out/w.bin")) == weights('n'));
  CHECK(convert_folder(folder).counts.up_to_date() == 2);
  // A model whose source is elsewhere needs what it was made with.
  fs::create_directories(folder.file("in2"));
  fs::rename(folder.file("in/b.onnx"), folder.file("in2/b.onnx"));
  (void)folder.write("in/w.bin", weights('o'));
  const auto refused = convert_folder(folder);
  CHECK(refused.process.exit_code == 2);
  CHECK(refused.process.err.find("b.onnx") != std::string::npos);
  CHECK(read_file(folder.file("out/w.bin")) == weights('n'));
  fs::remove(folder.file("out/b.onnx"));
  CHECK(convert_folder(folder).process.exit_code == 0);
  CHECK(read_file(folder.file("out/w.bin")) == weights('o'));
}

TEST_CASE("of two side files that would have one name the first input's is carried, however many work") {
  for (int turn = 0; turn < 10; ++turn) {
    const TemporaryFolder folder;
    write_external(folder, "in1/m1.onnx", "w.bin", '1');
    write_external(folder, "in2/m2.onnx", "w.bin", '2');
    write_external(folder, "in3/m3.onnx", "w.bin", '1');
    for (int run = 0; run < 2; ++run) {
      const auto result = convert({folder.file("in1"), folder.file("in2"), folder.file("in3"), "--out-dir",
                                   folder.file("out"), "--jobs", "3"});
      CHECK(result.process.exit_code == 2);
      CHECK(result.process.err.find("m1.onnx") != std::string::npos);  // whose it is
      CHECK(files_below(folder.file("out")) == Strings{"m1.onnx", "m3.onnx", "w.bin"});
      CHECK(read_file(folder.file("out/w.bin")) == weights('1'));
    }
  }
}

TEST_CASE("a link is made a copy when it is no longer asked for, and follows its source") {
  const TemporaryFolder folder;
  write_external(folder, "in/a.onnx", "w.bin", 'w');
  REQUIRE(convert_folder(folder, {"--link"}).counts.converted() == 1);
  fs::remove(folder.file("in/w.bin"));
  (void)folder.write("in/w.bin", weights('n'));
  CHECK(convert_folder(folder, {"--link"}).counts.converted() == 1);
  CHECK(fs::equivalent(folder.file("in/w.bin"), folder.file("out/w.bin")));
  CHECK(convert_folder(folder).counts.converted() == 1);
  CHECK_FALSE(fs::equivalent(folder.file("in/w.bin"), folder.file("out/w.bin")));
  CHECK(read_file(folder.file("out/w.bin")) == weights('n'));
  CHECK(files_below(folder.file("out")) == Strings{"a.onnx", "w.bin"});
}

TEST_CASE("a certificate that is missing or altered is written again") {
  const TemporaryFolder folder;
  write_models(folder);
  REQUIRE(convert_folder(folder, {"--certificates"}).counts.converted() == 2);
  const std::string certificate = folder.file("out/a.onnx.cert.json");
  const std::string whole = read_file(certificate);
  for (const std::string& altered : {std::string(), whole + " "}) {
    (void)folder.write("out/a.onnx.cert.json", altered);
    CHECK(convert_folder(folder, {"--certificates"}).counts.up_to_date() == 2);
    CHECK(read_file(certificate) == whole);
  }
  CHECK(convert_folder(folder, {"--certificates"}).counts.up_to_date() == 3);
}

TEST_CASE("a verdict that a limit caused is tried again, and what stands is left meanwhile") {
  const TemporaryFolder folder;
  write_models(folder);
  REQUIRE(convert_folder(folder).process.exit_code == 0);
  const Strings limited = {"--verify", "run", "--max-flops", "1"};
  for (int i = 0; i < 2; ++i) {
    const auto result = convert_folder(folder, limited);
    CHECK(result.process.exit_code == 3);
    CHECK(result.counts.up_to_date() == 0);
    CHECK(files_below(folder.file("out")) == Strings{"a.onnx", "deep/c.onnx"});
  }
  CHECK(records_of(folder.file(kManifest)).at("a.onnx").reached_limit);
}

TEST_CASE("failures of sources that are gone do not outlive them") {
  const TemporaryFolder folder;
  write_models(folder);
  (void)folder.write("in/bad\x01.onnx", "no model");
  (void)folder.write("in/worse.onnx", "no model");
  REQUIRE(convert_folder(folder).process.exit_code == 2);
  const auto merged = [&] {
    return convert({"--merge-manifests", folder.file(kManifest), "--manifest", folder.file("all.jsonl")});
  };
  CHECK(merged().process.exit_code == 2);
  fs::remove(folder.file("in/bad\x01.onnx"));
  fs::remove(folder.file("in/worse.onnx"));
  // Some of the models say nothing of the others, and another shard neither.
  CHECK(convert({folder.file("in/a.onnx"), "--out-dir", folder.file("out")}).process.exit_code == 0);
  CHECK(merged().process.exit_code == 2);
  CHECK(convert_folder(folder).process.exit_code == 0);
  CHECK(merged().process.exit_code == 0);
  CHECK(merged().counts.models() == 3);
  const std::string manifest = read_file(folder.file(kManifest));
  CHECK(convert_folder(folder).counts.up_to_date() == 3);
  CHECK(read_file(folder.file(kManifest)) == manifest);
  (void)folder.write("in/worse.onnx", read_file(kSame));
  CHECK(convert_folder(folder).counts.converted() == 1);
  CHECK(merged().counts.models() == 4);
}

TEST_CASE("a shard marks only what is its own as gone") {
  const TemporaryFolder folder;
  fs::create_directories(folder.file("in"));
  for (int i = 0; i < 8; ++i) (void)folder.write("in/" + std::to_string(i) + ".onnx", read_file(kSame));
  const auto part = [&](const std::string& shard) {
    return convert_folder(folder, {"--shard", shard, "--manifest", folder.file("m.jsonl")});
  };
  const auto models = part("1/2").counts.models() + part("2/2").counts.models();
  CHECK(models == 8);
  CHECK(part("1/2").counts.up_to_date() + part("2/2").counts.up_to_date() == 8);
  CHECK(convert({"--merge-manifests", folder.file("m.jsonl"), "--manifest", folder.file("all.jsonl")})
            .counts.models() == 8);
}

TEST_CASE("what is named like a model and cannot be read is an error") {
  const TemporaryFolder folder;
  write_models(folder);
  fs::create_symlink("nowhere", folder.file("in/gone.onnx"));
  REQUIRE(::mkfifo(folder.file("in/pipe.onnx").c_str(), 0600) == 0);
  fs::create_directory_symlink("deep", folder.file("in/latest.onnx"));
  for (const Strings& inputs : {Strings{"in"}, Strings{"in", "extra.onnx"}}) {
    Strings arguments;
    (void)folder.write("extra.onnx", read_file(kPads));
    for (const std::string& input : inputs) arguments.push_back(folder.file(input));
    arguments.insert(arguments.end(), {"--out-dir", folder.file("out" + std::to_string(inputs.size()))});
    const auto result = convert(arguments);
    CHECK(result.process.exit_code == 2);
    CHECK(result.counts.failed() == 3);
    CHECK(result.counts.converted() == 2);
    for (const char* const name : {"gone.onnx", "pipe.onnx", "latest.onnx"})
      CHECK(result.process.err.find(folder.file("in/") + name) != std::string::npos);
  }
}

}  // namespace padproof::test
