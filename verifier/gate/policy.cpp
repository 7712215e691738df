// SPDX-License-Identifier: Apache-2.0
#include "verifier/gate/policy.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <utility>

#include "model/mapped_file.h"
#include "verifier/gate/key_depth.h"
#include "verifier/gate/rule.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Result;

constexpr std::size_t kMostPolicyBytes = std::size_t{1} << 20;
constexpr std::size_t kMostDots = 16;

class PolicyReader {
 public:
  explicit PolicyReader(const std::string& path) : path_(path) {}

  Result<Policy> read(std::string_view text) {
    toml::table table;
    try {
      table = toml::parse(text);
    } catch (const toml::parse_error& error) {
      return wrong(error.source(), "policy-syntax", std::string(error.description()), {}, {});
    }
    for (const auto& [key, value] : table) {
      if (auto done = read_entry(key, value); !done) return Error(done.error());
    }
    return std::move(policy_);
  }

 private:
  Error wrong(const toml::source_region& where, std::string code, std::string what, const std::string& got,
              std::string limit) const {
    const std::string place = fmt::format("{}:{}:{}", path_, where.begin.line, where.begin.column);
    return Error(model::Diagnostic{model::Fault::kUsage,
                                   std::move(code),
                                   std::move(what),
                                   model::printable(got),
                                   std::move(limit),
                                   {model::printable(place), {}, {}, {}}});
  }

  Error unknown_key(const toml::key& key, std::string limit) const {
    return wrong(key.source(), "policy-key", "unknown key in the policy", std::string(key.str()),
                 std::move(limit));
  }

  Result<void> read_entry(const toml::key& key, const toml::node& value) {
    if (key == "fail-on") {
      auto severity = read_severity(value);
      if (!severity) return Error(severity.error());
      if (*severity == Severity::kOff)
        return wrong(value.source(), "policy-severity", "a gate that nothing breaks is none", "off",
                     "note, warning or error");
      policy_.fail_on = *severity;
      return {};
    }
    if (key == "rules")
      return each_entry(value, "rules", [&](const toml::key& rule, const toml::node& entry) {
        return read_rule(rule, entry);
      });
    if (key == "baseline")
      return each_entry(value, "baseline", [&](const toml::key& name, const toml::node& entry) {
        return read_threshold(name, entry);
      });
    if (key == "suppress") return read_suppressions(value);
    return unknown_key(key, "fail-on, rules, suppress or baseline");
  }

  template <class Read>
  Result<void> each_entry(const toml::node& value, const std::string& name, const Read& read) {
    const toml::table* const table = value.as_table();
    if (table == nullptr)
      return wrong(value.source(), "policy-type", name + " is not a table", {}, "[" + name + "]");
    for (const auto& [key, entry] : *table)
      if (auto done = read(key, entry); !done) return done;
    return {};
  }

  Result<Severity> read_severity(const toml::node& value) const {
    const auto name = value.value<std::string_view>();
    const auto severity = name ? verifier::severity_of(*name) : std::nullopt;
    if (!severity)
      return wrong(value.source(), "policy-severity", "not a severity", std::string(name.value_or("")),
                   "\"off\", \"note\", \"warning\" or \"error\"");
    return *severity;
  }

  Result<void> read_rule(const toml::key& rule, const toml::node& value) {
    if (auto checked = check_rule(rule.source(), rule.str()); !checked) return checked;
    const auto severity = read_severity(value);
    if (!severity) return Error(severity.error());
    policy_.severities.emplace(rule.str(), *severity);
    return {};
  }

  Result<void> check_rule(const toml::source_region& where, std::string_view rule) const {
    if (find_gate_rule(rule) != nullptr) return {};
    return wrong(where, "policy-rule", "there is no such rule", std::string(rule), "padproof gate --rules");
  }

  Result<void> read_threshold(const toml::key& name, const toml::node& value) {
    const std::string_view key = name.str();
    double* const threshold = key == "max-relative" ? &policy_.max_relative
                              : key == "min-top1"   ? &policy_.min_top1
                                                    : nullptr;
    if (threshold == nullptr) return unknown_key(name, "max-relative or min-top1");
    const auto number = value.is_number() ? value.value<double>() : std::nullopt;
    if (!number || !std::isfinite(*number) || *number < 0 || (key == "min-top1" && *number > 1))
      return wrong(value.source(), "policy-threshold", "not a threshold", std::string(key),
                   key == "min-top1" ? "a number from 0 to 1" : "a number of at least 0");
    *threshold = *number;
    return {};
  }

