// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "verifier/diff/sign.h"
#include "verifier/gate/predicates.h"

namespace padproof::verifier {
namespace {

bool is_any_not_zero(const std::vector<std::int64_t>& numbers) {
  return std::any_of(numbers.begin(), numbers.end(), [](std::int64_t number) { return number != 0; });
}

bool is_whole_number(std::string_view word) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc{} && end == word.data() + word.size();
}

/// Of a Pad as layer.h writes it: a mode and amounts.
bool has_open_amounts(std::string_view pad) {
  for (std::size_t at = pad.find(' '); at != std::string_view::npos; at = pad.find(' ', at + 1)) {
    const std::size_t end = std::min(pad.find(' ', at + 1), pad.size());
    if (!is_whole_number(pad.substr(at + 1, end - at - 1))) return true;
  }
  return false;
}

}  // namespace

Broken is_implicit(const WindowCase& window) {
  const bool is_asked_for = window.is_transposed() && window.attributes().has("output_shape");
  if (!window.is_same() && !is_asked_for) return std::nullopt;
  const std::string what = is_asked_for ? "output_shape" : "auto_pad=" + window.padding_text();
  if (window.pads()) return fmt::format("{}, which comes to pads={}", what, text_of(*window.pads()));
  if (window.is_dynamic()) return fmt::format("{} over {}", what, shape_of(window));
  return what;
}

Broken depends_on_extent(const WindowCase& window) {
  if (window.is_dynamic()) return fmt::format("{}: an extent that matters is open", shape_of(window));
  for (const std::string& pad : window.layer().open_pads)
    if (has_open_amounts(pad))
      return "a Pad in front of it has amounts that are computed when the model runs";
  return std::nullopt;
}

Broken has_auto_pad_and_pads(const WindowCase& window) {
  if (window.auto_pad() == AutoPad::kNotSet || !window.listed_pads()) return std::nullopt;
  return fmt::format("auto_pad={} and pads={}", window.padding_text(), text_of(*window.listed_pads()));
}

Broken is_asymmetric(const WindowCase& window) {
  if (!window.pads()) return std::nullopt;
  const auto& pads = *window.pads();
  const auto half = pads.begin() + std::ssize(pads) / 2;
  if (std::equal(pads.begin(), half, half)) return std::nullopt;
  return fmt::format("pads={}", text_of(pads));
}

Broken has_zero_pad_in_front(const WindowCase& window) {
  const FoldedPads& pads = window.layer().pads;
  const bool is_zero =
      std::find(pads.other_values.begin(), pads.other_values.end(), 0.0) != pads.other_values.end();
  if (window.kind() != WindowKind::kMaxPool || !is_zero) return std::nullopt;
  if (!is_any_not_zero(pads.before) && !is_any_not_zero(pads.after)) return std::nullopt;
  if (is_never_negative(pads.data)) return std::nullopt;
  return fmt::format("a Pad with zeros ({},{}) stands in front, and its data {} can be negative",
                     text_of(pads.before), text_of(pads.after), pads.data.name());
}

Broken pads_reach_kernel(const WindowCase& window) {
  if (!window.is_pool() || !window.pads()) return std::nullopt;
  const auto& axes = window.axes();
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (std::max((*window.pads())[i], (*window.pads())[i + axes.size()]) >= axes[i].kernel)
      return fmt::format("pads={} with a kernel of {} (dilation {}) along axis {}", text_of(*window.pads()),
                         axes[i].kernel, axes[i].dilation, i + 2);
  return std::nullopt;
}

}  // namespace padproof::verifier
