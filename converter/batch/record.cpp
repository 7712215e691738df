// SPDX-License-Identifier: Apache-2.0
#include "converter/batch/record.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace padproof::converter {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kVersion = "1.1";

Json json_of(const ExternalFile& file) {
  Json json = Json::object();
  json["location"] = file.location;
  json["bytes"] = file.bytes;
  json["sha256"] = file.sha256;
  return json;
}

/// Reads fields; what has the wrong kind makes the whole line none.
class Fields {
 public:
  explicit Fields(const Json& json) : json_(json) {}

  void read(const char* name, std::string& text) {
    const auto at = json_.find(name);
    is_good_ = is_good_ && at != json_.end() && at->is_string();
    if (is_good_) text = at->get<std::string>();
  }
  template <class Number>
  void read(const char* name, Number& number) {
    const auto at = json_.find(name);
    is_good_ = is_good_ && at != json_.end() && at->is_number();
    if (is_good_) number = at->get<Number>();
  }
  // Of later versions: not everywhere.
  void read_added(const char* name, std::string& text) {
    if (json_.contains(name)) read(name, text);
  }
  void read_added(const char* name, bool& value) {
    const auto at = json_.find(name);
    if (at == json_.end()) return;
    is_good_ = is_good_ && at->is_boolean();
    if (is_good_) value = at->get<bool>();
  }
  [[nodiscard]] bool is_good() const { return is_good_; }

 private:
  const Json& json_;
  bool is_good_ = true;
};

bool read_external(const Json& json, std::vector<ExternalFile>& files) {
  const auto list = json.find("external");
  if (list == json.end() || !list->is_array()) return false;
  for (const Json& each : *list) {
    if (!each.is_object()) return false;
    Fields fields(each);
    ExternalFile& file = files.emplace_back();
    fields.read("location", file.location);
    fields.read("bytes", file.bytes);
    fields.read("sha256", file.sha256);
    if (!fields.is_good()) return false;
  }
  return true;
}

}  // namespace

std::string manifest_name(std::string_view relative_path) {
  std::string escaped;
  for (const char c : relative_path) {
    if (c == '\\')
      escaped += "\\x5c";
    else
      escaped += c;
  }
  return model::printable(escaped, model::kMostPrintablePath);
}

std::string path_of_name(std::string_view name) {
  constexpr std::size_t kEscaped = 4;  // \xNN
  std::string path;
  for (std::size_t at = 0; at < name.size();) {
    const std::string_view digits = name.substr(at).substr(0, kEscaped);
    unsigned byte = 0;
    const bool is_escaped = digits.size() == kEscaped && digits.starts_with("\\x") &&
                            std::from_chars(digits.data() + 2, digits.data() + kEscaped, byte, 16).ptr ==
                                digits.data() + kEscaped;
    path += is_escaped ? static_cast<char>(byte) : name[at];
    at += is_escaped ? kEscaped : 1;
  }
  return path;
}

std::string to_line(const Record& record) {
  Json json = Json::object();
  json["schema_version"] = kVersion;
  json["source"] = record.source;
  json["target"] = record.target_file.sha256.empty() ? "" : record.source;
  json["status"] = record.status;
  json["verdict"] = record.verdict;
  json["reason"] = record.reason;
  json["source_sha256"] = record.source_file.sha256;
  json["source_bytes"] = record.source_file.bytes;
  json["target_sha256"] = record.target_file.sha256;
  json["target_bytes"] = record.target_file.bytes;
  json["external"] = Json::array();
  for (const ExternalFile& file : record.external) json["external"].push_back(json_of(file));
  json["certificate_sha256"] = record.certificate_sha256;
  json["nodes"] = record.nodes;
  json["rewritten"] = record.rewritten;
  json["options"] = record.options;
  json["tool_version"] = record.tool_version;
  json["reached_limit"] = record.reached_limit;
  json["seconds"] = std::round(record.seconds * 1e6) / 1e6;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::optional<Record> from_line(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  Record record;
  std::string version;
  Fields fields(json);
  fields.read("schema_version", version);
  fields.read("source", record.source);
  fields.read("status", record.status);
  fields.read("verdict", record.verdict);
  fields.read("reason", record.reason);
  fields.read("source_sha256", record.source_file.sha256);
  fields.read("source_bytes", record.source_file.bytes);
  fields.read("target_sha256", record.target_file.sha256);
  fields.read("target_bytes", record.target_file.bytes);
  fields.read("nodes", record.nodes);
  fields.read("rewritten", record.rewritten);
  fields.read("options", record.options);
  fields.read("tool_version", record.tool_version);
  fields.read("seconds", record.seconds);
  fields.read_added("certificate_sha256", record.certificate_sha256);
  fields.read_added("reached_limit", record.reached_limit);
  const bool is_known = fields.is_good() && (version == "1" || version.starts_with("1."));
  if (!is_known || !read_external(json, record.external)) return std::nullopt;
  return record;
}

bool is_of_model(const Record& record) {
  return record.status != "gone" && !record.source.empty() && !record.source.ends_with('/');
}

bool says_the_same(const Record& left, const Record& right) {
  Record same = left;
  same.seconds = right.seconds;
  return to_line(same) == to_line(right);
}

}  // namespace padproof::converter
