// SPDX-License-Identifier: Apache-2.0
// What the source frameworks computed differs from the exact result by rounding only; a window that slips by
// one pixel differs by more.
#include <doctest/doctest.h>
#include <onnx/onnx_pb.h>

#include <cmath>
#include <limits>
#include <set>

#include "model/onnx/reader.h"
#include "tests/support/conversion.h"
#include "tests/support/exports.h"
#include "tests/support/slow_build.h"
#include "verifier/rounding/bound.h"

namespace padproof::test {
namespace {

using verifier::NamedTensors;
using verifier::RoundingBound;
using verifier::Tensor;

/// Models for which the bound is wider than what a slip does: products of two uncertain values (swish,
/// squeeze and excite) grow it without measure. There only the yardstick tells.
const std::set<std::string> kBluntBound = {"efficientnetb0_dynamic", "efficientnetb0_static"};

/// Two float32 evaluations of one function err alike: neither by this many times the other's largest error.
constexpr double kYardstick = 8;

struct Distance {
  double absolute = 0;  // the largest difference from the exact outputs
  double of_bound = 0;  // the largest part of the bound; infinite where that is 0 and the difference is not
};

Distance distance(const RoundingBound& bound, const NamedTensors& outputs) {
  Distance most;
  for (const auto& [name, exact] : bound.exact) {
    const Tensor& limits = bound.bound.at(name);
    const Tensor& output = outputs.at(name);
    REQUIRE(output.dims() == exact.dims());
    for (std::size_t i = 0; i < output.data<float>().size(); ++i) {
      const double apart = std::abs(static_cast<double>(output.data<float>()[i]) - exact.data<double>()[i]);
      most.absolute = std::max(most.absolute, apart);
      if (apart > 0) most.of_bound = std::max(most.of_bound, apart / limits.data<double>()[i]);
    }
  }
  return most;
}

onnx::AttributeProto* strided_pads(onnx::NodeProto& node) {
  onnx::AttributeProto* pads = nullptr;
  bool strided = false;
  for (onnx::AttributeProto& attribute : *node.mutable_attribute()) {
    if (attribute.name() == "pads" && attribute.ints_size() == 4) pads = &attribute;
    strided = strided || (attribute.name() == "strides" && attribute.ints(0) > 1);
  }
  const bool is_window = node.op_type() == "Conv" || node.op_type() == "MaxPool";
  return is_window && strided ? pads : nullptr;
}

/// One pixel from the end to the begin of both axes, or back where there is none at the end. False if nothing
/// is padded.
bool slip(onnx::AttributeProto& pads) {
  bool moved = false;
  for (int axis = 0; axis < 2; ++axis) {
    const std::int64_t by = pads.ints(axis + 2) > 0 ? 1 : pads.ints(axis) > 0 ? -1 : 0;
    pads.set_ints(axis, pads.ints(axis) + by);
    pads.set_ints(axis + 2, pads.ints(axis + 2) - by);
    moved = moved || by != 0;
  }
  return moved;
}

/// The model once for each padded window of stride 2 or more, with that window slipped.
std::vector<std::string> slipped_models(const std::string& bytes) {
  std::vector<std::string> slipped;
  onnx::ModelProto model;
  REQUIRE(model.ParseFromString(bytes));
  for (int i = 0; i < model.graph().node_size(); ++i) {
    onnx::ModelProto copy = model;
    onnx::AttributeProto* const pads = strided_pads(*copy.mutable_graph()->mutable_node(i));
    if (pads != nullptr && slip(*pads)) slipped.push_back(copy.SerializeAsString());
  }
  return slipped;
}

struct Tally {
  int models = 0;
  int slips = 0;
  double most_of_bound = 0;
  double least_slip_of_bound = std::numeric_limits<double>::infinity();

  void check(const ExportedModel& exported) {
    const auto shapes = bound_to(exported.inputs);
    const Converted converted = convert(load_file(exported.path, shapes), shapes);
    const auto bound = value_or_throw(verifier::rounding_bound(converted.source.model, exported.inputs));
    const Distance engine =
        distance(bound, value_or_throw(verifier::execute(converted.source.model, exported.inputs, {})));
    const Distance framework = distance(bound, exported.expected);
    CHECK(framework.of_bound <= 1);
    CHECK(engine.of_bound <= 1);
    CHECK(framework.absolute <= kYardstick * engine.absolute);
    ++models;
    const bool is_blunt = kBluntBound.contains(exported.name);
    if (!is_blunt) most_of_bound = std::max({most_of_bound, framework.of_bound, engine.of_bound});
    for (const std::string& bytes : slipped_models(bytes_of(*converted.conversion.target)))
      check_slip(bytes, exported, bound, engine, is_blunt);
  }

  void check_slip(const std::string& bytes, const ExportedModel& exported, const RoundingBound& bound,
                  const Distance& engine, bool is_blunt) {
    const model::Model model = value_or_throw(model::read_onnx(rope_of(bytes), "slipped"));
    const Distance slipped = distance(bound, value_or_throw(verifier::execute(model, exported.inputs, {})));
    CHECK(slipped.absolute > kYardstick * engine.absolute);
    CHECK((slipped.of_bound > 1) != is_blunt);
    if (is_blunt) return;
    least_slip_of_bound = std::min(least_slip_of_bound, slipped.of_bound);
    ++slips;
  }
};

TEST_CASE("frameworks' outputs differ by rounding only, slipped windows by more") {
  Tally tally;
  for (const std::string& name : exported_names()) {
    CAPTURE(name);
    const ExportedModel exported = exported_model(name);
    // Sanitizers need not see every model.
    const bool is_skipped = kSlowBuild && name != "torch_resnet18_script_static";
    if (exported.exact && !is_skipped) tally.check(exported);
  }
  CHECK(tally.models >= (kSlowBuild ? 1 : 21));
  CHECK(tally.slips > (kSlowBuild ? 0 : 50));
  MESSAGE(tally.models, " models use ", 100 * tally.most_of_bound, " % of the rounding bound at most; ",
          tally.slips, " slips exceed it, ", tally.least_slip_of_bound, " times at least");
}

}  // namespace
}  // namespace padproof::test
