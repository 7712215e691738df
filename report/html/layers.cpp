// SPDX-License-Identifier: Apache-2.0
#include "report/html/layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "report/html/markup.h"
#include "report/table.h"

namespace padproof::report {
namespace {

using schemas::Layer;
using schemas::LayerPair;
using Json = nlohmann::ordered_json;

/// Of `1x3x224x224` the spatial ones; nothing where one is open.
std::optional<std::vector<int>> spatial_extents(const std::string& shape, std::size_t rank) {
  std::vector<int> extents;
  for (std::size_t at = 0; at <= shape.size();) {
    const std::size_t end = std::min(shape.find('x', at), shape.size());
    int extent = 0;
    const auto [stop, error] = std::from_chars(shape.data() + at, shape.data() + end, extent);
    const bool is_number = error == std::errc{} && stop == shape.data() + end && end > at;
    // The batch and the channels may be open.
    extents.push_back(is_number ? extent : -1);
    at = end + 1;
  }
  if (rank == 0 || extents.size() != rank + 2) return std::nullopt;
  extents.erase(extents.begin(), extents.begin() + 2);
  for (const int extent : extents)
    if (extent < 1) return std::nullopt;
  return extents;
}

Json side_of(const Layer& layer) {
  const auto list = [](const auto& field) { return Json(std::vector<int>(field.begin(), field.end())); };
  return {{"pads", list(layer.pads())},
          {"kernel", list(layer.kernel_shape())},
          {"strides", list(layer.strides())},
          {"dilations", list(layer.dilations())}};
}

bool has_numbers(const Layer& layer) {
  const int rank = layer.kernel_shape().size();
  return rank > 0 && layer.pads().size() == 2 * rank && layer.strides().size() == rank &&
         layer.dilations().size() == rank && layer.op() != "ConvTranspose";
}

std::optional<double> relative_error(const LayerPair& pair) {
  if (!pair.has_numbers() || pair.numbers().elements() == 0) return std::nullopt;
  const auto& numbers = pair.numbers();
  if (numbers.differing() == 0) return 0.0;
  const double error = numbers.largest() > 0 ? numbers.max_absolute() / numbers.largest() : 1.0;
  return std::isfinite(error) ? error : 1e3;
}

Json data_of(const LayerPair& pair) {
  Json layer = {{"name", pair.source().name()}, {"status", pair.status()}};
  if (const auto error = relative_error(pair)) layer["error"] = *error;
  if (pair.numbers().beyond_rounding()) layer["beyond"] = true;
  const auto rank = static_cast<std::size_t>(pair.source().kernel_shape().size());
  const auto size = spatial_extents(pair.source().input(), rank);
  if (size && has_numbers(pair.source()) && has_numbers(pair.target()) &&
      pair.target().kernel_shape().size() == pair.source().kernel_shape().size()) {
    layer["size"] = *size;
    layer["kernel"] = side_of(pair.source())["kernel"];
    layer["source"] = side_of(pair.source());
    layer["target"] = side_of(pair.target());
  }
  if (pair.shift().size() == 2 && (pair.shift(0) != 0 || pair.shift(1) != 0))
    layer["shift"] = {pair.shift(0), pair.shift(1)};
  if (!pair.numbers().heat().empty())
    layer["heat"] =
        Json(std::vector<std::string>(pair.numbers().heat().begin(), pair.numbers().heat().end()));
  return layer;
}

std::string side_by_side(const std::string& source, const std::string& target) {
  return source == target ? source : source + " → " + target;
}

std::string convention_of(const Layer& layer) {
  if (layer.kernel_shape().empty()) return "";
  return layer.conventions().empty() ? "no known convention" : layer.conventions(0);
}

std::string pads_cell(const Layer& layer, std::string_view side) {
  const std::string pads = layer.pads().empty() ? "?" : joined(layer.pads(), " ");
  return fmt::format("<td class=\"pads\"><b class=\"{}\">{}</b> {}</td>", side, html_text(pads),
                     html_text(convention_of(layer)));
}

std::string row_of(const LayerPair& pair, const std::string& id, int index) {
  const Layer& source = pair.source();
  const Layer& target = pair.target();
  const auto error = relative_error(pair);
  std::string out = fmt::format("<tr id=\"{}-{}\" data-layer=\"{}\" data-status=\"{}\">", id, index, index,
                                html_text(pair.status()));
  out += fmt::format("<td class=\"number\" data-v=\"{}\">{}</td>", index, index + 1);
  out += fmt::format("<td class=\"name\"><button type=\"button\" aria-expanded=\"false\">{}</button></td>",
                     html_text(side_by_side(source.name(), target.name())));
  for (const std::string& text :
       {side_by_side(source.op(), target.op()),
        side_by_side(joined(source.kernel_shape(), "x"), joined(target.kernel_shape(), "x")),
        side_by_side(joined(source.strides(), "x"), joined(target.strides(), "x")),
        side_by_side(source.input(), target.input())})
    out += "<td class=\"short\">" + html_text(text) + "</td>";
  out += pads_cell(source, "source") + pads_cell(target, "target");
  const int moved = pair.shift().empty()
                        ? 0
                        : std::abs(pair.shift(0)) + (pair.shift().size() > 1 ? std::abs(pair.shift(1)) : 0);
  out += fmt::format("<td class=\"shift\" data-v=\"{}\">{}</td>", moved, html_text(shift_in_words(pair)));
  out += fmt::format("<td class=\"number\" data-v=\"{}\">{}</td>", error ? *error : -1.0,
                     !error        ? ""
                     : *error == 0 ? "none"
                                   : fmt::format("{:.1e}", *error));
  return out +
         fmt::format("<td class=\"{}\">{}</td></tr>\n", html_class(pair.status()), html_text(pair.status()));
}

std::string facts_of(const LayerPair& pair) {
  std::string out;
  const auto add = [&](const std::string& name, const std::string& value) {
    if (!value.empty()) out += fmt::format("<dt>{}</dt><dd>{}</dd>", name, html_text(value));
  };
  add("what", pair.reason());
  add("dilations",
      side_by_side(joined(pair.source().dilations(), "x"), joined(pair.target().dilations(), "x")));
  add("written as", side_by_side(pair.source().padding(), pair.target().padding()));
  add("aligned by", pair.match());
  if (pair.has_numbers() && pair.numbers().differing() > 0) {
    const auto& numbers = pair.numbers();
    add("values",
        fmt::format("{} of {} differ, by at most {:.3g} and {:.3g} on average, where the largest is {:.3g}",
                    numbers.differing(), numbers.elements(), numbers.max_absolute(), numbers.mean_absolute(),
                    numbers.largest()));
    if (numbers.has_border() && numbers.elements() > 0)
      add("at the border",
          fmt::format("{:.0f} % of the difference, on {:.0f} % of the map", 100 * numbers.border_part(),
                      100.0 * static_cast<double>(numbers.border_elements()) /
                          static_cast<double>(numbers.elements())));
  }
  if (const std::string advice = advice_for(pair); !advice.empty())
    out += "<dt>to match the source</dt><dd><code>" + html_text(advice) + "</code></dd>";
  return "<div class=\"facts\"><dl>" + out + "</dl></div>";
}

bool is_mended_by_pads(const LayerPair& pair) {
  const Layer& source = pair.source();
  const Layer& target = pair.target();
  const auto are_equal = [](const auto& mine, const auto& theirs) {
    return std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end());
  };
  // Where an extent is open the pads are those of one extent only.
  const auto size = spatial_extents(source.input(), 2);
  return source.pads().size() == 4 && size && size == spatial_extents(target.input(), 2) &&
         are_equal(source.kernel_shape(), target.kernel_shape()) &&
         are_equal(source.strides(), target.strides()) && are_equal(source.dilations(), target.dilations()) &&
         (source.other_value() || target.other_value() || !are_equal(source.pads(), target.pads()));
}

}  // namespace

