// SPDX-License-Identifier: Apache-2.0
// When a sliding-window node breaks a rule: what is the case then; otherwise nothing.
#pragma once

#include <optional>

#include "verifier/gate/rule.h"

namespace padproof::verifier {

using Broken = std::optional<Breach>;

/// Of a text that holds modes and numbers alone.
inline Broken breach_of(const std::string& text) { return Breach{text, text}; }

// What is written (padding_rules.cpp).
Broken is_implicit(const WindowCase& window);
Broken depends_on_extent(const WindowCase& window);
Broken has_auto_pad_and_pads(const WindowCase& window);
Broken is_asymmetric(const WindowCase& window);
Broken has_zero_pad_in_front(const WindowCase& window);
Broken pads_reach_kernel(const WindowCase& window);

// Whose conventions a layer that strides follows (convention_rules.cpp).
Broken follows_no_convention(const WindowCase& window);
Broken fits_some_extents(const WindowCase& window);

// Where runtimes disagree (runtime_rules.cpp).
Broken is_strided_same(const WindowCase& window);
Broken is_valid_conv(const WindowCase& window);
Broken is_same_with_negative_total(const WindowCase& window);
Broken is_same_dilated_pool(const WindowCase& window);
Broken is_same_dilated_conv(const WindowCase& window);
Broken is_strided_same_lower_pool(const WindowCase& window);
Broken is_valid_with_ceil_mode(const WindowCase& window);
Broken is_transposed_same_with_output_padding(const WindowCase& window);
Broken is_transposed_same_with_negative_total(const WindowCase& window);
Broken has_odd_transposed_split(const WindowCase& window);
Broken is_valid_with_stray_pads(const WindowCase& window);

// What the weights hold (weight_rules.cpp).
Broken has_non_finite_weights(const WindowCase& window);

}  // namespace padproof::verifier
