// SPDX-License-Identifier: Apache-2.0
// How much it matters that two models pad differently: both are run over the same inputs, and compared layer
// by layer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "verifier/diff/diff.h"
#include "verifier/diff/layer_numbers.h"
#include "verifier/engine/executor.h"
#include "verifier/rounding/compare.h"

namespace padproof::verifier {

struct OutputNumbers {
  std::string source;  // names
  std::string target;
  bool moves = false;       // in any bit, in any sample
  double max_absolute = 0;  // over all samples
  double largest = 0;
  std::int64_t rows = 0;  // of scores [N,classes]; 0 for other outputs
  std::int64_t same_top1 = 0;
};

struct DiffNumbers {
  std::int64_t samples = 0;
  std::string reason;                     // why nothing was run, or an output was not compared
  bool reached_limit = false;             // of time, operations or memory: that is why
  std::vector<std::string> moved_inputs;  // of the target: the source has the channels at another axis
  /// Of the first sample, or the first that rounding does not explain; one for each of PaddingDiff::layers.
  std::vector<LayerNumbers> layers;
  std::vector<OutputNumbers> outputs;
  bool has_other_outputs = false;  // one has another type or other extents
  /// That sample, judged as explain.h says. Where a difference would make the verdict another, all samples
  /// are, and this is the worst.
  Comparison rounding;
  std::int64_t judged = 0;  // samples; those that are the same in every bit need no bound
  /// Of PaddingDiff::layers: by its bound, or because its output has other extents.
  std::optional<std::size_t> first_beyond;
};

struct NumbersOptions {
  std::int64_t samples = 1;
  std::uint64_t seed = 0;
  bool judge_rounding = true;
  std::optional<NamedTensors> inputs;  // by the source's names, instead of seeded ones
  ExecuteOptions engine;
};

/// Whether the run shows a difference that the layers, all reading the same cells, do not explain: another
/// operator, another order. With other weights it says nothing.
bool contradicts(const PaddingDiff& diff, const DiffNumbers& numbers);

/// Whether outputs differ, the layers all reading the same cells, and nothing says that it is rounding.
bool leaves_open(const PaddingDiff& diff, const DiffNumbers& numbers);

/// Whether nothing ties the models together: no layer has the other's weights, and they could not be run.
bool shows_nothing(const PaddingDiff& diff, const DiffNumbers& numbers);

/// Whether all that differs is what transposed convolutions crop, and no output differs by more than
/// rounding: something else crops the rest.
bool shows_no_difference(const PaddingDiff& diff, const DiffNumbers& numbers);

/// Why the verdict of the layers does not stand after the run; null if it does.
const char* doubt_about(const PaddingDiff& diff, const DiffNumbers& numbers);

/// Never fails: what could not be run or judged says so in `reason`.
DiffNumbers run_and_compare(const model::Model& source, const model::GraphInstance& source_facts,
                            const model::Model& target, const PaddingDiff& diff,
                            const NumbersOptions& options);

}  // namespace padproof::verifier
