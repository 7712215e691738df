// SPDX-License-Identifier: Apache-2.0
// A model whose names are the bytes, as the gate's report in every format: as many lines, tags and
// annotations as with harmless names, and text that its readers take.
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>
#include <map>

#include "converter/planner.h"
#include "report/build.h"
#include "report/formats.h"
#include "report/gate.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/wire_bytes.h"
#include "verifier/gate/gate.h"

namespace {

using namespace padproof;
namespace wire = test::wire;

using Names = std::array<std::string, 6>;

/// The bytes between zeros; what is missing is empty.
Names names_in(std::string_view text) {
  Names names;
  for (std::string& name : names) {
    const std::size_t end = std::min(text.find('\0'), text.size());
    name = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return names;
}

/// Others, alike where those are alike.
Names harmless(const Names& names) {
  std::map<std::string, std::string> instead;
  Names result;
  for (std::size_t i = 0; i < names.size(); ++i)
    result[i] = names[i].empty() ? "" : instead.emplace(names[i], "name" + std::to_string(i)).first->second;
  return result;
}

std::string model_with(const Names& names) {
  const std::string same = wire::text("auto_pad", "SAME_LOWER") + wire::ints("strides", {2, 2});
  return wire::image_model(
      wire::node("Conv", {"x", "w"}, {"a" + names[0]}, same, names[1]) +
      wire::node("op" + names[2], {"a" + names[0]}, {"b" + names[3]}, wire::ints("c" + names[4], {1})) +
      wire::node("Conv", {"b" + names[3], "w"}, {"d"}, wire::text("auto_pad", "SAME_UPPER"), names[1]) +
      wire::node("MaxPool", {"x"}, {"y"}, wire::ints("kernel_shape", {2, 2})) + wire::output("d"));
}

/// Nothing if the model says something else than its like with harmless names does.
std::optional<report::Message> report_of(const Names& names) {
  const std::string bytes = model_with(names);
  const auto model = fuzz::read(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (!model) return std::nullopt;
  const auto facts = model::infer(*model, fuzz::inference_options());
  if (!facts) return std::nullopt;
  const auto plan = converter::make_plan(*model, **facts);
  if (!plan) return std::nullopt;
  report::Message message = report::make_report("gate", "1.0");
  schemas::Model& described = *message.add_models();
  described.set_source(model::printable(names[5] + ".onnx"));
  report::add_plan(described, *plan);
  const verifier::Policy policy;
  report::add_rules(message, policy);
  report::add_findings(described, verifier::check_rules(**facts, {}), policy);
  report::conclude(message);
  return message;
}

std::ptrdiff_t count(const std::string& text, char sign) {
  return std::count(text.begin(), text.end(), sign);
}

void check_lines(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    const std::string behind = line.substr(line.starts_with("::") ? 2 : 0);
    if (behind != model::printable(behind, behind.size() + 1))
      fuzz::broken("a line is not printable: " + line);
    if (line.starts_with("::") && !line.starts_with("::error ") && !line.starts_with("::warning ") &&
        !line.starts_with("::notice "))
      fuzz::broken("a command of its own: " + line);
    at = end + 1;
  }
}

void check_json(const std::string& text, const report::Message& message) {
  report::Message read;
  if (!google::protobuf::util::JsonStringToMessage(text, &read).ok()) fuzz::broken("not JSON: " + text);
  if (read.SerializeAsString() != message.SerializeAsString()) fuzz::broken("JSON says something else");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > fuzz::kMostBytes) return 0;
  const Names names = names_in({reinterpret_cast<const char*>(data), size});
  const auto message = report_of(names);
  const auto other = report_of(harmless(names));
  if (!message || !other || message->models(0).findings_size() != other->models(0).findings_size()) return 0;
  for (const std::string& name : report::format_names()) {
    const report::Format& format = *report::format_by_name(name);
    const std::string text = format.render(*message, {});
    const std::string expected = format.render(*other, {});
    check_lines(text);
    if (name == "json") check_json(text, *message);
    if (count(text, '\n') != count(expected, '\n')) fuzz::broken(name + " has other lines:\n" + text);
    const bool has_tags = name == "html" || name == "junit";
    if (has_tags && count(text, '<') != count(expected, '<'))
      fuzz::broken(name + " has other tags:\n" + text);
    // In XML alone it is no text, wherever it stands.
    if (name == "junit" && text.find("]]>") != std::string::npos)
      fuzz::broken("junit ends a section:\n" + text);
  }
  return 0;
}
