// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "verifier/engine/kernel.h"

namespace padproof::verifier {

/// How many operations a node takes, as far as its operands tell before it is run: multiplications and
/// additions of sliding windows and of products of matrices, comparisons of pairs of boxes, elements read by
/// anything else. For limits, not for accounts.
double operations_of(const KernelContext& context);

}  // namespace padproof::verifier
