// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/executor.h"

#include <new>
#include <stdexcept>

#include "verifier/engine/run.h"

namespace padproof::verifier {
namespace {

model::Result<NamedTensors> named_outputs(const model::Model& model, const NamedTensors& inputs,
                                          const ExecuteOptions& options) {
  auto outputs = ModelRun(model, options).run_main(inputs);
  if (!outputs) return model::Error(outputs.error());
  NamedTensors named;
  for (std::size_t i = 0; i < outputs->size(); ++i)
    named.emplace(model.graph->outputs[i].name, std::move((*outputs)[i]));
  return named;
}

}  // namespace

model::Result<NamedTensors> execute(const model::Model& model, const NamedTensors& inputs,
                                    const ExecuteOptions& options) {
  const auto fail = [&](model::Diagnostic diagnostic) {
    diagnostic.where.file = model.file;
    return model::Error(std::move(diagnostic));
  };
  try {
    auto outputs = named_outputs(model, inputs, options);
    if (!outputs) return fail(outputs.error());
    return outputs;
  } catch (const std::bad_alloc&) {
    return fail(model::unsupported("memory-limit", "out of memory").value());
  } catch (const std::length_error&) {
    return fail(model::unsupported("memory-limit", "out of memory").value());
  }
}

}  // namespace padproof::verifier
