// SPDX-License-Identifier: Apache-2.0
// What an operator's implementation in the reference engine sees. One operator family per file, one explicit
// table.
//
// Contract of the bits: fp32 products are fused (std::fma), sums run in ascending (channel, kernel row,
// kernel column) from +0, the bias is added last, padded taps are skipped. This is the oracle: it stays
// naive.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "model/attributes.h"
#include "model/graph.h"
#include "model/result.h"
#include "verifier/engine/memory_budget.h"
#include "verifier/engine/tensor.h"

namespace padproof::verifier {

/// The newest operator set whose text the kernels were checked against; newer ones are kUnsupported.
inline constexpr std::int64_t kNewestOpset = 28;

/// What the nodes behind this one do to its first output, each step rounded: + addend, then the clamp of Relu
/// and Clip. A kernel may do it on the way, and says so.
struct Followers {
  const Tensor* addend = nullptr;
  std::optional<float> least;
  std::optional<float> most;
  bool done = false;
};

/// Of one execution.
struct Operations {
  double spent = 0;
  double allowed = std::numeric_limits<double>::infinity();
};

struct KernelContext {
  const model::Node& node;
  model::Attributes attributes;
  std::int64_t opset;                     // version imported for the node's domain
  std::span<const Tensor* const> inputs;  // null where omitted
  std::vector<Tensor>& outputs;           // sized to the node's outputs; kernels fill those that have a name
  const MemoryBudget& memory;
  bool oracle = false;             // only the scalar oracle, no fast path
  Followers* followers = nullptr;  // null: none
  Operations operations = {};      // make_output refuses to make more elements than are left

  [[nodiscard]] const Tensor* input(std::size_t index) const {
    return index < inputs.size() ? inputs[index] : nullptr;
  }
  /// An operand that is known to be there: required by the table, or looked for before.
  [[nodiscard]] const Tensor& present(std::size_t index) const { return *inputs[index]; }
  /// True if the node names this output.
  [[nodiscard]] bool wants(std::size_t output) const {
    return output < node.outputs.size() && node.outputs[output] != model::kNoValue;
  }
};

/// For long loops of a kernel to ask now and then: whether the deadline has passed, so that nobody will look
/// at what they compute.
bool is_cut_off();

/// Called with all required inputs present and attributes of the right names and kinds only.
using Kernel = model::Result<void> (*)(KernelContext& context);

/// For operators with any number of inputs or outputs.
inline constexpr std::size_t kAnyNumber = SIZE_MAX;

inline constexpr std::size_t kNoInput = SIZE_MAX;

/// A row of the table of operators.
struct Operator {
  std::string_view domain;
  std::string_view op_type;
  Kernel kernel;                // null for control flow, which the executor runs itself
  std::size_t required_inputs;  // the first so many must be present
  std::size_t max_inputs;
  std::size_t max_outputs;
  /// `name:kind` separated by blanks; kinds: i int, f float, s string, t tensor, g graph, I ints, F floats,
  /// S strings, * any. An attribute that is not listed is kUnsupported.
  std::string_view attributes;
  /// An input whose floats the kernel takes at any address, as the bytes of the model file.
  std::size_t in_place_input = kNoInput;
};

/// The operator's row, or null if the engine does not claim it.
const Operator* find_operator(std::string_view domain, std::string_view op_type);

/// Operators that the engine claims, sorted, as `Conv` or `com.microsoft.FusedConv`.
std::vector<std::string> claimed_operators();

/// The diagnostic's code where an element type is what a kernel does not implement.
inline constexpr const char* kTypeNotInEngine = "type-not-in-engine";

/// Checks arity and attributes, runs the kernel, checks that it gave every output that has a name.
/// A kernel that does not implement float16 or bfloat16 data is run on floats, and its float results are
/// rounded once.
model::Result<void> run_kernel(const Operator& op, KernelContext& context);

/// Diagnostic kUnsupported for a type or attribute combination that a kernel does not implement.
model::Error unsupported_in_engine(const KernelContext& context, std::string what, std::string got);

}  // namespace padproof::verifier
