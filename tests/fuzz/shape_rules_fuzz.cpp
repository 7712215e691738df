// SPDX-License-Identifier: Apache-2.0
// One node with operands and attributes that the bytes choose: what the shape rules say of its results is
// what the engine makes, and what they refuse they refuse with one line.
#include <algorithm>
#include <span>

#include "tests/fuzz/fuzz_input.h"
#include "tests/support/wire_bytes.h"
#include "verifier/engine/kernel.h"
#include "verifier/execution.h"

namespace {

using namespace padproof;
namespace wire = test::wire;

/// Choices are read from the bytes; behind their end the first is taken.
class Choices {
 public:
  explicit Choices(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::size_t below(std::size_t count) {
    if (bytes_.empty()) return 0;
    const std::size_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte % count;
  }
  template <class T>
  const T& of(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }
  [[nodiscard]] bool is_over() const { return bytes_.empty(); }

 private:
  std::span<const std::uint8_t> bytes_;
};

/// Mostly small, now and then what overflows.
std::int64_t number(Choices& choices) {
  static const std::vector<std::int64_t> kNumbers = {
      1, 2, 0, 3, -1, 4, 5, 7, 8, -2, INT32_MAX, INT64_MAX, INT64_MIN, std::int64_t{1} << 62};
  return choices.of(kNumbers);
}

wire::Numbers numbers(Choices& choices) {
  wire::Numbers list(choices.below(9));
  std::generate(list.begin(), list.end(), [&] { return number(choices); });
  return list;
}

std::string attributes(Choices& choices) {
  static const std::vector<std::string> kLists = {
      "pads", "strides", "dilations", "kernel_shape", "output_padding", "output_shape",
      "axes", "perm",    "split",     "starts",       "ends",           "shape"};
  static const std::vector<std::string> kInts = {"axis",      "group",      "ceil_mode",  "keepdims",
                                                 "to",        "transA",     "batch_dims", "k",
                                                 "blocksize", "num_outputs"};
  static const std::vector<std::string> kTexts = {"SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET", ""};
  std::string all;
  for (std::size_t count = choices.below(6); count > 0; --count) {
    const std::size_t kind = choices.below(3);
    if (kind == 0) {
      all += wire::ints(choices.of(kLists), numbers(choices));
    } else if (kind == 1) {
      // AttributeProto: i = 3, type = 20, of which 2 is an integer.
      const std::string& name = choices.of(kInts);
      all += wire::attribute(
          name, wire::number(3, static_cast<std::uint64_t>(number(choices))) + wire::number(20, 2));
    } else {
      all += wire::text("auto_pad", choices.of(kTexts));
    }
  }
  return all;
}

/// A graph input of floats, or an initializer of integers, whose elements are shapes and axes to some
/// operators.
std::string operand(Choices& choices, const std::string& name) {
  wire::Numbers dims(choices.below(6));
  std::generate(dims.begin(), dims.end(), [&] { return static_cast<std::int64_t>(choices.below(9)); });
  if (choices.below(2) == 0) return wire::input(name, dims);
  const wire::Numbers elements = numbers(choices);
  constexpr std::uint64_t kInt64 = 7;
  std::string body = wire::number(1, elements.size()) + wire::number(2, kInt64) + wire::bytes(8, name);
  std::string raw(reinterpret_cast<const char*>(elements.data()), elements.size() * sizeof(std::int64_t));
  return wire::bytes(5, body + wire::bytes(9, raw));
}

std::string model_of(Choices& choices) {
  static const std::vector<std::string> kOperators = verifier::claimed_operators();
  std::string op = choices.of(kOperators);
  if (op.find('.') != std::string::npos) op = "Conv";
  wire::Names inputs;
  std::string operands;
  for (std::size_t count = choices.below(5); count > 0; --count) {
    inputs.push_back("x" + std::to_string(count));
    operands += operand(choices, inputs.back());
  }
  const wire::Names outputs = choices.below(4) == 3 ? wire::Names{"y", "z"} : wire::Names{"y"};
  std::string graph = wire::node(op, inputs, outputs, attributes(choices)) + operands;
  for (const std::string& output : outputs) graph += wire::bytes(12, wire::bytes(1, output));
  return wire::model(graph);
}

void compare(const model::Model& model, const model::GraphInstance& facts,
             const verifier::NamedTensors& outputs) {
  for (const model::ValueInfo& output : model.graph->outputs) {
    const verifier::Tensor& tensor = outputs.find(output.name)->second;
    const model::ValueFacts& known = facts.facts(output.value);
    if (known.dtype != model::DataType::kUndefined && known.dtype != tensor.dtype())
      fuzz::broken("another type than inferred: " + model::to_string(tensor.dtype()));
    if (!known.shape) continue;
    bool fits = known.shape->size() == tensor.rank();
    for (std::size_t i = 0; fits && i < tensor.rank(); ++i) {
      const auto extent = (*known.shape)[i].constant();
      fits = !extent || *extent == tensor.dims()[i];
    }
    if (!fits)
      fuzz::broken("inferred " + model::to_string(*known.shape) + ", made " +
                   verifier::to_string(tensor.dims()) + " by " +
                   std::string(model.graph->nodes.front().op_type));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Choices choices({data, size});
  const std::string bytes = model_of(choices);
  const auto model = fuzz::read(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (!model) return 0;
  const auto facts = model::infer(*model, fuzz::inference_options());
  if (!facts) {
    fuzz::check_diagnostic(facts.error());
    return 0;
  }
  verifier::ExecuteOptions engine;
  engine.threads = 1;
  engine.memory_limit_bytes = std::uint64_t{1} << 24U;
  engine.limit.operations = 1e7;
  const auto inputs = verifier::make_inputs(**facts, 1, 1, {}, engine);
  if (!inputs) return 0;
  const auto outputs = verifier::execute(*model, *inputs, engine);
  if (outputs)
    compare(*model, **facts, *outputs);
  else
    fuzz::check_diagnostic(outputs.error());
  return 0;
}
