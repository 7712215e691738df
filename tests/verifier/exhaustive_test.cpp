// SPDX-License-Identifier: Apache-2.0
// All H <= 64, k <= 7, s <= 4, d <= 3, three modes: converter, verifier and a simulation agree about pads,
// output extents and index maps.
#include <doctest/doctest.h>

#include <vector>

#include "converter/same_padding.h"
#include "verifier/proof/axis_map.h"

namespace {

using padproof::converter::AxisPads;
using padproof::converter::AxisWindow;
using padproof::converter::Split;
using padproof::verifier::WindowAxis;

// What SAME and VALID mean, acted out: add single cells to the array, at the end and the begin in turn, until
// windows at every s-th cell give ceil(H/s) outputs; then slide.
struct Simulation {
  std::int64_t before = 0;
  std::int64_t after = 0;
  std::vector<std::vector<std::int64_t>> cells;  // per window, per tap; -1 is padding

  Simulation(std::int64_t extent, const AxisWindow& window, bool same, bool upper) {
    const std::int64_t reach = (window.kernel - 1) * window.dilation + 1;
    std::int64_t wanted = 0;
    for (std::int64_t at = 0; at < extent; at += window.stride) ++wanted;
    bool at_end = upper;
    while (same && starts(extent, reach, window.stride) < wanted) {
      ++(at_end ? after : before);
      at_end = !at_end;
    }
    for (std::int64_t start = -before; start + reach <= extent + after; start += window.stride) {
      auto& row = cells.emplace_back();
      for (std::int64_t tap = 0; tap < window.kernel; ++tap) {
        const std::int64_t at = start + tap * window.dilation;
        row.push_back(at < 0 || at >= extent ? -1 : at);
      }
    }
  }

  [[nodiscard]] std::int64_t starts(std::int64_t extent, std::int64_t reach, std::int64_t stride) const {
    std::int64_t count = 0;
    for (std::int64_t start = -before; start + reach <= extent + after; start += stride) ++count;
    return count;
  }
};

// The verifier's own reading of the mode, through the node's attributes.
WindowAxis resolve(std::string_view mode, std::int64_t extent, const AxisWindow& window) {
  using padproof::model::Attribute;
  using padproof::model::AttributeKind;
  padproof::model::Node node;
  node.op_type = "Conv";
  const auto add_ints = [&](std::string_view name, std::int64_t value) {
    Attribute attribute;
    attribute.name = name;
    attribute.kind = AttributeKind::kInts;
    attribute.ints = {value};
    node.attributes.push_back(std::move(attribute));
  };
  add_ints("kernel_shape", window.kernel);
  add_ints("strides", window.stride);
  add_ints("dilations", window.dilation);
  Attribute auto_pad;
  auto_pad.name = "auto_pad";
  auto_pad.kind = AttributeKind::kString;
  auto_pad.s = mode;
  node.attributes.push_back(std::move(auto_pad));
  const padproof::verifier::Dims data{1, 1, extent};
  const padproof::verifier::Dims weights{1, 1, window.kernel};
  const auto resolved =
      padproof::verifier::resolve_window(node, padproof::model::Attributes(node), 13, data, &weights);
  REQUIRE_MESSAGE(resolved.has_value(), (resolved ? "" : to_string(resolved.error())));
  return resolved->axes[0];
}

struct Tally {
  std::int64_t cases = 0;
  std::int64_t wrong = 0;
};

void compare(std::string_view mode, std::int64_t extent, const AxisWindow& window, Tally& tally) {
  const bool same = mode != "VALID";
  const bool upper = mode == "SAME_UPPER";
  if (!same && extent < window.effective_kernel()) return;  // no window fits: an error, tested elsewhere
  const Simulation simulation(extent, window, same, upper);
  const AxisPads pads =
      same ? padproof::converter::same_pads(window, extent, upper ? Split::kUpper : Split::kLower)
           : AxisPads{};
  const WindowAxis axis = resolve(mode, extent, window);
  bool good = pads == AxisPads{simulation.before, simulation.after} && axis.pad_begin == simulation.before &&
              axis.pad_end == simulation.after && axis.out == std::ssize(simulation.cells);
  for (std::int64_t o = 0; good && o < axis.out; ++o) {
    for (std::int64_t t = 0; t < window.kernel; ++t) {
      const auto cell = padproof::verifier::cell(padproof::verifier::WindowKind::kConv, axis, o, t);
      good = good &&
             cell.value_or(-1) == simulation.cells[static_cast<std::size_t>(o)][static_cast<std::size_t>(t)];
    }
  }
  ++tally.cases;
  if (!good) ++tally.wrong;
}

}  // namespace

TEST_CASE("converter, verifier and simulation agree over all small windows") {
  Tally tally;
  for (const std::string_view mode : {"SAME_UPPER", "SAME_LOWER", "VALID"}) {
    for (std::int64_t extent = 1; extent <= 64; ++extent) {
      for (std::int64_t kernel = 1; kernel <= 7; ++kernel) {
        for (std::int64_t stride = 1; stride <= 4; ++stride) {
          for (std::int64_t dilation = 1; dilation <= 3; ++dilation) {
            compare(mode, extent, {kernel, stride, dilation}, tally);
          }
        }
      }
    }
  }
  MESSAGE(tally.cases << " cases");
  CHECK(tally.cases > 15'000);
  CHECK(tally.wrong == 0);
}

TEST_CASE("pads for every extent are exact for each extent") {
  for (std::int64_t kernel = 1; kernel <= 7; ++kernel) {
    for (std::int64_t stride = 1; stride <= 6; ++stride) {
      for (std::int64_t dilation = 1; dilation <= 3; ++dilation) {
        for (const Split split : {Split::kUpper, Split::kLower}) {
          const AxisWindow window{kernel, stride, dilation};
          const auto any = padproof::converter::same_pads_for_every_extent(window, split);
          bool one_begin = true;
          for (std::int64_t extent = 1; extent <= 100; ++extent) {
            const AxisPads exact = padproof::converter::same_pads(window, extent, split);
            one_begin = one_begin && exact.begin == padproof::converter::same_pads(window, 1, split).begin;
            if (!any) continue;
            const std::int64_t out =
                (extent + any->begin + any->end - window.effective_kernel()) / stride + 1;
            CHECK(any->begin == exact.begin);
            CHECK(out == (extent + stride - 1) / stride);
          }
          CHECK(any.has_value() == one_begin);
        }
      }
    }
  }
}
