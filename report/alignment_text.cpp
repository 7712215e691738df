// SPDX-License-Identifier: Apache-2.0
#include "report/alignment_text.h"

#include <fmt/format.h>

#include <map>

#include "report/table.h"

namespace padproof::report {
namespace {

template <class Numbers>
std::string joined(const Numbers& numbers, std::string_view separator) {
  return fmt::format("{}", fmt::join(numbers.begin(), numbers.end(), separator));
}

/// `source`, or `source -> target` where they are not the same.
std::string both(const std::string& source, const std::string& target) {
  return source == target ? source : source + " -> " + target;
}

std::string pads_of(const schemas::Layer& layer) {
  if (layer.pads().empty()) return "?";
  std::string text = joined(layer.pads(), "/");
  const std::string convention = layer.conventions().empty()
                                     ? (layer.kernel_shape().empty() ? "" : "no known convention")
                                     : layer.conventions(0);
  if (!convention.empty()) text += " " + convention;
  if (layer.padding() == "Pad node") text += ", Pad node";
  return text;
}

std::string shift_of(const schemas::LayerPair& pair) {
  std::string text;
  for (const auto cells : pair.shift()) text += (text.empty() ? "" : ",") + fmt::format("{:+d}", cells);
  return text;
}

Cell name_of(const schemas::LayerPair& pair) {
  return {both(pair.source().name(), pair.target().name()), ""};
}

/// The largest difference against the largest value, and how much of what differs lies at the border.
std::string error_of(const schemas::LayerPair& pair) {
  if (!pair.has_numbers()) return "";
  const auto& numbers = pair.numbers();
  if (numbers.differing() == 0) return "none";
  return fmt::format("{:.3g} of {:.3g}", numbers.max_absolute(), numbers.largest());
}

std::string layers_table(const schemas::Alignment& alignment, bool color) {
  Table table({"layer", "op", "kernel", "strides", "dilations", "input", "source pads t/l/b/r", "target pads",
               "shift", "error", "aligned by", "verdict"});
  for (const auto& pair : alignment.layers()) {
    if (pair.status() == "same") continue;
    const auto& source = pair.source();
    const auto& target = pair.target();
    const std::string dilations = both(joined(source.dilations(), "x"), joined(target.dilations(), "x"));
    table.add({name_of(pair),
               {both(source.op(), target.op()), ""},
               {both(joined(source.kernel_shape(), "x"), joined(target.kernel_shape(), "x")), ""},
               {both(joined(source.strides(), "x"), joined(target.strides(), "x")), ""},
               {dilations.find_first_not_of("1x") == std::string::npos ? "" : dilations, ""},
               {both(source.input(), target.input()), ""},
               {pads_of(source), kBold},
               {pads_of(target), kBold},
               {shift_of(pair), ""},
               {error_of(pair), ""},
               {pair.match(), ""},
               {pair.status(), style_of(pair.status() == "different" ? "refuted" : "unknown")}});
  }
  return table.empty() ? "" : table.render(color);
}

std::string reasons(const schemas::Alignment& alignment) {
  // Once per reason: a network repeats itself.
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const auto& pair : alignment.layers())
    if (!pair.reason().empty() && pair.reason() != "pads differ")
      by_reason[pair.reason()].push_back(pair.source().name());
  std::string out;
  for (const auto& [reason, layers] : by_reason)
    out += fmt::format("  {}: {}{}\n", reason, layers.front(),
                       layers.size() == 1 ? "" : fmt::format(" and {} more", layers.size() - 1));
  return out;
}

template <class Layers>
std::string left_over(const Layers& layers, std::string_view side, bool color) {
  std::string out;
  for (const schemas::Layer& layer : layers)
    out += fmt::format("  {} {} '{}' of the {}{}\n", styled("no counterpart for", kYellow, color), layer.op(),
                       layer.name(), side, layer.graph() == "main" ? "" : ", in " + layer.graph());
  return out;
}

std::string counts(const schemas::Alignment& alignment) {
  std::map<std::string, int> by_match;
  for (const auto& pair : alignment.layers()) ++by_match[pair.match()];
  std::string text = fmt::format("  aligned: {} by the same weights", by_match["weights"]);
  if (by_match["scaled-weights"] != 0)
    text += fmt::format(", {} by weights up to a factor per channel", by_match["scaled-weights"]);
  if (by_match["position"] != 0) text += fmt::format(", {} by position", by_match["position"]);
  return text + "\n";
}

}  // namespace

std::string alignment_text(const schemas::Alignment& alignment, bool color) {
  return layers_table(alignment, color) + reasons(alignment) +
         left_over(alignment.left_source(), "source", color) +
         left_over(alignment.left_target(), "target", color) + counts(alignment);
}

std::string numbers_text(const schemas::Model& model) {
  const auto& numbers = model.numbers();
  std::string out;
  if (!numbers.reason().empty()) out += "  not run: " + numbers.reason() + "\n";
  if (numbers.samples() == 0) return out;
  if (!numbers.first_beyond().empty())
    out +=
        fmt::format("  the first layer whose values rounding does not explain: {}\n", numbers.first_beyond());
  else if (numbers.rounding().outcome() == "within")
    out += "  rounding explains the values of every layer\n";
  else if (!numbers.rounding().reason().empty())
    out += "  not judged by rounding: " + numbers.rounding().reason() + "\n";
  for (const auto& output : numbers.outputs()) {
    out += fmt::format("  output {}: moves by up to {:.3g}, values up to {:.3g}",
                       both(output.source(), output.target()), output.max_absolute(), output.largest());
    if (output.rows() != 0)
      out += fmt::format(", top-1 the same in {} of {}", output.same_top1(), output.rows());
    out += "\n";
  }
  return out + fmt::format("  run on {} from seed {}\n",
                           plural(static_cast<std::size_t>(numbers.samples()), "sample"), numbers.seed());
}

}  // namespace padproof::report