std::string shift_in_words(const LayerPair& pair) {
  constexpr std::array<std::array<std::string_view, 2>, 2> kSides = {{{"up", "down"}, {"left", "right"}}};
  std::string text;
  const auto add = [&](const std::string& more) { text += (text.empty() ? "" : ", ") + more; };
  const auto& shift = pair.shift();
  for (int axis = 0; axis < shift.size(); ++axis) {
    if (shift[axis] == 0) continue;
    if (shift.size() == 2)
      add(fmt::format("{} {}", std::abs(shift[axis]),
                      kSides[static_cast<std::size_t>(axis)][shift[axis] > 0 ? 1 : 0]));
    else
      add(fmt::format("{:+d} on axis {}", shift[axis], axis));
  }
  return text.empty() && !shift.empty() ? "none" : text;
}

std::string advice_for(const LayerPair& pair) {
  const Layer& source = pair.source();
  if (pair.status() != "different" || !is_mended_by_pads(pair)) return "";
  const bool is_max = source.op() == "MaxPool";
  if (!is_max && source.op() != "Conv") return "";
  const auto& pads = source.pads();
  const std::string value = source.other_value() ? ", value=V" : is_max ? ", value=-inf" : "";
  std::string text = fmt::format("PyTorch: x = F.pad(x, ({}, {}, {}, {}){}), then the layer with padding=0.",
                                 pads[1], pads[3], pads[0], pads[2], value);
  // The attribute `pads` writes the operator's own value only, and takes nothing away.
  if (source.other_value())
    return text + fmt::format(
                      " ONNX: a Pad node with pads = [0, 0, {}, {}, 0, 0, {}, {}] and value V in front, "
                      "pads = [0, 0, 0, 0] in the layer. V is what the source's Pad node writes.",
                      pads[0], pads[1], pads[2], pads[3]);
  if (std::all_of(pads.begin(), pads.end(), [](int pad) { return pad >= 0; }))
    text += fmt::format(" ONNX: pads = [{}]", joined(pads, ", "));
  return text;
}

std::string html_layers(const schemas::Model& model, const std::string& id) {
  if (model.alignment().layers().empty()) return "";
  std::string out = fmt::format("<figure class=\"wide\" id=\"{}-profile\"></figure>\n", id);
  out += fmt::format("<div class=\"scroll\"><table id=\"{}\"><thead><tr>", id);
  for (const char* const heading : {"#", "layer", "op", "kernel", "strides", "input", "source pads",
                                    "target pads", "shift", "error", "verdict"})
    out += fmt::format("<th scope=\"col\">{}</th>", heading);
  out += "</tr></thead><tbody>\n";
  Json data = Json::array();
  for (int i = 0; i < model.alignment().layers().size(); ++i) {
    const LayerPair& pair = model.alignment().layers(i);
    out += row_of(pair, id, i);
    out += fmt::format("<tr class=\"detail\" hidden><td colspan=\"11\">{}</td></tr>\n", facts_of(pair));
    data.push_back(data_of(pair));
  }
  return out + fmt::format(
                   "</tbody></table></div>\n<script type=\"application/json\" data-table=\"{}\" "
                   "data-profile=\"{}-profile\">{}</script>\n",
                   id, id, html_json(data.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

}  // namespace padproof::report
