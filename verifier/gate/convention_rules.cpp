// SPDX-License-Identifier: Apache-2.0
// Layers that stride and pad explicitly, against the conventions that frameworks have.
#include <fmt/format.h>

#include <algorithm>

#include "verifier/gate/predicates.h"

namespace padproof::verifier {
namespace {

constexpr std::int64_t kMostResiduesTried = 64;
constexpr std::int64_t kSomeWindows = 1 << 16;

/// The axes as they are in front of Pads that are folded in.
std::vector<CaseAxis> axes_in_front(const WindowCase& window) {
  std::vector<CaseAxis> axes = window.axes();
  const Place& data = window.layer().pads.data;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const bool is_known =
        !data.is_absent() && data.facts().shape && data.facts().shape->size() == axes.size() + 2;
    const model::Extent extent = is_known ? (*data.facts().shape)[i + 2] : model::Extent();
    axes[i].extent = extent.constant();
    axes[i].residue = axes[i].stride == 1 ? 0 : model::residue(extent, axes[i].stride);
  }
  return axes;
}

enum class Fit { kNowhere, kSomewhere, kEverywhere };

/// Whether the pads along one axis are a convention's, at the extents it may have.
Fit fit_along(Convention convention, const CaseAxis& axis, std::int64_t begin, std::int64_t end) {
  bool fits_all = true;
  bool fits_any = false;
  const std::int64_t least = axis.residue.value_or(0);
  const std::int64_t most = axis.residue.value_or(std::min(axis.stride, kMostResiduesTried) - 1);
  for (std::int64_t residue = least; residue <= most; ++residue) {
    const std::int64_t extent = axis.extent.value_or(kSomeWindows * axis.stride + residue);
    const auto here =
        conventions_of({{extent, axis.kernel, axis.stride, axis.dilation, begin, end, 0}}, true);
    const bool fits = std::find(here.begin(), here.end(), convention) != here.end();
    fits_all = fits_all && fits;
    fits_any = fits_any || fits;
  }
  return fits_all ? Fit::kEverywhere : fits_any ? Fit::kSomewhere : Fit::kNowhere;
}

/// Of a layer that strides and has explicit pads, those of Pads in front included: how far the best of the
/// conventions fits.
struct StridedPads {
  std::vector<std::int64_t> pads;
  Fit fit = Fit::kNowhere;
};

std::optional<StridedPads> strided_pads(const WindowCase& window) {
  const auto strides = [](const CaseAxis& axis) { return axis.stride > 1; };
  const std::vector<CaseAxis> axes = axes_in_front(window);
  if (window.is_transposed() || !window.pads() || window.is_same()) return std::nullopt;
  if (std::none_of(axes.begin(), axes.end(), strides)) return std::nullopt;
  StridedPads found{*window.pads()};
  const FoldedPads& folded = window.layer().pads;
  for (std::size_t i = 0; !folded.nodes.empty() && i < axes.size(); ++i) {
    found.pads[i] += folded.before[i];
    found.pads[i + axes.size()] += folded.after[i];
  }
  for (const Convention convention : {Convention::kValid, Convention::kSameUpper, Convention::kSameLower,
                                      Convention::kSymmetric, Convention::kFixedPadding}) {
    Fit fit = Fit::kEverywhere;
    for (std::size_t i = 0; i < axes.size(); ++i)
      fit = std::min(fit, fit_along(convention, axes[i], found.pads[i], found.pads[i + axes.size()]));
    found.fit = std::max(found.fit, fit);
  }
  return found;
}

Broken strided_breach(const StridedPads& strided, const WindowCase& window) {
  const std::string pads = text_of(strided.pads);
  const char* const included = window.layer().pads.nodes.empty() ? "" : " (Pad nodes included)";
  return Breach{fmt::format("pads={}{} over {}", pads, included, shape_of(window)), pads};
}

}  // namespace

Broken follows_no_convention(const WindowCase& window) {
  const auto strided = strided_pads(window);
  if (!strided || strided->fit != Fit::kNowhere) return std::nullopt;
  // Any number, as long as it is the same on both sides, is what frameworks call padding=N.
  const auto half = strided->pads.begin() + std::ssize(strided->pads) / 2;
  if (std::equal(strided->pads.begin(), half, half)) return std::nullopt;
  return strided_breach(*strided, window);
}

Broken fits_some_extents(const WindowCase& window) {
  const auto strided = strided_pads(window);
  if (!strided || strided->fit != Fit::kSomewhere) return std::nullopt;
  return strided_breach(*strided, window);
}

}  // namespace padproof::verifier
