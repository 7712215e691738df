// SPDX-License-Identifier: Apache-2.0
// Models are converted side by side: the same bytes as one after the other, and nothing shared that is
// written.
#include <doctest/doctest.h>

#include <filesystem>
#include <thread>

#include "tests/support/conversion.h"

TEST_CASE("threads converting at once give what one gives") {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator("testdata/examples")) {
    if (entry.path().extension() == ".onnx") paths.push_back(entry.path().string());
  }
  paths.emplace_back("testdata/exports/torch_resnet18_script_static/model.onnx");
  paths.emplace_back("testdata/exports/mobilenetv2_static/model.onnx");
  const auto convert_all = [&] {
    std::vector<std::string> outputs;
    for (const std::string& path : paths) {
      const auto converted = padproof::test::convert(padproof::test::load_file(path));
      outputs.push_back(converted.conversion.approved ? padproof::test::bytes_of(*converted.conversion.target)
                                                      : "");
    }
    return outputs;
  };
  const auto expected = convert_all();
  std::vector<std::vector<std::string>> outputs(4);
  std::vector<std::thread> threads;
  for (auto& output : outputs) threads.emplace_back([&] { output = convert_all(); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& output : outputs) CHECK(output == expected);
}
