// SPDX-License-Identifier: Apache-2.0
// 200 random single changes to each converted export: none is proved equal to the source.
//
// Left out, and counted, are changes that change nothing; harmless() decides, without the prover:
// - what was changed reaches no output of the model;
// - a window, or the Pad nodes in front of it, reads the same cells for every output, by simulation: trailing
// cells
//   that no window reaches, the dilation of a single tap, SAME written back where it means the same pads;
// - an Identity was dropped.
#include "tests/mutation/mutation.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "model/onnx/reader.h"
#include "tests/mutation/windows.h"
#include "tests/support/conversion.h"
#include "tests/support/slow_build.h"
#include "verifier/engine/npz.h"
#include "verifier/proof/proof.h"

namespace {

namespace fs = std::filesystem;
using namespace padproof;
using test::Mutation;
using test::MutationKind;
using verifier::Status;

constexpr int kMutationsPerModel = test::kSlowBuild ? 20 : 200;
const std::string kExports = PADPROOF_SOURCE_DIR "/testdata/exports";

struct Figures {
  int refuted = 0;
  int unknown = 0;
  int unreadable = 0;
  int proved = 0;
  int harmless = 0;
};

model::InferenceOptions sizes_of(const std::string& folder) {
  model::InferenceOptions options;
  const auto inputs = test::value_or_throw(verifier::read_npz(folder + "/inputs.npz"));
  for (const auto& [name, tensor] : inputs) {
    options.input_shapes.emplace(name, model::Shape(tensor.dims().begin(), tensor.dims().end()));
  }
  return options;
}

// One export, converted, with what is needed to judge changes to its target.
struct Subject {
  explicit Subject(const std::string& folder)
      : options(sizes_of(folder)),
        converted(test::convert(test::load_file(folder + "/model.onnx", options), options)) {
    REQUIRE(converted.conversion.approved);
    REQUIRE(target.ParseFromString(test::bytes_of(*converted.conversion.target)));
    extents = test::extents_of(*converted.target->facts);
    reached = test::reaching(target);
  }

  // Empty if the changed model cannot even be read or inferred.
  [[nodiscard]] std::optional<Status> judge(const onnx::ModelProto& changed) const {
    const auto model = model::read_onnx(test::rope_of(changed.SerializeAsString()), "changed.onnx");
    if (!model) return std::nullopt;
    const auto facts = model::infer(*model, options);
    if (!facts) return std::nullopt;
    return verifier::prove(converted.source.model, *converted.source.facts, *model, **facts).status;
  }

