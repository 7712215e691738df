// SPDX-License-Identifier: Apache-2.0
// Whether two aligned layers read the same cells, and write the same beyond the border.
#pragma once

#include "verifier/diff/layer_difference.h"

namespace padproof::verifier {

class LayerComparer {
 public:
  LayerDifference compare(const Layer& source, const Layer& target, const LayerPair& pair);

 private:
  void compare_padding(const Layer& source, const Layer& target, LayerDifference& result);
  void compare_maps(const Layer& source, const Layer& target, LayerDifference& result);

  std::int64_t compared_ = 0;
};

}  // namespace padproof::verifier