  Result<void> read_suppressions(const toml::node& value) {
    const toml::array* const array = value.as_array();
    if (array == nullptr)
      return wrong(value.source(), "policy-type", "suppress is not an array of tables", {}, "[[suppress]]");
    for (const toml::node& entry : *array) {
      const toml::table* const table = entry.as_table();
      if (table == nullptr)
        return wrong(entry.source(), "policy-type", "suppress is not an array of tables", {}, "[[suppress]]");
      auto done = read_suppression(*table);
      if (!done) return done;
    }
    return {};
  }

  Result<void> read_suppression(const toml::table& table) {
    Suppression suppression;
    suppression.line = table.source().begin.line;
    for (const auto& [key, value] : table) {
      std::string* const text = key.str() == "rule"     ? &suppression.rule
                                : key.str() == "node"   ? &suppression.node
                                : key.str() == "model"  ? &suppression.model
                                : key.str() == "reason" ? &suppression.reason
                                                        : nullptr;
      if (text == nullptr) return unknown_key(key, "rule, node, model or reason");
      const auto given = value.value<std::string>();
      if (!given || given->find_first_not_of(" \t\n") == std::string::npos)
        return wrong(value.source(), "policy-type", fmt::format("{} says nothing", key.str()), {},
                     "a string");
      *text = *given;
    }
    for (const auto& [name, text] :
         {std::pair("rule", &suppression.rule), std::pair("reason", &suppression.reason)})
      if (text->empty())
        return wrong(table.source(), "policy-suppression", fmt::format("a suppression has no {}", name), {},
                     {});
    if (auto checked = check_rule(table.source(), suppression.rule); !checked) return checked;
    policy_.suppressions.push_back(std::move(suppression));
    return {};
  }

  const std::string& path_;
  Policy policy_;
};

/// The path itself or what follows one of its slashes.
bool matches_path(const std::string& pattern, const std::string& path) {
  for (std::size_t at = 0; at != std::string::npos;) {
    if (::fnmatch(pattern.c_str(), path.c_str() + at, 0) == 0) return true;
    at = path.find('/', at);
    if (at != std::string::npos) ++at;
  }
  return false;
}

bool suppresses(const Suppression& suppression, const Finding& finding, const std::string& node) {
  return suppression.rule == finding.rule && ::fnmatch(suppression.node.c_str(), node.c_str(), 0) == 0;
}

}  // namespace

bool Suppression::is_about(const std::string& model_path) const { return matches_path(model, model_path); }

Severity Policy::severity_of(std::string_view rule) const {
  const auto found = severities.find(rule);
  if (found != severities.end()) return found->second;
  const GateRule* const usual = find_gate_rule(rule);
  return usual == nullptr ? Severity::kError : usual->severity;
}

Result<Policy> read_policy(const std::string& path) {
  const auto file = model::MappedFile::open(path);
  if (!file) return Error(file.error());
  const auto refused = [&](std::string code, std::string what, std::size_t got, const std::string& limit) {
    return Error(model::Diagnostic{model::Fault::kUsage,
                                   std::move(code),
                                   std::move(what),
                                   std::to_string(got),
                                   limit,
                                   {model::printable(path), {}, {}, {}}});
  };
  const model::Bytes text = (*file)->bytes();
  if (text.size() > kMostPolicyBytes)
    return refused("policy-size", "the policy is too long", text.size(),
                   fmt::format("{} bytes", kMostPolicyBytes));
  if (const std::size_t dots = most_dots_of_a_line(text); dots > kMostDots)
    return refused("policy-depth", "a line of the policy has too many dots outside of strings", dots,
                   std::to_string(kMostDots));
  return PolicyReader(path).read(text);
}

void apply(const Policy& policy, const std::string& model_path, std::vector<Finding>& findings,
           std::vector<std::size_t>& used) {
  used.resize(policy.suppressions.size());
  std::erase_if(findings,
                [&](const Finding& finding) { return policy.severity_of(finding.rule) == Severity::kOff; });
  for (Finding& finding : findings) {
    finding.severity = policy.severity_of(finding.rule);
    const std::string node =
        finding.node == nullptr ? "" : model::display_name(*finding.graph, *finding.node);
    for (std::size_t i = 0; i < policy.suppressions.size(); ++i) {
      const Suppression& each = policy.suppressions[i];
      if (!suppresses(each, finding, node) || !each.is_about(model_path)) continue;
      finding.state = FindingState::kSuppressed;
      finding.reason = each.reason;
      ++used[i];
      break;
    }
  }
}

}  // namespace padproof::verifier