  model::InferenceOptions options;
  test::Converted converted;
  onnx::ModelProto target;
  test::Extents extents;
  std::set<std::string> reached;
};

bool reaches(const Subject& subject, const onnx::NodeProto& node) {
  return std::any_of(node.output().begin(), node.output().end(),
                     [&](const std::string& output) { return subject.reached.count(output) != 0; });
}

// Whether every window reads the same in both models, and nothing but windows reads what a Pad node makes.
bool reads_the_same(const Subject& subject, const onnx::ModelProto& changed) {
  std::map<std::string, const onnx::NodeProto*> windows;
  std::set<std::string> padded;
  for (const auto& node : changed.graph().node()) {
    if (test::is_window(node)) windows.emplace(node.output(0), &node);
  }
  for (const auto& node : subject.target.graph().node()) {
    if (node.op_type() == "Pad") padded.insert(node.output(0));
  }
  for (const auto& node : subject.target.graph().node()) {
    if (!reaches(subject, node)) continue;
    if (!test::is_window(node)) {
      const bool reads_padded =
          node.op_type() != "Pad" &&
          std::any_of(node.input().begin(), node.input().end(),
                      [&](const std::string& input) { return padded.count(input) != 0; });
      if (reads_padded) return false;
      continue;
    }
    const auto other = windows.find(node.output(0));
    if (other == windows.end()) return false;
    const std::string mine = test::describe_reads(subject.target, node, subject.extents);
    if (mine.empty() || mine != test::describe_reads(changed, *other->second, subject.extents)) return false;
  }
  return true;
}

// Whether the change is to numbers that describe_reads() covers completely.
bool is_about_reads(const onnx::ModelProto& model, const Mutation& mutation) {
  if (mutation.kind == MutationKind::kWeight) {
    const std::string& name = model.graph().initializer(mutation.initializer).name();
    for (const auto& node : model.graph().node()) {
      for (int i = 0; i < node.input_size(); ++i) {
        if (node.input(i) == name && (node.op_type() != "Pad" || i != 1)) return false;
      }
    }
    return true;
  }
  if (mutation.node < 0) return false;
  const auto& node = model.graph().node(mutation.node);
  if (mutation.kind == MutationKind::kSwapped) return false;
  if (node.op_type() == "Pad") return mutation.kind == MutationKind::kDropped;
  if (!test::is_window(node) || mutation.kind == MutationKind::kDropped) return false;
  // Of a window's attributes only group and storage_order are not about cells.
  return !mutation.text.ends_with(": group") && !mutation.text.ends_with(": storage_order");
}

bool harmless(const Subject& subject, const onnx::ModelProto& changed, const Mutation& mutation) {
  const onnx::GraphProto& graph = subject.target.graph();
  if (mutation.node >= 0 && !reaches(subject, graph.node(mutation.node))) return true;
  if (mutation.initializer >= 0 &&
      subject.reached.count(graph.initializer(mutation.initializer).name()) == 0) {
    return true;
  }
  if (mutation.kind == MutationKind::kDropped && graph.node(mutation.node).op_type() == "Identity")
    return true;
  return is_about_reads(subject.target, mutation) && reads_the_same(subject, changed);
}

void count(Figures& figures, const std::optional<Status>& status) {
  if (!status) {
    ++figures.unreadable;
  } else if (*status == Status::kProved) {
    ++figures.proved;
  } else {
    ++(*status == Status::kRefuted ? figures.refuted : figures.unknown);
  }
}

Figures mutate_often(const Subject& subject, test::Random& random, std::map<MutationKind, int>& kinds) {
  Figures figures;
  for (int done = 0; done < kMutationsPerModel;) {
    onnx::ModelProto changed = subject.target;
    const auto kind = static_cast<MutationKind>(random() % test::kMutationNames.size());
    const auto mutation = test::mutate(changed, kind, random);
    if (!mutation) continue;
    if (harmless(subject, changed, *mutation)) {
      ++figures.harmless;
      continue;
    }
    ++done;
    ++kinds[kind];
    const auto status = subject.judge(changed);
    CHECK_MESSAGE(status != Status::kProved, mutation->text);
    count(figures, status);
  }
  return figures;
}

std::vector<std::string> exports() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kExports)) {
    if (fs::exists(entry.path() / "inputs.npz")) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("mutations of converted exports are caught") {
  const auto names = exports();
  REQUIRE(names.size() >= 20);
  std::map<MutationKind, int> kinds;
  for (const std::string& name : names) {
    CAPTURE(name);
    const Subject subject(kExports + "/" + name);
    // Written anew but not changed, the target is still proved: what follows is due to the change alone.
    REQUIRE(subject.judge(subject.target) == Status::kProved);
    test::Random random(std::hash<std::string>{}("padproof") ^ name.size());
    const Figures figures = mutate_often(subject, random, kinds);
    MESSAGE(name, ": ", kMutationsPerModel, " changes, ", figures.refuted, " refuted, ", figures.unknown,
            " unknown, ", figures.unreadable, " unreadable, ", figures.proved, " proved; ", figures.harmless,
            " drawn that change nothing");
  }
  for (const auto& [kind, number] : kinds) {
    MESSAGE(test::kMutationNames[static_cast<std::size_t>(kind)], ": ", number);
  }
}
