// SPDX-License-Identifier: Apache-2.0
// Max, Min, Sum and Mean over any number of operands, from the first to the last.
//
// Max and Min keep the earlier of equals and pass NaN on. Sum starts with the first operand; Mean divides the
// sum once. Sources: ONNX Max-1 to -13 and likewise.
#include "verifier/engine/elementwise.h"
#include "verifier/engine/extremes.h"
#include "verifier/engine/kernels.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

Result<Dims> common_dims(const KernelContext& context) {
  std::vector<Dims> all;
  for (const Tensor* const input : context.inputs) {
    if (input == nullptr) return model::malformed("missing-input", "an operand is missing");
    if (context.opset < 8 && input->dims() != context.inputs[0]->dims())
      return bad_shape("operands differ in shape", input->dims(), to_string(context.inputs[0]->dims()));
    all.push_back(input->dims());
  }
  return broadcast_dims(all);
}

/// Output 0 = the operands folded from the left.
template <class Types, class Apply>
Result<Tensor*> fold(KernelContext& context, Types types, Apply apply) {
  const auto dims = common_dims(context);
  if (!dims) return Error(dims.error());
  if (auto same = same_types(context, context.inputs.size()); !same) return Error(same.error());
  const auto dtype = context.inputs[0]->dtype();
  auto output = make_output(context, 0, dtype, *dims);
  if (!output) return output;
  const bool known = dispatch(types, dtype, [&]<class T>(std::type_identity<T>) {
    const auto out = elements<T>(*output);
    bool first = true;
    for (const Tensor* const input : context.inputs) {
      if (is_cut_off()) return;
      const auto in = input->data<T>();
      for_each_broadcast<1>(*dims, {input->dims()}, [&](std::int64_t i, const auto& at) {
        T& result = out[static_cast<std::size_t>(i)];
        const T operand = in[static_cast<std::size_t>(at[0])];
        result = first ? operand : static_cast<T>(apply(result, operand));
      });
      first = false;
    }
  });
  if (!known) return type_not_in_engine(context, dtype);
  return output;
}

Result<void> done(const Result<Tensor*>& output) {
  if (!output) return Error(output.error());
  return {};
}

}  // namespace

Result<void> maximum(KernelContext& context) {
  return done(fold(context, NumericTypes{},
                   [](auto best, auto operand) { return beats_maximum(operand, best) ? operand : best; }));
}

Result<void> minimum(KernelContext& context) {
  return done(fold(context, NumericTypes{},
                   [](auto best, auto operand) { return beats_minimum(operand, best) ? operand : best; }));
}

Result<void> sum(KernelContext& context) {
  return done(fold(context, FloatTypes{}, [](auto left, auto right) { return left + right; }));
}

Result<void> mean(KernelContext& context) {
  const auto output = fold(context, FloatTypes{}, [](auto left, auto right) { return left + right; });
  if (!output) return Error(output.error());
  dispatch(FloatTypes{}, (*output)->dtype(), [&]<class T>(std::type_identity<T>) {
    const auto means = elements<T>(*output);
    for_each_in_time((*output)->size(), 1, [&](std::int64_t i) {
      means[static_cast<std::size_t>(i)] /= static_cast<T>(context.inputs.size());
    });
  });
  return {};
}

}  // namespace padproof::verifier
