// SPDX-License-Identifier: Apache-2.0
#include "report/alignment_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "report/table.h"

namespace padproof::report {
namespace {

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

/// The largest difference against the largest value.
std::string error_of(const schemas::LayerPair& pair) {
  if (!pair.has_numbers()) return "";
  const auto& numbers = pair.numbers();
  if (numbers.differing() == 0) return "none";
  return fmt::format("{:.3g} of {:.3g}", numbers.max_absolute(), numbers.largest());
}

}  // namespace

Table layers_table(const schemas::Alignment& alignment) {
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
  return table;
}

namespace {

using Lines = std::vector<std::string>;

void add_reasons(const schemas::Alignment& alignment, Lines& lines) {
  // Once per reason: a network repeats itself.
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const auto& pair : alignment.layers())
    if (!pair.reason().empty() && pair.reason() != "pads differ")
      by_reason[pair.reason()].push_back(pair.source().name());
  for (const auto& [reason, layers] : by_reason)
    lines.push_back(fmt::format("{}: {}{}", reason, layers.front(),
                                layers.size() == 1 ? "" : fmt::format(" and {} more", layers.size() - 1)));
}

template <class Layers>
void add_left_over(const Layers& layers, std::string_view side, bool color, Lines& lines) {
  for (const schemas::Layer& layer : layers)
    lines.push_back(
        fmt::format("{} {} '{}' of the {}{}",
                    styled(layer.padding() == "unknown" ? "not known how it pads:" : "no counterpart for",
                           kYellow, color),
                    layer.op(), layer.name(), side, layer.graph() == "main" ? "" : ", in " + layer.graph()));
}

std::string counts(const schemas::Alignment& alignment) {
  std::map<std::string, int> by_match;
  for (const auto& pair : alignment.layers()) ++by_match[pair.match()];
  std::string text = fmt::format("aligned: {} by the same weights", by_match["weights"]);
  if (by_match["scaled-weights"] != 0)
    text += fmt::format(", {} by weights up to a factor per channel", by_match["scaled-weights"]);
  if (by_match["position"] != 0) text += fmt::format(", {} by position", by_match["position"]);
  return text;
}

std::string moves_of(const schemas::OutputNumbers& output) {
  std::string text =
      fmt::format("output {}: moves by up to {:.3g}, values up to {:.3g}",
                  both(output.source(), output.target()), output.max_absolute(), output.largest());
  if (output.rows() != 0)
    text += fmt::format(", top-1 the same in {} of {}", output.same_top1(), output.rows());
  return text;
}

/// `62`, and never 0 or 100 where it is not.
std::string rounded_percent(double part) {
  if (part > 0 && part < 0.01) return "< 1";
  if (part < 1 && part > 0.99) return "> 99";
  return fmt::format("{:.0f}", 100 * part);
}

/// Aligned by something else than its weights, which it has.
bool has_open_weights(const schemas::LayerPair& pair) {
  return pair.match() == "position" && pair.source().op().find("Conv") != std::string::npos;
}

// The source's order: the layers before it hold what rounding explains, so that the difference is its own.
std::string first_beyond_of(const schemas::Model& model) {
  const auto& layers = model.alignment().layers();
  const std::string& name = model.numbers().first_beyond();
  const auto first = std::find_if(layers.begin(), layers.end(), [&](const auto& pair) {
    return pair.source().name() == name && (!pair.has_numbers() || pair.numbers().beyond_rounding());
  });
  std::string text = "the first layer whose values rounding does not explain: " + name;
  if (first == layers.end()) return text;
  if (!first->has_numbers()) return text + "; its output has other extents";
  // Other weights give other numbers everywhere.
  if (has_open_weights(*first)) return text + "; its weights are not known to be the same";
  if (!first->numbers().has_border()) return text;
  const auto& numbers = first->numbers();
  // A map of border alone, or a sum that is not finite: nothing is said by its part.
  if (numbers.border_elements() == numbers.elements() || !std::isfinite(numbers.mean_absolute())) return text;
  const double border =
      static_cast<double>(numbers.border_elements()) / static_cast<double>(numbers.elements());
  return text + fmt::format("; {} % of its difference is at the border, which is {} % of the map",
                            rounded_percent(numbers.border_part()), rounded_percent(border));
}

void add_numbers(const schemas::Model& model, Lines& lines) {
  const auto& numbers = model.numbers();
  if (!numbers.reason().empty())
    lines.push_back((numbers.samples() == 0 ? "not run: " : "not compared: ") + numbers.reason());
  if (numbers.samples() == 0) return;
  if (!numbers.first_beyond().empty())
    lines.push_back(first_beyond_of(model));
  else if (numbers.rounding().outcome() == "beyond")
    lines.push_back("rounding does not explain the values of " + numbers.rounding().first().node());
  else if (numbers.rounding().outcome() == "within")
    lines.push_back(fmt::format("rounding explains the values of every layer{}",
                                numbers.samples() == 1                  ? ""
                                : numbers.judged() == numbers.samples() ? " on every sample"
                                                                        : " on the first sample"));
  else if (!numbers.rounding().reason().empty())
    lines.push_back("not judged by rounding: " + numbers.rounding().reason());
  for (const std::string& name : numbers.moved_inputs())
    lines.push_back("the target has the channels of input " + name +
                    " at another axis: it was given the same values");
  for (const auto& output : numbers.outputs()) lines.push_back(moves_of(output));
  lines.push_back(fmt::format("run on {} from seed {}",
                              plural(static_cast<std::size_t>(numbers.samples()), "sample"), numbers.seed()));
}

}  // namespace

