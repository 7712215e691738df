// SPDX-License-Identifier: Apache-2.0
// Single changes to honest certificates, and to models with the certificate's digests patched to match. None
// keeps the meaning: a certificate says every number of a window, and of all else that it is the same.
#include <doctest/doctest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <random>

#include "tests/certificate/certified.h"
#include "tests/support/slow_build.h"

namespace padproof::test {
namespace {

using nlohmann::json;
using Random = std::mt19937_64;

constexpr int kOfEachKind = kSlowBuild ? 1 : 4;

/// False, and no change, where there is nothing to change.
using Change = std::function<bool(Certified&, Random&)>;

json* pick(json& list, Random& random) { return list.empty() ? nullptr : &list[random() % list.size()]; }

int step(Random& random) { return random() % 2 == 0 ? 1 : -1; }

json* pick_axis(Certified& certified, Random& random) {
  json* obligation = pick(certified.certificate["obligations"], random);
  return obligation == nullptr ? nullptr : pick((*obligation)["axes"], random);
}

bool change_axis(Certified& certified, Random& random) {
  constexpr std::array kKeys = {"extent", "kernel", "stride", "dilation", "pad_begin", "pad_end", "out"};
  json* axis = pick_axis(certified, random);
  if (axis == nullptr) return false;
  json& number = (*axis)[kKeys[random() % kKeys.size()]];
  number = number.get<int>() + step(random);
  return true;
}

bool swap_pads(Certified& certified, Random& random) {
  json* axis = pick_axis(certified, random);
  if (axis == nullptr || axis->at("pad_begin") == axis->at("pad_end")) return false;
  std::swap((*axis)["pad_begin"], (*axis)["pad_end"]);
  return true;
}

bool move_index(Certified& certified, Random& random) {
  json* entry = pick(certified.certificate[random() % 2 == 0 ? "nodes" : "obligations"], random);
  if (entry == nullptr) return false;
  json& index = (*entry)[random() % 2 == 0 ? "source" : "target"];
  index = index.get<int>() + step(random);
  return true;
}

bool change_digest(Certified& certified, Random& random) {
  auto& digest =
      certified.certificate[random() % 2 == 0 ? "source" : "target"]["sha256"].get_ref<std::string&>();
  char& digit = digest[random() % digest.size()];
  digit = digit == '0' ? '1' : '0';
  return true;
}

bool drop_entry(Certified& certified, Random& random) {
  constexpr std::array kLists = {"nodes", "obligations", "outputs", "inputs"};
  json& list = certified.certificate[kLists[random() % kLists.size()]];
  if (list.empty()) return false;
  list.erase(random() % list.size());
  return true;
}

bool drop_member(Certified& certified, Random& random) {
  auto at = certified.certificate.begin();
  std::advance(at, static_cast<std::ptrdiff_t>(random() % certified.certificate.size()));
  certified.certificate.erase(at);
  return true;
}

bool change_word(Certified& certified, Random& random) {
  constexpr std::array kKeys = {"graph",          "name",      "op",      "method", "source_padding",
                                "target_padding", "pad_value", "divisor", "status"};
  json* obligation = pick(certified.certificate["obligations"], random);
  if (obligation == nullptr) return false;
  (*obligation)[kKeys[random() % kKeys.size()]].get_ref<std::string&>() += "s";
  return true;
}

bool change_claim(Certified& certified, Random& random) {
  json& certificate = certified.certificate;
  const std::array<std::function<void()>, 5> changes = {
      [&] { certificate["unverified"].push_back("a part"); },
      [&] { certificate["claim"]["floating_point"] = "bit-identical-everywhere"; },
      [&] { certificate["claim"]["preconditions"].push_back("none at all"); },
      [&] { certificate["claim"]["more"] = true; }, [&] { certificate["semantics_version"] = "2"; }};
  changes[random() % changes.size()]();
  return true;
}

bool drop_precondition(Certified& certified, Random& random) {
  json& list = certified.certificate["claim"]["preconditions"];
  if (list.empty()) return false;
  list.erase(random() % list.size());
  return true;
}

// Sizes above 8 are those of images: channels and batches of the models at hand are smaller.
bool change_scope(Certified& certified, Random& random) {
  json* input = pick(certified.certificate["inputs"], random);
  if (input == nullptr || certified.certificate["obligations"].empty()) return false;
  json* extent = pick((*input)["extents"], random);
  if (extent == nullptr || extent->get<int>() <= 8) return false;
  *extent = random() % 2 == 0 ? -1 : extent->get<int>() + step(random);
  return true;
}

/// A change to the target's file, the certificate's digests patched to match.
Change in_target(const std::function<bool(onnx::ModelProto&, Random&)>& change) {
  return [change](Certified& certified, Random& random) {
    onnx::ModelProto model;
    REQUIRE(model.ParseFromString(certified.target));
    if (!change(model, random)) return false;
    certified.target = model.SerializeAsString();
    patch_digests(certified);
    return true;
  };
}

bool change_weight(onnx::ModelProto& model, Random& random) {
  auto& tensors = *model.mutable_graph()->mutable_initializer();
  if (tensors.empty()) return false;
  onnx::TensorProto& tensor = tensors[static_cast<int>(random() % static_cast<unsigned>(tensors.size()))];
  if (tensor.raw_data().empty()) return false;
  std::string& bytes = *tensor.mutable_raw_data();
  bytes[random() % bytes.size()] ^= static_cast<char>(1U << (random() % 8));
  return true;
}

onnx::NodeProto& pick_node(onnx::ModelProto& model, Random& random) {
  auto& nodes = *model.mutable_graph()->mutable_node();
  return nodes[static_cast<int>(random() % static_cast<unsigned>(nodes.size()))];
}

bool change_attribute(onnx::ModelProto& model, Random& random) {
  onnx::NodeProto& node = pick_node(model, random);
  if (node.attribute_size() == 0) return false;
  auto& attribute =
      *node.mutable_attribute(static_cast<int>(random() % static_cast<unsigned>(node.attribute_size())));
  if (attribute.type() == onnx::AttributeProto::INT) {
    attribute.set_i(attribute.i() + step(random));
  } else if (attribute.ints_size() != 0) {
    const int at = static_cast<int>(random() % static_cast<unsigned>(attribute.ints_size()));
    attribute.set_ints(at, attribute.ints(at) + step(random));
  } else if (attribute.type() == onnx::AttributeProto::FLOAT) {
    attribute.set_f(attribute.f() + 1);
  } else if (attribute.type() == onnx::AttributeProto::STRING) {
    attribute.set_s(attribute.s() + "s");
  } else {
    return false;
  }
  return true;
}

// Where there is a default it may be what the attribute says: that is no change.
bool drop_attribute(onnx::ModelProto& model, Random& random) {
  onnx::NodeProto& node = pick_node(model, random);
  if (node.attribute_size() == 0) return false;
  const int at = static_cast<int>(random() % static_cast<unsigned>(node.attribute_size()));
  const auto& numbers = node.attribute(at).ints();
  const auto& name = node.attribute(at).name();
  const bool matters =
      (name == "pads" && std::any_of(numbers.begin(), numbers.end(), [](auto pad) { return pad > 0; })) ||
      (name == "strides" && std::any_of(numbers.begin(), numbers.end(), [](auto by) { return by > 1; })) ||
      name == "perm" || name == "axis" || name == "axes";
  if (matters) node.mutable_attribute()->DeleteSubrange(at, 1);
  return matters;
}

bool rewire(onnx::ModelProto& model, Random& random) {
  onnx::NodeProto& node = pick_node(model, random);
  if (node.input_size() < 2 || node.input(0) == node.input(1)) return false;
  node.mutable_input()->SwapElements(0, 1);
  return true;
}

bool change_operator(onnx::ModelProto& model, Random& random) {
  onnx::NodeProto& node = pick_node(model, random);
  node.set_op_type(node.op_type() == "Relu" ? "Sigmoid" : "Relu");
  return true;
}

bool drop_node(onnx::ModelProto& model, Random& random) {
  auto& nodes = *model.mutable_graph()->mutable_node();
  nodes.DeleteSubrange(static_cast<int>(random() % static_cast<unsigned>(nodes.size())), 1);
  return true;
}

bool change_interface(onnx::ModelProto& model, Random& random) {
  onnx::GraphProto& graph = *model.mutable_graph();
  switch (random() % 4) {
    case 0:
      graph.mutable_output(0)->set_name(graph.node(0).input(0));
      return true;
    case 1:
      graph.mutable_output()->DeleteSubrange(0, 1);
      return true;
    case 2:
      *graph.add_output() = graph.output(0);
      return true;
    default:
      model.mutable_opset_import(0)->set_version(model.opset_import(0).version() + 1);
      return true;
  }
}

/// The target pads a cell more at a begin, and the certificate says so: all that is wrong is the claim
/// itself.
bool shift_window(Certified& certified, Random& random) {
  json* obligation = pick(certified.certificate["obligations"], random);
  if (obligation == nullptr || obligation->at("axes").empty()) return false;
  const std::size_t axis = random() % obligation->at("axes").size();
  onnx::ModelProto model;
  REQUIRE(model.ParseFromString(certified.target));
  for (auto& attribute :
       *model.mutable_graph()->mutable_node(obligation->at("target").get<int>())->mutable_attribute()) {
    if (attribute.name() != "pads") continue;
    const int at = static_cast<int>(axis);
    json& numbers = (*obligation)["axes"][axis];
    // Moved from the end, so that there are as many windows as before.
    const int end = at + attribute.ints_size() / 2;
    attribute.set_ints(at, attribute.ints(at) + 1);
    numbers["pad_begin"] = attribute.ints(at);
    if (attribute.ints(end) > 0) attribute.set_ints(end, attribute.ints(end) - 1);
    numbers["pad_end"] = attribute.ints(end);
    certified.target = model.SerializeAsString();
    patch_digests(certified);
    return true;
  }
  return false;
}

const std::map<std::string, Change> kChanges = {
    {"axis", change_axis},
    {"swapped pads", swap_pads},
    {"index", move_index},
    {"digest", change_digest},
    {"dropped entry", drop_entry},
    {"dropped member", drop_member},
    {"word", change_word},
    {"claim", change_claim},
    {"precondition", drop_precondition},
    {"scope", change_scope},
    {"shifted window", shift_window},
    {"weight", in_target(change_weight)},
    {"attribute", in_target(change_attribute)},
    {"dropped attribute", in_target(drop_attribute)},
    {"wiring", in_target(rewire)},
    {"operator", in_target(change_operator)},
    {"dropped node", in_target(drop_node)},
    {"interface", in_target(change_interface)},
};

TEST_CASE("mutated certificates and targets are rejected") {
  Random random(20240229);
  std::map<std::string, int> counts;
  std::map<check::Answer, int> answers;
  std::vector<Certified> models = certified_shapes();
  for (Certified& larger : certified_models())
    if (!kSlowBuild || models.size() < 16) models.push_back(std::move(larger));
  for (const Certified& honest : models) {
    REQUIRE(check_certified(honest).answer == check::Answer::kAccepted);
    for (const auto& [kind, change] : kChanges) {
      for (int tries = 0, done = 0; done < kOfEachKind && tries < 8 * kOfEachKind; ++tries) {
        Certified mutated = honest;
        if (!change(mutated, random)) continue;
        const CheckResult result = check_certified(mutated);
        const std::string what = honest.name + ": " + kind + ": " + result.reason;
        CHECK_MESSAGE(result.answer != check::Answer::kAccepted, what);
        CHECK_MESSAGE(result.answer != check::Answer::kUndecided, what);
        ++answers[result.answer];
        ++counts[kind];
        ++done;
      }
    }
  }
  int all = 0;
  for (const auto& [kind, count] : counts) {
    MESSAGE(kind, ": ", count);
    all += count;
  }
  MESSAGE(all, " mutations, ", answers[check::Answer::kRejected], " rejected, ",
          answers[check::Answer::kUnreadable], " unreadable");
  CHECK(counts.size() == kChanges.size());
  CHECK(all >= (kSlowBuild ? 100 : 1000));
}

}  // namespace
}  // namespace padproof::test
