// SPDX-License-Identifier: Apache-2.0
// Runs a model on the reference engine: nodes in topological order, subgraphs and model-local functions
// included.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "model/graph.h"
#include "model/result.h"
#include "verifier/engine/tensor.h"
#include "verifier/engine/work_limit.h"

namespace padproof::verifier {

using NamedTensors = std::map<std::string, Tensor, std::less<>>;

struct ExecuteOptions {
  std::uint64_t memory_limit_bytes = std::uint64_t{16} << 30;
  WorkLimit limit;
  int threads = 0;      ///< 0: all that the machine has. The bits do not depend on it.
  bool oracle = false;  ///< only the scalar oracle that defines the bits, no fast path
  bool fuse = true;     ///< several nodes in one pass; false: every value is computed by itself
  /// Called after each node of the main graph with the value's name and the tensor; null: not called.
  std::function<void(const model::Node& node, std::string_view value, const Tensor& tensor)> on_value;
  /// Told between nodes of the main graph how many are done, and how many there are.
  std::function<void(std::size_t done, std::size_t all)> on_progress;
  /// Asked between nodes; true stops the run with a kUnsupported diagnostic.
  std::function<bool()> cancelled;
};

/// Runs one model any number of times, keeping the memory of its activations from run to run.
class Session {
 public:
  /// Both must outlive the session.
  Session(const model::Model& model, const ExecuteOptions& options);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();
  /// As execute().
  model::Result<NamedTensors> run(const NamedTensors& inputs);

 private:
  const model::Model& model_;
  const ExecuteOptions& options_;
  std::unique_ptr<class MemoryBudget> memory_;
};

/// Runs `work` with the threads that `options` allow, until their deadline, and turns running out of memory
/// or of time into a diagnostic that names `file`.
model::Result<void> with_threads(const ExecuteOptions& options, const std::string& file,
                                 const std::function<model::Result<void>()>& work);

/// Outputs of `model` for `inputs` (by graph input name; inputs that have a default may be left out).
/// An operator, type or attribute that the engine does not implement is kUnsupported and names the node.
model::Result<NamedTensors> execute(const model::Model& model, const NamedTensors& inputs,
                                    const ExecuteOptions& options);

}  // namespace padproof::verifier
