// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <utility>

#include "model/graph.h"
#include "model/result.h"

namespace padproof::cli {

/// `done`, what working on `models` came to. If one of them changed meanwhile, that is the error, and nothing
/// else that was found counts.
template <class T>
model::Result<T> unless_changed(model::Result<T> done, std::initializer_list<const model::Model*> models) {
  for (const model::Model* const each : models)
    if (auto checked = model::check_unchanged(*each); !checked) return model::Error(checked.error());
  return done;
}

}  // namespace padproof::cli
