// SPDX-License-Identifier: Apache-2.0
#include "tests/nodes/backend_tests.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "tests/support/models.h"
#include "verifier/engine/executor.h"
#include "verifier/engine/half.h"
#include "verifier/engine/memory_budget.h"
#include "verifier/engine/tensor_folder.h"

namespace padproof::test {
namespace {

namespace fs = std::filesystem;
using model::DataType;
using verifier::Tensor;

// The tolerances of the suite's runner: for bfloat16, two of its steps.
constexpr double kRelative = 1e-3;
constexpr double kRelativeOfBfloat = 0x1p-6;

template <class T>
bool all_close(const Tensor& got, const Tensor& stored, double relative = kRelative) {
  const auto is_close = [tolerance = static_cast<T>(relative)](T mine, T theirs) {
    if (std::isnan(mine) || std::isnan(theirs)) return std::isnan(mine) && std::isnan(theirs);
    if (std::isinf(theirs)) return mine == theirs;
    return std::abs(mine - theirs) <= T(1e-7) + tolerance * std::abs(theirs);
  };
  const auto mine = got.data<T>();
  return std::equal(mine.begin(), mine.end(), stored.data<T>().begin(), is_close);
}

bool agrees(const Tensor& got, const Tensor& stored) {
  if (got.dtype() != stored.dtype() || got.dims() != stored.dims()) return false;
  if (got.dtype() == DataType::kFloat) return all_close<float>(got, stored);
  if (got.dtype() == DataType::kDouble) return all_close<double>(got, stored);
  if (!verifier::is_half(got.dtype())) return same_bits(got, stored);
  const verifier::MemoryBudget memory(std::uint64_t{1} << 30);
  return all_close<float>(value_or_throw(widened(memory, got)), value_or_throw(widened(memory, stored)),
                          got.dtype() == DataType::kBfloat16 ? kRelativeOfBfloat : kRelative);
}

std::vector<std::string> data_sets_of(const fs::path& folder) {
  std::vector<std::string> sets;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory()) sets.push_back(entry.path().string());
  }
  std::sort(sets.begin(), sets.end());
  return sets;
}

}  // namespace

std::vector<BackendTest> backend_tests() { return backend_tests(node_tests_folder()); }

std::vector<BackendTest> backend_tests(const std::string& tree) {
  std::vector<BackendTest> tests;
  for (const auto& entry : fs::recursive_directory_iterator(tree)) {
    const fs::path& path = entry.path();
    if (path.extension() != ".onnx") continue;
    const bool alone = path.filename() != "model.onnx";
    tests.push_back({alone ? path.stem().string() : path.parent_path().filename().string(), path.string(),
                     alone ? std::vector<std::string>() : data_sets_of(path.parent_path())});
  }
  std::sort(tests.begin(), tests.end(),
            [](const auto& left, const auto& right) { return left.model < right.model; });
  return tests;
}

std::string check_data_set(const model::Model& model, const std::string& folder) {
  const auto inputs = verifier::read_tensor_folder(folder, "input");
  if (!inputs) return to_string(inputs.error());
  const auto stored = verifier::read_tensor_folder(folder, "output");
  if (!stored) return to_string(stored.error());
  if (stored->empty() || inputs->size() > model.graph->inputs.size()) return "not a data set of this model";
  verifier::NamedTensors named;
  for (std::size_t i = 0; i < inputs->size(); ++i)
    named.emplace(model.graph->inputs[i].name, (*inputs)[i].tensor);
  const auto outputs = verifier::execute(model, named, {});
  if (!outputs) return to_string(outputs.error());
  for (std::size_t i = 0; i < stored->size(); ++i) {
    const auto found = outputs->find(model.graph->outputs[i].name);
    if (found == outputs->end()) return "no output " + std::to_string(i);
    if (!agrees(found->second, (*stored)[i].tensor)) return "output " + std::to_string(i) + " differs";
  }
  return {};
}

}  // namespace padproof::test
