// SPDX-License-Identifier: Apache-2.0
// What a proof costs:  bench_prove MODEL OUTPUT [--benchmark_...]
//
// MODEL has the input `image`, which is bound to 1x224x224x3. The target is the converter's rope over MODEL's
// own map, as it is when `convert` judges it. OUTPUT is written once, to see what memory a conversion takes.
#include <benchmark/benchmark.h>

#include <fstream>
#include <iostream>
#include <stdexcept>

#include "converter/convert.h"
#include "converter/publish.h"
#include "model/onnx/reader.h"
#include "tests/support/models.h"
#include "verifier/proof/proof.h"

namespace padproof::test {
namespace {

model::InferenceOptions options() {
  model::InferenceOptions options;
  options.input_shapes["image"] = shape_of("1x224x224x3");
  return options;
}

Loaded read(std::shared_ptr<const model::Rope> rope) { return load(std::move(rope), options()); }

void require_proved(const verifier::Proof& proof) {
  if (proof.status != verifier::Status::kProved) throw std::runtime_error("not proved");
}

verifier::Proof prove(const Loaded& source, const Loaded& target) {
  return verifier::prove(source.model, *source.facts, target.model, *target.facts);
}

/// A line of /proc/self/status, in bytes.
double status_bytes(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.compare(0, key.size(), key) == 0) return std::stod(line.substr(key.size() + 1)) * 1024;
  }
  throw std::runtime_error("no " + key + " in /proc/self/status");
}

// The map is resident to its last page once it has been written, and stays so until the model goes: the peak
// of all memory less the files' part at that moment is what everything else came to.
void convert(benchmark::State& state, const std::string& path, const std::string& output) {
  for (auto _ : state) {
    const Loaded source = load_file(path, options());
    const auto judge = [&](const model::Model&, const model::GraphInstance&, const model::Model& target) {
      const auto facts = value_or_throw(model::infer(target, options()));
      require_proved(verifier::prove(source.model, *source.facts, target, *facts));
      return model::Result<bool>(true);
    };
    const auto conversion = value_or_throw(converter::convert(source.model, *source.facts, judge));
    if (!converter::publish(*conversion.target, output)) throw std::runtime_error("not written");
    state.counters["beyond_map_bytes"] = status_bytes("VmHWM:") - status_bytes("RssFile:");
    state.counters["map_bytes"] = static_cast<double>(source.model.source->size());
  }
}

void read_infer_prove(benchmark::State& state, const std::shared_ptr<const model::Rope>& source,
                      const std::shared_ptr<const model::Rope>& target) {
  for (auto _ : state) require_proved(prove(read(source), read(target)));
}

void prove_alone(benchmark::State& state, const std::shared_ptr<const model::Rope>& source,
                 const std::shared_ptr<const model::Rope>& target) {
  const Loaded read_source = read(source);
  const Loaded read_target = read(target);
  for (auto _ : state) require_proved(prove(read_source, read_target));
}

void register_all(const std::string& path, const std::string& output) {
  const auto time = [](benchmark::internal::Benchmark* row) {
    row->Unit(benchmark::kMillisecond)->UseRealTime();
  };
  // First, while nothing else has used memory.
  time(benchmark::RegisterBenchmark("convert", [=](auto& state) {
         convert(state, path, output);
       })->Iterations(1));
  const auto on_rope = [=](const char* name, auto run) {
    time(benchmark::RegisterBenchmark(name, [=](auto& state) {
      const Loaded source = load_file(path, options());
      const auto conversion = value_or_throw(converter::convert(source.model, *source.facts, nullptr));
      run(state, source.model.source, conversion.target);
    }));
  };
  on_rope("read_infer_prove", read_infer_prove);
  on_rope("prove", prove_alone);
  time(benchmark::RegisterBenchmark("prove_two_files", [=](auto& state) {
    prove_alone(state, load_file(path, options()).model.source, load_file(output, options()).model.source);
  }));
}

}  // namespace
}  // namespace padproof::test

int main(int argc, char** argv) try {
  if (argc < 3) throw std::runtime_error("usage: bench_prove MODEL OUTPUT [--benchmark_...]");
  padproof::test::register_all(argv[1], argv[2]);
  argc -= 2;
  argv[2] = argv[0];
  benchmark::Initialize(&argc, argv + 2);
  benchmark::RunSpecifiedBenchmarks();
} catch (const std::exception& error) {
  std::cerr << "bench_prove: " << error.what() << '\n';
  return 2;
}
