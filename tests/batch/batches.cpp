// SPDX-License-Identifier: Apache-2.0
#include "tests/batch/batches.h"

#include <google/protobuf/util/json_util.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "tests/support/models.h"

namespace padproof::test {
namespace fs = std::filesystem;

void write_models(const TemporaryFolder& folder) {
  fs::create_directories(folder.file("in/deep"));
  (void)folder.write("in/a.onnx", read_file(kSame));
  (void)folder.write("in/b.onnx", read_file(kPads));
  (void)folder.write("in/deep/c.onnx", read_file(kSame2));
}

BatchResult convert(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "convert");
  arguments.insert(arguments.end(), {"--format", "json"});
  BatchResult result{run_padproof(arguments), {}};
  schemas::Report report;
  if (google::protobuf::util::JsonStringToMessage(result.process.out, &report).ok())
    result.counts = report.batch();
  return result;
}

BatchResult convert_folder(const TemporaryFolder& folder, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {folder.file("in"), "--out-dir", folder.file("out")};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return convert(arguments);
}

std::map<std::string, converter::Record> records_of(const std::string& manifest) {
  std::map<std::string, converter::Record> records;
  std::istringstream text(read_file(manifest));
  for (std::string line; std::getline(text, line);) {
    auto record = converter::from_line(line);
    if (!record) throw std::runtime_error("no record: " + line);
    records.insert_or_assign(record->source, *record);
  }
  return records;
}

std::vector<std::string> files_below(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().extension() != ".jsonl")
      files.push_back(entry.path().lexically_relative(folder).string());
  std::sort(files.begin(), files.end());
  return files;
}

std::string model_with_weights_in(const std::string& location) {
  onnx::ModelProto model;
  model.ParseFromString(
      model_bytes("<ir_version: 8, opset_import: [\"\" : 17]> g (float[1,1,8,8] x) => (float[] y) "
                  "{ y = Conv<auto_pad=\"SAME_UPPER\", strides=[2,2]>(x, w) }"));
  auto& weights = *model.mutable_graph()->add_initializer();
  weights.set_name("w");
  weights.set_data_type(1);
  for (const int dim : {1, 1, 3, 3}) weights.add_dims(dim);
  weights.set_data_location(onnx::TensorProto::EXTERNAL);
  auto& entry = *weights.add_external_data();
  entry.set_key("location");
  entry.set_value(location);
  return model.SerializeAsString();
}

}  // namespace padproof::test
