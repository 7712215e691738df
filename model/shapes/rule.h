// SPDX-License-Identifier: Apache-2.0
// What a shape rule sees and says. One rule per operator, right for every version of it.
//
// A rule sets what it can tell of each output. What it cannot tell it loses, with the reason; it never
// guesses. It returns an error only for input that breaks the operator's specification (a negative kernel,
// ranks that contradict). The caller adds file, graph and node to the diagnostic.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/facts.h"
#include "model/result.h"

namespace padproof::model {

/// Float tensors of rank 0 or 1 up to this many elements are followed by value (scales of Resize).
inline constexpr std::int64_t kMaxFloatElements = 16;

class RuleContext {
 public:
  /// `graph` is the one that holds `node`; without it, reasons name inputs by their position.
  RuleContext(const Node& node, std::int64_t opset_version, const AttributeScope* scope,
              std::span<const ValueFacts* const> inputs, std::span<ValueFacts> outputs,
              const Graph* graph = nullptr)
      : attributes(node, scope),
        opset(opset_version),
        node_(node),
        graph_(graph),
        inputs_(inputs),
        outputs_(outputs) {}

  const Attributes attributes;
  const std::int64_t opset;  ///< version imported for the node's domain

  [[nodiscard]] const Node& node() const { return node_; }
  [[nodiscard]] std::size_t input_count() const { return inputs_.size(); }
  [[nodiscard]] std::size_t output_count() const { return outputs_.size(); }
  /// Null when the input is omitted.
  [[nodiscard]] const ValueFacts* input(std::size_t index) const;
  /// The shape of an input that is present and of known rank, otherwise null.
  [[nodiscard]] const Shape* shape(std::size_t index) const;
  [[nodiscard]] DataType dtype(std::size_t index) const;
  /// Contents of an input that are known, otherwise null. Single elements may still be unknown extents.
  [[nodiscard]] const std::vector<Extent>* contents(std::size_t index) const;
  [[nodiscard]] const std::vector<float>* floats(std::size_t index) const;

  /// Outputs that the node does not have are ignored. An extent that is unknown without a reason given by
  /// lose() takes that of the first input that has one.
  void set(std::size_t output, DataType dtype, Shape shape);
  void set_rank_unknown(std::size_t output, DataType dtype);
  /// Follows a set(). Dropped beyond kMaxContents; elements that the output's type cannot hold become
  /// unknown.
  void set_contents(std::size_t output, std::vector<Extent> contents);
  /// Follows a set(). Dropped beyond kMaxFloatElements.
  void set_floats(std::size_t output, std::vector<float> floats);
  /// Says why something about an output is not known: by what this node is or does.
  void lose(std::size_t output, std::string_view text);
  /// The usual end when input `index` is not known well enough: passes on that input's own reason.
  void lose_by_input(std::size_t output, std::size_t index);

 private:
  [[nodiscard]] std::string input_name(std::size_t index) const;
  void explain(std::size_t output);

  const Node& node_;
  const Graph* graph_;
  std::span<const ValueFacts* const> inputs_;
  std::span<ValueFacts> outputs_;

  friend Result<void> run_rule(Result<void> (*rule)(RuleContext&), RuleContext& context);
};

using Rule = Result<void> (*)(RuleContext& context);

/// The rule for an operator of the standard domain ("") or of com.microsoft; null if there is none.
Rule find_rule(std::string_view domain, std::string_view op_type);

/// What a rule says, unless it is that an extent is negative (error "negative-extent"): rules compute with
/// numbers of any sign that a file holds.
Result<void> run_rule(Rule rule, RuleContext& context);

/// Names of the operators with a rule, sorted, as `Conv` or `com.microsoft.Name`; for documentation and
/// tests.
std::vector<std::string> operators_with_rules();

// Building blocks that several rules share.

/// -rank <= axis < rank, negative counts from the end; error "axis-out-of-range" otherwise.
Result<std::size_t> normalize_axis(std::int64_t axis, std::size_t rank);

/// Multidirectional broadcasting (ONNX Broadcasting.md). Extents that cannot be matched for certain: if one
/// is a constant other than 1 it wins (the other must be 1 or equal at run time); otherwise the result's
/// extent is unknown. Two constants that differ and are not 1 are an error.
Result<Shape> broadcast(const Shape& left, const Shape& right);

}  // namespace padproof::model
