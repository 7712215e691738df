// SPDX-License-Identifier: Apache-2.0
#include "verifier/diff/alignment.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "verifier/diff/paired_inputs.h"

namespace padproof::verifier {
namespace {

constexpr std::size_t kNone = SIZE_MAX;
// Of samples, so that files made to be slow are not: the rest is aligned by position.
constexpr std::size_t kMostSampleComparisons = 4'000'000;
// Layers to compare in full where samples are alike.
constexpr std::size_t kMostTied = 16;
// Layers to look at in all passes over the positions: what is not found by then is left over.
constexpr std::size_t kMostPlaces = 50'000'000;

using Shape = std::vector<std::int64_t>;

/// Extents of the kernel, with the channels where there are weights.
Shape shape_of(const Layer& layer) {
  if (layer.weights.is_known()) return layer.weights.dims;
  return model::Attributes(*layer.node, layer.instance->attribute_scope()).ints("kernel_shape");
}

/// What is asked of a counterpart beside its neighbours: the kernel's shape; that and the same inputs of the
/// model and branches around it; or the operator alone.
enum class Likeness { kShape, kShapeAndPlace, kOperator };
/// Which neighbours must match.
enum class Side { kAbove, kBelow };

const model::Graph* main_of(const std::vector<Layer>& layers) {
  if (layers.empty()) return nullptr;
  const model::GraphInstance* instance = layers.front().instance;
  while (instance->parent != nullptr) instance = instance->parent;
  return instance->graph;
}

class Aligner {
 public:
  Aligner(const std::vector<Layer>& source, const std::vector<Layer>& target)
      : source_(source),
        target_(target),
        target_of_(source.size(), kNone),
        source_of_(target.size(), kNone),
        match_(source.size(), Match::kPosition),
        is_certain_(source.size(), false) {
    const model::Graph* const mine = main_of(source);
    const model::Graph* const theirs = main_of(target);
    if (mine != nullptr && theirs != nullptr) source_of_input_ = paired_inputs(*mine, *theirs);
  }

  Alignment run() {
    by_weights();
    // What is found is a neighbour of what is not found yet; likeness is given up only where it must be.
    for (bool goes_on = true; goes_on && looked_at_ < kMostPlaces;) {
      goes_on = by_position(Likeness::kShape, Side::kAbove);
      goes_on = by_position(Likeness::kShape, Side::kBelow) || goes_on;
      goes_on = goes_on || by_position(Likeness::kShapeAndPlace, Side::kAbove);
      goes_on = goes_on || by_position(Likeness::kOperator, Side::kAbove);
      goes_on = goes_on || by_position(Likeness::kOperator, Side::kBelow);
    }
    Alignment alignment;
    for (std::size_t i = 0; i < source_.size(); ++i) {
      if (target_of_[i] == kNone)
        alignment.left_source.push_back(i);
      else
        alignment.pairs.push_back({i, target_of_[i], match_[i], is_certain_[i]});
    }
    for (std::size_t i = 0; i < target_.size(); ++i)
      if (source_of_[i] == kNone) alignment.left_target.push_back(i);
    return alignment;
  }

 private:
  using WeightKey = std::tuple<WindowKind, Shape>;
  using Numbers = std::vector<std::size_t>;
  using PositionKey = std::tuple<WindowKind, Shape, Numbers, Numbers, std::string>;

  void pair(std::size_t source, std::size_t target, Match match) {
    target_of_[source] = target;
    source_of_[target] = source;
    match_[source] = match;
  }

  // Layers of one shape whose samples are close, where there is just one on either side: weights that are
  // used twice say nothing of which is which.
  void by_weights() {
    std::map<WeightKey, std::vector<std::size_t>> sources;
    std::map<WeightKey, std::vector<std::size_t>> targets;
    for (std::size_t i = 0; i < source_.size(); ++i)
      if (source_[i].weights.is_known()) sources[key_of(source_[i])].push_back(i);
    for (std::size_t i = 0; i < target_.size(); ++i)
      if (target_[i].weights.is_known()) targets[key_of(target_[i])].push_back(i);
    const auto mine = samples(source_);
    const auto theirs = samples(target_);
    std::vector<std::vector<std::size_t>> candidates(source_.size());
    std::vector<std::size_t> claims(target_.size(), 0);
    std::size_t comparisons = 0;
    for (std::size_t i = 0; i < source_.size(); ++i) {
      const auto found = source_[i].weights.is_known() ? targets.find(key_of(source_[i])) : targets.end();
      if (found == targets.end()) continue;
      for (const std::size_t target : found->second) {
        if (++comparisons > kMostSampleComparisons) break;
        if (!are_close(mine[i], theirs[target])) continue;
        candidates[i].push_back(target);
        ++claims[target];
      }
    }
    for (std::size_t i = 0; i < source_.size(); ++i)
      if (candidates[i].size() == 1 && claims[candidates[i].front()] == 1)
        confirm(i, candidates[i].front());
      else if (!candidates[i].empty() && candidates[i].size() <= kMostTied)
        break_tie(i, candidates[i], sources[key_of(source_[i])]);
  }

