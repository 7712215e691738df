// SPDX-License-Identifier: Apache-2.0
// Every exported model: converted, proved, and executed to the same bits before and after.
#include <doctest/doctest.h>

#include "tests/support/conversion.h"
#include "tests/support/exports.h"

namespace padproof::test {
namespace {

using verifier::NamedTensors;

void check_same_bits(const NamedTensors& source, const NamedTensors& target) {
  REQUIRE(source.size() == target.size());
  for (const auto& [name, tensor] : source) CHECK(same_bits(tensor, target.at(name)));
}

void check_execution(const Converted& converted, const ExportedModel& exported) {
  const auto source = verifier::execute(converted.source.model, exported.inputs, {});
  const auto target = verifier::execute(converted.target->model, exported.inputs, {});
  REQUIRE_MESSAGE(source.has_value(), to_string(source.error()));
  REQUIRE_MESSAGE(target.has_value(), to_string(target.error()));
  check_same_bits(*source, *target);
  if (!exported.runtime.empty()) check_same_bits(*source, exported.runtime);
}

TEST_CASE("exported models are proved, and give the same bits") {
  const auto names = exported_names();
  CHECK(names.size() >= 24);
  std::size_t rewritten = 0;
  for (const std::string& name : names) {
    CAPTURE(name);
    const ExportedModel exported = exported_model(name);
    const auto shapes = bound_to(exported.inputs);
    const Converted converted = convert(load_file(exported.path, shapes), shapes);
    REQUIRE(converted.verdict.status == verifier::Status::kProved);
    rewritten += converted.conversion.plan.count(converter::NodeStatus::kRewritten);
    check_execution(converted, exported);
  }
  MESSAGE(names.size(), " exported models proved, ", rewritten,
          " nodes rewritten, all executed to the same bits");
}

}  // namespace
}  // namespace padproof::test
