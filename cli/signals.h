// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace padproof::cli {

/// From now on an interrupt, a hang-up or a request to end removes the temporary files before it ends the
/// program, as ever. To be called before any other thread is made.
void remove_temporaries_on_signals();

}  // namespace padproof::cli
