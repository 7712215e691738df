// SPDX-License-Identifier: Apache-2.0
// Loops over elements that the elementwise kernels share.
#pragma once

#include <tbb/parallel_for.h>

#include "verifier/engine/broadcast.h"
#include "verifier/engine/in_time.h"
#include "verifier/engine/operands.h"

namespace padproof::verifier {

/// Dims of the two operands of `left op right`, as this opset aligns them, and of the result.
struct BinaryDims {
  Dims left;
  Dims right;
  Dims result;
};
model::Result<BinaryDims> binary_dims(const KernelContext& context, const Tensor& left, const Tensor& right);

template <class L, class R, class Out, class Apply>
void apply_binary(const BinaryDims& dims, const Tensor& left, const Tensor& right, Tensor* output,
                  Apply apply) {
  const L* const l = left.data<L>().data();
  const R* const r = right.data<R>().data();
  Out* const out = elements<Out>(output).data();
  if (dims.left == dims.right) {
    for_each_in_time(output->size(), 1,
                     [&](std::int64_t i) { out[i] = static_cast<Out>(apply(l[i], r[i])); });
    return;
  }
  for_each_broadcast<2>(dims.result, {dims.left, dims.right}, [&](std::int64_t i, const auto& at) {
    out[i] = static_cast<Out>(apply(l[at[0]], r[at[1]]));
  });
}

/// Output 0 = apply(input 0, input 1) with broadcasting, both of one type among `types`; the result has that
/// type.
template <class Types, class Apply>
model::Result<void> binary(KernelContext& context, Types types, Apply apply) {
  const Tensor& left = context.present(0);
  const Tensor& right = context.present(1);
  if (auto same = same_types(context, 2); !same) return same;
  const auto dims = binary_dims(context, left, right);
  if (!dims) return model::Error(dims.error());
  const auto output = make_output(context, 0, left.dtype(), dims->result);
  if (!output) return model::Error(output.error());
  const bool known = dispatch(types, left.dtype(), [&]<class T>(std::type_identity<T>) {
    apply_binary<T, T, T>(*dims, left, right, *output, apply);
  });
  if (!known) return type_not_in_engine(context, left.dtype());
  return {};
}

/// The same with a bool result.
template <class Types, class Apply>
model::Result<void> compare(KernelContext& context, Types types, Apply apply) {
  const Tensor& left = context.present(0);
  const Tensor& right = context.present(1);
  if (auto same = same_types(context, 2); !same) return same;
  const auto dims = binary_dims(context, left, right);
  if (!dims) return model::Error(dims.error());
  const auto output = make_output(context, 0, model::DataType::kBool, dims->result);
  if (!output) return model::Error(output.error());
  const bool known = dispatch(types, left.dtype(), [&]<class T>(std::type_identity<T>) {
    apply_binary<T, T, std::uint8_t>(*dims, left, right, *output, apply);
  });
  if (!known) return type_not_in_engine(context, left.dtype());
  return {};
}

/// Calls run(begin, end) for parts of [0, count): one after the other in the oracle, on all cores otherwise.
template <class Run>
void in_parts(const KernelContext& context, std::size_t count, Run&& run) {
  constexpr std::size_t kElementsOfTask = 4096;
  if (count <= kElementsOfTask) return run(0, count);
  if (context.oracle)
    return for_each_piece_in_time(static_cast<std::int64_t>(count), kElementsOfTask,
                                  [&](std::int64_t begin, std::int64_t end) {
                                    run(static_cast<std::size_t>(begin), static_cast<std::size_t>(end));
                                  });
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count, kElementsOfTask),
                    [&](const auto& range) { run(range.begin(), range.end()); });
}

/// Output 0 = apply(input 0), elementwise, of the same type.
template <class Types, class Apply>
model::Result<void> unary(KernelContext& context, Types types, Apply apply) {
  const Tensor& input = context.present(0);
  const auto output = make_output(context, 0, input.dtype(), input.dims());
  if (!output) return model::Error(output.error());
  const bool known = dispatch(types, input.dtype(), [&]<class T>(std::type_identity<T>) {
    const auto x = input.data<T>();
    const auto y = elements<T>(*output);
    in_parts(context, x.size(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) y[i] = static_cast<T>(apply(x[i]));
    });
  });
  if (!known) return type_not_in_engine(context, input.dtype());
  return {};
}

/// A function of one real variable, evaluated in double and rounded once.
template <class Function>
model::Result<void> real_function(KernelContext& context, Function function) {
  return unary(context, FloatTypes{},
               [&](auto x) { return static_cast<decltype(x)>(function(static_cast<double>(x))); });
}

}  // namespace padproof::verifier
