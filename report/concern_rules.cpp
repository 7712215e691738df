// SPDX-License-Identifier: Apache-2.0
// What concerns are about, for formats that describe their rules. The warnings of convert and inspect have
// the ids of the gate's rules.
#include <array>

#include "report/concerns.h"
#include "verifier/gate/rule.h"

namespace padproof::report {
namespace {

// Of the commands that have no policy.
struct OtherRule {
  std::string_view id;
  std::string_view level;
  std::string_view summary;
  std::string_view why;
  std::string_view fix;
};

constexpr std::array kOtherRules = {
    OtherRule{"beyond-expected", "error", "a value further from what was expected than rounding explains",
              "another engine computes something else: other pads, other attributes or another model",
              "look at the node that is named first; those behind it only pass the difference on"},
    OtherRule{"bound-size-only", "note",
              "pads that hold for the sizes given with --input-shape or --assume only",
              "at other sizes SAME comes to other numbers",
              "run the converted model at those sizes only, or export it with fixed sizes"},
    OtherRule{"layer-left-over", "warning", "a layer of one model without a counterpart in the other",
              "what cannot be compared cannot be called the same",
              "find out whether the layer is meant to be new or gone"},
    OtherRule{"not-converted", "warning", "a node whose padding could not be made explicit",
              "its padding is still left to whoever runs the model",
              "the reason says what is missing, most often a size: give it with --input-shape, or what all "
              "sizes have "
              "in common with --assume"},
    OtherRule{"not-proved", "warning", "something that could not be proved equal",
              "what is not proved may differ", "the reason says what is missing; --allow-unknown accepts it"},
    OtherRule{"outputs-differ", "error", "two models that compute different outputs",
              "both were run on the same inputs with the same arithmetic",
              "look at the first value that differs; those behind it only pass the difference on"},
    OtherRule{"padding-differs", "error", "a layer that pads otherwise in the other model",
              "the output shape stays, the values shift by a pixel",
              "give the layer the pads that its weights were trained with"},
    OtherRule{"refuted", "error", "two nodes that do not compute the same",
              "there is an input on which the outputs differ: the witness",
              "mend the target's node, or convert the source anew"},
    OtherRule{"rests-on-value-info", "note",
              "pads that rest on a shape which the file records and the operators do not confirm",
              "where the recorded shape is stale, the pads are wrong",
              "have the exporter infer the shapes anew, or delete them"},
    OtherRule{"unreadable-model", "error", "a model that could not be worked on", "nothing can be said of it",
              "the reason says where it breaks off; export it again"},
};

schemas::Rule message_of(std::string_view id, std::string_view level, std::string_view summary,
                         std::string_view why, std::string_view fix) {
  schemas::Rule rule;
  rule.set_id(std::string(id));
  rule.set_severity(std::string(level));
  rule.set_summary(std::string(summary));
  rule.set_why(std::string(why));
  rule.set_fix(std::string(fix));
  return rule;
}

}  // namespace

std::vector<schemas::Rule> rules_of(const Message& report) {
  std::vector<schemas::Rule> rules(report.rules().begin(), report.rules().end());
  for (const OtherRule& other : kOtherRules)
    rules.push_back(message_of(other.id, other.level, other.summary, other.why, other.fix));
  if (report.rules().empty())
    for (const verifier::GateRule& gate : verifier::gate_rules())
      rules.push_back(message_of(gate.id, "note", gate.summary, gate.why, gate.fix));
  return rules;
}

}  // namespace padproof::report
