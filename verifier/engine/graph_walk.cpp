// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/graph_walk.h"

#include "model/locate.h"

namespace padproof::verifier {

using model::Result;

GraphWalk::GraphWalk(ModelRun& run, Frame& frame)
    : run_(run),
      frame_(frame),
      schedule_(run.schedule(frame.graph())),
      has_run_(frame.graph().nodes.size(), false) {}

const model::Node& GraphWalk::next() const { return frame_.graph().nodes[frame_.graph().order[position_]]; }

Result<void> GraphWalk::step() {
  last_results_.clear();
  const model::Node& node = next();
  if (!has_run_[node.index]) {
    if (auto done = run_next(); !done) return model::at_node(done.error(), frame_.graph(), node);
  }
  pass();
  return {};
}

void GraphWalk::pass() {
  const std::uint32_t index = frame_.graph().order[position_++];
  has_run_[index] = true;
  frame_.drop(schedule_.deaths[index]);
}

Result<void> GraphWalk::run_next() {
  const model::Node& node = next();
  if (auto allowed = run_.check_progress(frame_, position_); !allowed) return allowed;
  Chain chain;
  if (run_.may_fuse(frame_)) chain = chain_behind(run_.model(), frame_, node, schedule_);
  if (auto done = run_.run_node(frame_, node, chain); !done) return done;
  if (chain.followers.done) {
    for (const std::uint32_t follower : chain.nodes) has_run_[follower] = true;
    last_results_.push_back(chain.result);
    return {};
  }
  for (const model::ValueId output : node.outputs)
    if (output != model::kNoValue) last_results_.push_back(output);
  return {};
}

}  // namespace padproof::verifier
