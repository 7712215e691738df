// SPDX-License-Identifier: Apache-2.0
// RNN, GRU, LSTM. X is sequence,batch,input; with layout=1 (opset 14) the batch comes first in all outputs.
#include "model/shapes/outcomes.h"
#include "model/shapes/rules.h"

namespace padproof::model::shapes {
namespace {

Extent hidden_size(const RuleContext& context) {
  const std::int64_t listed = context.attributes.int_or("hidden_size", 0);
  if (listed > 0) return listed;
  // R is directions x gates*hidden x hidden.
  const Shape* recurrence = context.shape(2);
  return recurrence != nullptr && recurrence->size() == 3 ? (*recurrence)[2] : Extent();
}

}  // namespace

Result<void> recurrent(RuleContext& context) {
  const Shape* data = context.shape(0);
  if (data != nullptr) {
    if (auto ok = check_rank(*data, 3, 3, "the data input"); !ok) return ok;
  }
  const bool batch_first = context.attributes.int_or("layout", 0) != 0;
  const Extent directions = context.attributes.string_or("direction", "forward") == "bidirectional" ? 2 : 1;
  const Extent hidden = hidden_size(context);
  const Extent length = data == nullptr ? Extent() : (*data)[batch_first ? 1 : 0];
  const Extent batch = data == nullptr ? Extent() : (*data)[batch_first ? 0 : 1];
  const Shape sequence =
      batch_first ? Shape{batch, length, directions, hidden} : Shape{length, directions, batch, hidden};
  const Shape state = batch_first ? Shape{batch, directions, hidden} : Shape{directions, batch, hidden};
  for (std::size_t output = 0; output < context.output_count(); ++output) {
    if (data == nullptr) context.lose_by_input(output, 0);
    context.set(output, context.dtype(0), output == 0 ? sequence : state);
  }
  return {};
}

}  // namespace padproof::model::shapes
