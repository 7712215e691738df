// SPDX-License-Identifier: Apache-2.0
// The aligned layers of two models as a table whose rows open to drawings.
#pragma once

#include <string>

#include "schemas/report.pb.h"

namespace padproof::report {

/// With the data that the script draws from. `id` is unique in the page.
std::string html_layers(const schemas::Model& model, const std::string& id);

/// Where the target's windows lie, seen from the source's: `1 up, 1 left`. Empty where that is not known.
std::string shift_in_words(const schemas::LayerPair& pair);

/// What to write in the target so that the layer reads what the source's does; empty where that is not known.
std::string advice_for(const schemas::LayerPair& pair);

}  // namespace padproof::report
