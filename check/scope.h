// SPDX-License-Identifier: Apache-2.0
// The values that the nodes of one pair of graphs can read, and which are known to be equal.
#pragma once

#include "check/files.h"
#include "check/operators.h"

namespace padproof::check {

struct Definition {
  const Tensor* constant = nullptr;  // of an input: its default, which a caller may override
  bool is_input = false;
};

struct GraphSide {
  const Graph& graph;
  const OperatorSets& operator_sets;
  std::vector<const ValueInfo*> inputs;  // before IR 4 without those that are initializers
  std::unordered_map<std::string_view, Definition> names;

  /// A name that stands for two values is unreadable.
  GraphSide(const LoadedModel& in, const Graph& of, const OperatorSets& sets);
  [[nodiscard]] std::int64_t operator_set(const Node& node) const;

 private:
  void define(std::string_view name, const Definition& definition);
};

/// A graph of the source and the one of the target that stands for it.
class Scope {
 public:
  Scope(GraphSide in_source, GraphSide in_target, const Scope* outer, std::string at)
      : source(std::move(in_source)), target(std::move(in_target)), path(std::move(at)), outer_(outer) {}

  const GraphSide source;
  const GraphSide target;
  const std::string path;

  /// Names are of the source's and of the target's values. From here on the two values are equal; each can be
  /// learnt once.
  void learn(std::string_view mine, std::string_view theirs, Fact fact);
  /// Stops if one of two inputs has another default than the other, or one alone has any.
  void require_same_default(std::string_view mine, std::string_view theirs) const;
  /// Stops unless the two are known to be equal, or are equal constants.
  void require_equal(std::string_view mine, std::string_view theirs, const std::string& reader) const;
  /// Of the source's value.
  [[nodiscard]] Fact fact(std::string_view mine) const;

 private:
  struct Place {
    const Scope* scope = nullptr;  // null: nowhere
    Definition definition;
  };
  [[nodiscard]] Place find(const GraphSide Scope::*side, std::string_view name) const;

  const Scope* outer_;
  std::unordered_map<std::string_view, std::pair<std::string_view, Fact>> equal_;  // by the source's name
};

/// Same type, extents and elements, where files of external data are the same.
bool same_tensor(const Tensor& source, const Tensor& target);
/// Makes the proof anew, by congruence: nodes that do the same to equal inputs have equal outputs. Stops
/// unless `certificate` is what the two models give; otherwise says what was found.
std::string check_pair(const LoadedModel& source, const LoadedModel& target, const Json& certificate);

}  // namespace padproof::check
