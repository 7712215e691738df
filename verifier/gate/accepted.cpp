// SPDX-License-Identifier: Apache-2.0
#include "verifier/gate/accepted.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "model/mapped_file.h"

namespace padproof::verifier {
namespace {

using model::Error;

Error broken_file(const std::string& path, std::string what, const std::string& got = {},
                  std::string limit = {}) {
  return Error(model::Diagnostic{model::Fault::kMalformed,
                                 "baseline-file",
                                 std::move(what),
                                 model::printable(got),
                                 std::move(limit),
                                 {model::printable(path), {}, {}, {}}});
}

bool is_first_version(std::string_view version) { return version == "1" || version == "1.0"; }

bool is_fingerprint(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// The parser shows the text and a caret below it.
std::string first_line(google::protobuf::StringPiece message) {
  const std::string text(message);
  return model::printable(text.substr(0, text.find('\n')));
}

}  // namespace

bool is_accepted_file(std::string_view text) {
  // No model begins so: it would be a group, which protobuf 3 does not know.
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

model::Result<schemas::Accepted> parse_accepted(std::string_view text, const std::string& path) {
  schemas::Accepted accepted;
  const auto read = [&](bool ignore_unknown_fields) {
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = ignore_unknown_fields;
    accepted.Clear();
    return google::protobuf::util::JsonStringToMessage(
        google::protobuf::StringPiece(text.data(), text.size()), &accepted, options);
  };
  auto status = read(true);
  // Newer minor versions may add fields; in our own an unknown one is a slip.
  const std::string version = accepted.schema_version();
  if (status.ok() && (is_first_version(version) || version == kAcceptedVersion)) status = read(false);
  if (!status.ok())
    return broken_file(path, "not a file of accepted findings: " + first_line(status.message()));
  if (accepted.schema_version() != "1" && !accepted.schema_version().starts_with("1."))
    return broken_file(path, "unknown version of the file of accepted findings", accepted.schema_version(),
                       std::string(kAcceptedVersion));
  for (const auto& model : accepted.models())
    for (const auto& finding : model.findings())
      if (!is_fingerprint(finding.fingerprint()))
        return broken_file(path, "not a fingerprint", finding.fingerprint(), "64 hexadecimal digits");
  return accepted;
}

std::size_t apply(const schemas::Accepted& accepted, const std::string& model,
                  std::vector<Finding>& findings) {
  const bool is_old = is_first_version(accepted.schema_version());
  std::size_t without_content = 0;
  std::map<std::string, std::size_t> known;
  for (const auto& each : accepted.models())
    if (each.model() == model)
      for (const auto& finding : each.findings()) ++known[finding.fingerprint()];
  for (Finding& finding : findings) {
    if (finding.state != FindingState::kNew) continue;
    const std::string print = is_old ? fingerprint_without_content(finding) : fingerprint(finding);
    const auto found = known.find(print);
    if (found == known.end() || found->second == 0) continue;
    --found->second;
    finding.state = FindingState::kKnown;
    without_content += is_old && !finding.content.empty() ? 1U : 0U;
  }
  return without_content;
}

void accept(const std::string& model, const std::vector<Finding>& findings, schemas::Accepted& accepted) {
  auto* const entry = accepted.add_models();
  entry->set_model(model);
  for (const Finding& finding : findings) {
    if (finding.state == FindingState::kSuppressed) continue;
    auto* const message = entry->add_findings();
    message->set_fingerprint(fingerprint(finding));
    message->set_rule(std::string(finding.rule));
    if (finding.node == nullptr) continue;
    message->set_node(model::display_name(*finding.graph, *finding.node));
    message->set_graph(finding.graph->path);
  }
}

std::string to_json(const schemas::Accepted& accepted) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string json;
  // All strings have been through printable(), so this cannot fail.
  const auto status = google::protobuf::util::MessageToJsonString(accepted, &json, options);
  return status.ok() ? json : "{}\n";
}

std::string name_in(const std::string& accepted_path, const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(model::normal_path(accepted_path)).parent_path();
  const std::filesystem::path model(model::normal_path(path));
  return model::printable(model.lexically_relative(folder).generic_string(), model::kMostPrintablePath);
}

}  // namespace padproof::verifier