  // Of those that are alike up to factors one may have the very same bits, and be the only one on both sides.
  void break_tie(std::size_t source, const std::vector<std::size_t>& candidates,
                 const std::vector<std::size_t>& rivals) {
    const auto has_bits = [&](std::size_t mine, std::size_t theirs) {
      return compare_weights(source_[mine].weights, target_[theirs].weights) == SameWeights::kBits;
    };
    std::vector<std::size_t> same;
    for (const std::size_t target : candidates)
      if (has_bits(source, target)) same.push_back(target);
    if (same.size() != 1 || rivals.size() > kMostTied) return;
    for (const std::size_t rival : rivals)
      if (rival != source && has_bits(rival, same.front())) return;
    confirm(source, same.front());
  }

  void confirm(std::size_t source, std::size_t target) {
    switch (compare_weights(source_[source].weights, target_[target].weights)) {
      case SameWeights::kBits:
        is_certain_[source] = true;
        return pair(source, target, Match::kWeights);
      case SameWeights::kScaled:
        is_certain_[source] = true;
        return pair(source, target, Match::kScaledWeights);
      case SameWeights::kNo:
        return;
    }
  }

  static std::vector<Sample> samples(const std::vector<Layer>& layers) {
    std::vector<Sample> all;
    all.reserve(layers.size());
    for (const Layer& layer : layers) all.push_back(sample_of(layer.weights));
    return all;
  }

  static WeightKey key_of(const Layer& layer) {
    return {layer.meaning.kind, without_ones(layer.weights).dims};
  }

  /// Neighbours as layers of the target; nothing if one of them has no counterpart yet.
  [[nodiscard]] std::optional<std::vector<std::size_t>> neighbours(const Layer& layer, Side side,
                                                                   bool is_source) const {
    if (side == Side::kAbove && !layer.is_placed) return std::nullopt;
    std::vector<std::size_t> known;
    for (const std::size_t other : side == Side::kAbove ? layer.above : layer.below) {
      if (other == kModelInput) {
        known.push_back(other);
        continue;
      }
      const std::size_t counterpart = is_source ? target_of_[other] : source_of_[other];
      if (counterpart == kNone) return std::nullopt;
      known.push_back(is_source ? counterpart : other);
    }
    std::sort(known.begin(), known.end());
    return known;
  }

  /// As inputs of the source.
  [[nodiscard]] Numbers inputs_of(const Layer& layer, bool is_source) const {
    if (is_source) return layer.inputs;
    Numbers inputs;
    for (const std::size_t input : layer.inputs) inputs.push_back(source_of_input_.at(input));
    std::sort(inputs.begin(), inputs.end());
    return inputs;
  }

  [[nodiscard]] std::optional<PositionKey> position(const Layer& layer, Likeness likeness, Side side,
                                                    bool is_source) const {
    auto around = neighbours(layer, side, is_source);
    if (!around) return std::nullopt;
    const bool asks_place = likeness == Likeness::kShapeAndPlace;
    return PositionKey{layer.meaning.kind, likeness == Likeness::kOperator ? Shape{} : shape_of(layer),
                       std::move(*around), asks_place ? inputs_of(layer, is_source) : Numbers{},
                       asks_place ? layer.branch : ""};
  }

  // One pass; true if it found any.
  bool by_position(Likeness likeness, Side side) {
    looked_at_ += source_.size() + target_.size();
    std::map<PositionKey, std::pair<std::vector<std::size_t>, std::vector<std::size_t>>> places;
    for (std::size_t i = 0; i < source_.size(); ++i)
      if (target_of_[i] == kNone)
        if (const auto key = position(source_[i], likeness, side, true)) places[*key].first.push_back(i);
    for (std::size_t i = 0; i < target_.size(); ++i)
      if (source_of_[i] == kNone)
        if (const auto key = position(target_[i], likeness, side, false)) places[*key].second.push_back(i);
    bool found = false;
    for (const auto& [key, layers] : places) {
      const auto& [mine, theirs] = layers;
      if (mine.size() != 1 || theirs.size() != 1) continue;
      const SameWeights same = compare_weights(source_[mine[0]].weights, target_[theirs[0]].weights);
      pair(mine[0], theirs[0],
           same == SameWeights::kBits     ? Match::kWeights
           : same == SameWeights::kScaled ? Match::kScaledWeights
                                          : Match::kPosition);
      found = true;
    }
    return found;
  }

  const std::vector<Layer>& source_;
  const std::vector<Layer>& target_;
  std::vector<std::size_t> target_of_;
  std::vector<std::size_t> source_of_;
  std::vector<std::size_t> source_of_input_;
  std::vector<Match> match_;
  std::vector<bool> is_certain_;
  std::size_t looked_at_ = 0;
};

}  // namespace

std::string_view to_string(Match match) {
  switch (match) {
    case Match::kWeights:
      return "weights";
    case Match::kScaledWeights:
      return "scaled-weights";
    case Match::kPosition:
      return "position";
  }
  return "";
}

Alignment align(const std::vector<Layer>& source, const std::vector<Layer>& target) {
  return Aligner(source, target).run();
}

}  // namespace padproof::verifier
