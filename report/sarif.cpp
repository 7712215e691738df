// SPDX-License-Identifier: Apache-2.0
// SARIF 2.1.0 (OASIS): a run with the rules, the models as artifacts, a result for each concern.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "report/concerns.h"
#include "report/render.h"
#include "verifier/gate/rule.h"

namespace padproof::report {
namespace {

// Lists of one element are written out: compilers differ about what braces around one mean.
using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

// GitHub refuses a run with more.
constexpr std::size_t kMostResults = 25'000;

/// A path as a URI reference (RFC 3986): absolute ones of the scheme `file`.
std::string uri_of(const std::string& path) {
  if (path == "-") return "stdin";
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          std::string_view("-._~/").find(c) != std::string_view::npos;
    uri += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

Json message(const std::string& text) {
  return Json::object({{"text", text.empty() ? "no reason is given" : text}});
}

/// Of the gate's rules alone.
std::string page_of(const std::string& rule) {
  const auto& rules = verifier::gate_rules();
  const bool has_page =
      std::any_of(rules.begin(), rules.end(), [&](const auto& each) { return each.id == rule; });
  return has_page ? fmt::format(" See `docs/rules/{}.md`.", rule) : "";
}

Json rule_of(const schemas::Rule& rule) {
  Json json = {{"id", rule.id()}, {"name", rule.id()}, {"shortDescription", message(rule.summary())}};
  if (!rule.why().empty()) {
    json["fullDescription"] = message(rule.why());
    json["help"] = {
        {"text", fmt::format("{}. Fix: {}.", rule.why(), rule.fix())},
        {"markdown", fmt::format("{}.\n\n**Fix:** {}.{}", rule.why(), rule.fix(), page_of(rule.id()))}};
  }
  const bool is_off = rule.severity() == "off";
  json["defaultConfiguration"] = {{"enabled", !is_off}, {"level", is_off ? "none" : rule.severity()}};
  Json properties = Json::object({{"tags", Json::array({"padding", "onnx"})}});
  if (!rule.runtimes().empty())
    properties["runtimes"] = Json(std::vector<std::string>(rule.runtimes().begin(), rule.runtimes().end()));
  json["properties"] = std::move(properties);
  return json;
}

class Run {
 public:
  explicit Run(const Message& report) : report_(report) {
    for (const schemas::Rule& rule : rules_of(report)) {
      rule_index_.emplace(rule.id(), rules_.size());
      rules_.push_back(rule_of(rule));
    }
  }

  Json render() {
    for (const schemas::Model& model : report_.models()) {
      add_artifact(model.source(), model.source_file());
      if (!model.target().empty()) add_artifact(model.target(), model.target_file());
      if (!model.baseline().empty()) add_artifact(model.baseline(), {});
    }
    const Json results = results_of_models();
    add_notifications();
    const bool is_done = report_.verdict() != "error";
    const Json driver = {{"name", "padproof"},
                         {"version", report_.tool_version()},
                         {"semanticVersion", report_.tool_version()},
                         {"rules", rules_}};
    Json invocation = {{"executionSuccessful", is_done}, {"toolExecutionNotifications", notifications_}};
    if (!report_.arguments().empty())
      invocation["arguments"] =
          Json(std::vector<std::string>(report_.arguments().begin(), report_.arguments().end()));
    return {{"tool", Json::object({{"driver", driver}})},
            {"automationDetails", Json::object({{"id", "padproof-" + report_.command() + "/"}})},
            {"invocations", Json::array({invocation})},
            {"artifacts", artifacts_},
            {"results", results},
            {"columnKind", "unicodeCodePoints"},
            {"properties", Json::object({{"verdict", report_.verdict()}})}};
  }

 private:
  Json results_of_models() {
    std::vector<std::pair<const schemas::Model*, Concern>> concerns;
    for (const schemas::Model& model : report_.models())
      for (Concern& concern : concerns_of(report_, model)) concerns.emplace_back(&model, std::move(concern));
    if (concerns.size() > kMostResults) cut(concerns);
    // All results of a run have a state, or none (3.27.24).
    const bool has_known = std::any_of(concerns.begin(), concerns.end(),
                                       [](const auto& each) { return each.second.state == "known"; });
    Json results = Json::array();
    for (const auto& [model, concern] : concerns) {
      Json result = result_of(*model, concern);
      if (has_known) result["baselineState"] = concern.state == "known" ? "unchanged" : "new";
      results.push_back(std::move(result));
    }
    return results;
  }

  /// What fails stays, and it is said how many results are gone.
  void cut(std::vector<std::pair<const schemas::Model*, Concern>>& concerns) {
    std::stable_partition(concerns.begin(), concerns.end(),
                          [](const auto& each) { return each.second.fails; });
    const std::string text = fmt::format("{} of {} results are left out: a run has at most {}",
                                         concerns.size() - kMostResults, concerns.size(), kMostResults);
    notifications_.push_back({{"level", "warning"},
                              {"message", message(text)},
                              {"descriptor", Json::object({{"id", "results-left-out"}})}});
    concerns.resize(kMostResults);
  }

  void add_notifications() {
    for (const schemas::Model& model : report_.models())
      for (const auto& diagnostic : model.diagnostics())
        notifications_.push_back({{"level", "error"},
                                  {"message", message(diagnostic.text())},
                                  {"descriptor", Json::object({{"id", diagnostic.code()}})},
                                  {"locations", Json::array({file_location(model.source())})}});
    add_notifications("error", report_.errors());
    add_notifications("warning", report_.notes());
  }

  /// About no model.
  void add_notifications(const char* level,
                         const google::protobuf::RepeatedPtrField<schemas::Diagnostic>& diagnostics) {
    for (const auto& diagnostic : diagnostics)
      notifications_.push_back({{"level", level},
                                {"message", message(diagnostic.text())},
                                {"descriptor", Json::object({{"id", diagnostic.code()}})}});
  }

  void add_artifact(const std::string& path, const schemas::FileDigest& digest) {
    if (!artifact_index_.emplace(path, artifacts_.size()).second) return;
    Json artifact = {{"location", Json::object({{"uri", uri_of(path)}})},
                     {"roles", Json::array({"analysisTarget"})}};
    if (!digest.sha256().empty()) {
      artifact["length"] = digest.bytes();
      artifact["hashes"] = Json::object({{"sha-256", digest.sha256()}});
    }
    artifacts_.push_back(std::move(artifact));
  }

  [[nodiscard]] Json location(const std::string& path) const {
    return {{"uri", uri_of(path)}, {"index", artifact_index_.at(path)}};
  }

  [[nodiscard]] Json file_location(const std::string& path) const {
    return Json::object({{"physicalLocation", Json::object({{"artifactLocation", location(path)}})}});
  }

  [[nodiscard]] Json place_of(const schemas::Model& model, const Concern& concern) const {
    const std::string& file = concern.in_target ? model.target() : model.source();
    Json physical = Json::object({{"artifactLocation", location(file)}});
    if (concern.byte_length > 0)
      physical["region"] = {{"byteOffset", concern.byte_offset}, {"byteLength", concern.byte_length}};
    Json place = Json::object({{"physicalLocation", std::move(physical)}});
    if (!concern.node.empty())
      place["logicalLocations"] = Json::array(
          {Json::object({{"name", concern.node},
                         {"fullyQualifiedName", fmt::format("{}/{}", concern.graph, concern.node)},
                         {"kind", "object"},
                         {"properties", Json::object({{"operator", concern.op}})}})});
    return place;
  }

  [[nodiscard]] Json result_of(const schemas::Model& model, const Concern& concern) const {
    Json result = Json::object({{"ruleId", concern.rule}});
    const auto rule = rule_index_.find(concern.rule);
    if (rule != rule_index_.end()) result["ruleIndex"] = rule->second;
    result["level"] = concern.level;
    result["message"] = message(sentence(concern));
    result["locations"] = Json::array({place_of(model, concern)});
    result["partialFingerprints"] = Json::object({{"padproofFinding/v2", concern.fingerprint}});
    if (concern.state == "suppressed")
      result["suppressions"] = Json::array(
          {Json::object({{"kind", "external"}, {"status", "accepted"}, {"justification", concern.reason}})});
    const std::string& other = concern.in_target        ? model.source()
                               : model.target().empty() ? model.baseline()
                                                        : model.target();
    if (!other.empty()) {
      Json related = file_location(other);
      related["id"] = 1;
      related["message"] = message("compared with this model");
      result["relatedLocations"] = Json::array({std::move(related)});
    }
    return result;
  }

  const Message& report_;
  Json rules_ = Json::array();
  Json notifications_ = Json::array();
  std::map<std::string, std::size_t> rule_index_;
  Json artifacts_ = Json::array();
  std::map<std::string, std::size_t> artifact_index_;
};

}  // namespace

std::string render_sarif(const Message& report, const RenderOptions& /*options*/) {
  const Json log = {
      {"$schema", kSchema}, {"version", "2.1.0"}, {"runs", Json::array({Run(report).render()})}};
  // Every string in the message has been through printable(), so it is valid UTF-8.
  return log.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace padproof::report
