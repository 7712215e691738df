// SPDX-License-Identifier: Apache-2.0
// `padproof convert`, one model: all but giving the target its name.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/certificates.h"
#include "cli/engine_options.h"
#include "cli/options.h"
#include "converter/batch/record.h"
#include "converter/external_data.h"
#include "converter/publish.h"
#include "schemas/report.pb.h"

namespace padproof::cli {

struct ConvertOptions {
  CommonOptions common;
  std::vector<std::string> inputs;
  std::string output;
  std::string out_dir;
  bool in_place = false;
  bool backup = false;
  std::string verify = "proof";
  std::uint64_t seed = 0;
  EngineOptions engine;
  // of batches
  bool copy_unchanged = false;
  bool link = false;
  bool fail_fast = false;
  bool no_sync = false;
  std::string shard;
  std::string manifest;
  std::vector<std::string> merged;
  CertificateOptions certificate;

  [[nodiscard]] bool writes_many() const { return !out_dir.empty() || in_place; }
};

/// What became of one model, so far.
struct Conversion {
  std::optional<converter::Publication> file;         // written, without its name
  std::optional<converter::Publication> certificate;  // of it, likewise
  std::shared_ptr<const model::Rope> standard;        // instead of a file, for `-`
  converter::Record record;  // status, digests (where asked for), external data, counts
};

/// What a conversion has to keep clear of.
struct Bounds {
  std::string root;      // no link may lead a file that is written out of it; empty: any may
  std::string manifest;  // empty: none
  /// Whether another model or its certificate is written to a place (model::normal_path).
  std::function<bool(const std::string& place)> is_written = [](const std::string&) { return false; };
  /// Whether a place is external data of any model. Asked before a file is replaced.
  std::function<bool(const std::string& place)> is_needed = [](const std::string&) { return false; };
};

/// `carry`: of a batch; its link and root are those of `options`. Fills `message`; its `written` is for who
/// commits the file.
model::Result<Conversion> prepare_conversion(const ConvertOptions& options,
                                             const model::InferenceOptions& inference,
                                             const std::string& input, const std::string& output,
                                             const Bounds& bounds, const converter::CarryOptions& carry,
                                             schemas::Model& message);

}  // namespace padproof::cli
