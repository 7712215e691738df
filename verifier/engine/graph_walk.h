// SPDX-License-Identifier: Apache-2.0
// Runs one graph a step at a time: a node, and those behind it that its kernel does on the way.
#pragma once

#include <cstdint>
#include <vector>

#include "verifier/engine/run.h"

namespace padproof::verifier {

class GraphWalk {
 public:
  /// Both must outlive the walk.
  GraphWalk(ModelRun& run, Frame& frame);

  [[nodiscard]] bool at_end() const { return position_ == frame_.graph().order.size(); }
  /// The node of the next step; not at the end.
  [[nodiscard]] const model::Node& next() const;
  /// Runs it, unless an earlier step did, and drops what nobody needs any more.
  model::Result<void> step();
  /// The same where its outputs were set by other means.
  void pass();

  [[nodiscard]] bool has_run(std::uint32_t node) const { return has_run_[node]; }
  /// What the last step computed: values that its end left in the frame, if somebody reads them.
  [[nodiscard]] const std::vector<model::ValueId>& last_results() const { return last_results_; }

 private:
  model::Result<void> run_next();

  ModelRun& run_;
  Frame& frame_;
  const Schedule& schedule_;
  std::size_t position_ = 0;
  std::vector<bool> has_run_;  // by node
  std::vector<model::ValueId> last_results_;
};

}  // namespace padproof::verifier
