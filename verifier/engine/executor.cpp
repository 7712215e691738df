// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/executor.h"

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <new>
#include <optional>
#include <stdexcept>

#include "verifier/engine/run.h"

namespace padproof::verifier {
namespace {

model::Result<NamedTensors> named_outputs(const model::Model& model, const NamedTensors& inputs,
                                          const ExecuteOptions& options, const MemoryBudget& memory) {
  auto outputs = ModelRun(model, options, memory).run_main(inputs);
  if (!outputs) return model::Error(outputs.error());
  NamedTensors named;
  for (std::size_t i = 0; i < outputs->size(); ++i)
    named.emplace(model.graph->outputs[i].name, std::move((*outputs)[i]));
  return named;
}

/// The same on the threads that were asked for.
model::Result<NamedTensors> outputs_on_threads(const model::Model& model, const NamedTensors& inputs,
                                               const ExecuteOptions& options, const MemoryBudget& memory) {
  std::optional<tbb::global_control> more_than_cores;
  if (options.threads > tbb::this_task_arena::max_concurrency())
    more_than_cores.emplace(tbb::global_control::max_allowed_parallelism, options.threads);
  tbb::task_arena arena(options.threads > 0 ? options.threads : tbb::task_arena::automatic);
  return arena.execute([&] { return named_outputs(model, inputs, options, memory); });
}

}  // namespace

Session::Session(const model::Model& model, const ExecuteOptions& options)
    : model_(model), options_(options), memory_(std::make_unique<MemoryBudget>(options.memory_limit_bytes)) {}

Session::~Session() = default;

model::Result<NamedTensors> Session::run(const NamedTensors& inputs) {
  const auto fail = [&](model::Diagnostic diagnostic) {
    diagnostic.where.file = model_.file;
    return model::Error(std::move(diagnostic));
  };
  try {
    auto outputs = outputs_on_threads(model_, inputs, options_, *memory_);
    if (!outputs) return fail(outputs.error());
    return outputs;
  } catch (const std::bad_alloc&) {
    return fail(model::unsupported("memory-limit", "out of memory").value());
  } catch (const std::length_error&) {
    return fail(model::unsupported("memory-limit", "out of memory").value());
  }
}

model::Result<NamedTensors> execute(const model::Model& model, const NamedTensors& inputs,
                                    const ExecuteOptions& options) {
  return Session(model, options).run(inputs);
}

}  // namespace padproof::verifier