Table left_over_table(const schemas::Alignment& alignment) {
  Table table({"of", "layer", "op", "kernel", "strides", "input", "pads t/l/b/r", "why", "graph"});
  const auto add = [&](const schemas::Layer& layer, const std::string& side) {
    table.add({{side, ""},
               {layer.name(), ""},
               {layer.op(), ""},
               {joined(layer.kernel_shape(), "x"), ""},
               {joined(layer.strides(), "x"), ""},
               {layer.input(), ""},
               {pads_of(layer), kBold},
               {layer.padding() == "unknown" ? "not known how it pads" : "", ""},
               {layer.graph() == "main" ? "" : layer.graph(), kDim}});
  };
  for (const schemas::Layer& layer : alignment.left_source()) add(layer, "source");
  for (const schemas::Layer& layer : alignment.left_target()) add(layer, "target");
  return table;
}

std::vector<std::string> matter_lines(const schemas::Model& model) {
  Lines lines;
  add_reasons(model.alignment(), lines);
  lines.push_back(counts(model.alignment()));
  if (model.has_numbers()) add_numbers(model, lines);
  return lines;
}

std::vector<std::string> diff_lines(const schemas::Model& model, bool color) {
  Lines lines;
  add_reasons(model.alignment(), lines);
  add_left_over(model.alignment().left_source(), "source", color, lines);
  add_left_over(model.alignment().left_target(), "target", color, lines);
  lines.push_back(counts(model.alignment()));
  if (model.has_numbers()) add_numbers(model, lines);
  return lines;
}

std::string left_open(const schemas::Model& model) {
  const auto& layers = model.alignment().layers();
  std::string text;
  if (const auto open = std::count_if(layers.begin(), layers.end(), has_open_weights); open != 0)
    text = fmt::format("; the weights of {} are not known to be the same",
                       plural(static_cast<std::size_t>(open), "layer"));
  const auto& outputs = model.numbers().outputs();
  const bool moves = std::any_of(outputs.begin(), outputs.end(),
                                 [](const auto& output) { return output.max_absolute() != 0; });
  if (moves && model.numbers().rounding().outcome() == "unknown")
    text += "; rounding is not known to explain how far the outputs move";
  return text;
}

}  // namespace padproof::report
