// SPDX-License-Identifier: Apache-2.0
// What a Resize or Upsample node asks for, read from attributes and operands of any version.
#pragma once

#include <vector>

#include "verifier/engine/kernel.h"
#include "verifier/engine/resize_axis.h"

namespace padproof::verifier {

struct ResizeRequest {
  ResizeStyle style;
  std::vector<ResizeAxis> axes;  // one for each axis of the data
};

model::Result<ResizeRequest> resize_request(const KernelContext& context);

}  // namespace padproof::verifier
