// SPDX-License-Identifier: Apache-2.0
#include "converter/convert.h"

#include "converter/emitter.h"
#include "converter/planner.h"
#include "model/onnx/reader.h"

namespace padproof::converter {

model::Result<Conversion> convert(const model::Model& source, const model::GraphInstance& facts,
                                  const Judge& judge) {
  auto plan = make_plan(source, facts);
  if (!plan) return model::Error(plan.error());
  Conversion conversion;
  conversion.plan = std::move(*plan);
  if (conversion.plan.count(NodeStatus::kRefused) != 0) return conversion;
  auto target = emit_onnx(source.source, conversion.plan);
  if (!target) return model::Error(target.error());
  conversion.target = std::move(*target);
  if (!judge) {
    conversion.approved = true;
    return conversion;
  }
  const auto target_model = model::read_onnx(conversion.target, source.file + " (rewritten)");
  if (!target_model) return model::Error(target_model.error());
  const auto approved = judge(source, facts, *target_model);
  if (!approved) return model::Error(approved.error());
  conversion.approved = *approved;
  return conversion;
}

}  // namespace padproof::converter
