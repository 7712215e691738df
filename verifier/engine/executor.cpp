// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/executor.h"

#include <new>
#include <stdexcept>

#include "verifier/engine/run.h"
#include "verifier/engine/thread_team.h"

namespace padproof::verifier {
model::Result<void> with_threads(const ExecuteOptions& options, const std::string& file,
                                 const std::function<model::Result<void>()>& work) {
  const auto fail = [&](model::Diagnostic diagnostic) {
    diagnostic.where.file = file;
    return model::Error(std::move(diagnostic));
  };
  ThreadTeam team(options.oracle ? 1 : options.threads);
  try {
    model::Result<void> done;
    team.run([&] { run_until(options.limit.deadline, [&] { done = work(); }); });
    if (!done) return fail(done.error());
    // Loops that were cut off leave no results.
    if (auto left = model::check_deadline(options.limit.deadline); !left) return fail(left.error());
    return done;
  } catch (const std::bad_alloc&) {
    return fail(model::unsupported("memory-limit", "out of memory").value());
  } catch (const std::length_error&) {
    return fail(model::unsupported("memory-limit", "out of memory").value());
  }
}

Session::Session(const model::Model& model, const ExecuteOptions& options)
    : model_(model), options_(options), memory_(std::make_unique<MemoryBudget>(options.memory_limit_bytes)) {}

Session::~Session() = default;

model::Result<NamedTensors> Session::run(const NamedTensors& inputs) {
  NamedTensors named;
  const auto done = with_threads(options_, model_.file, [&]() -> model::Result<void> {
    auto outputs = ModelRun(model_, options_, *memory_).run_main(inputs);
    if (!outputs) return model::Error(outputs.error());
    for (std::size_t i = 0; i < outputs->size(); ++i)
      named.emplace(model_.graph->outputs[i].name, std::move((*outputs)[i]));
    return {};
  });
  if (!done) return model::Error(done.error());
  return named;
}

model::Result<NamedTensors> execute(const model::Model& model, const NamedTensors& inputs,
                                    const ExecuteOptions& options) {
  return Session(model, options).run(inputs);
}

}  // namespace padproof::verifier
