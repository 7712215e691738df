// SPDX-License-Identifier: Apache-2.0
// `padproof convert`, one model: all but giving the target its name.
#pragma once

#include <cstdint>
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

/// `carry`: of a batch; its link and root are those of `options`. Fills `message`; its `written` is for who
/// commits the file.
model::Result<Conversion> prepare_conversion(const ConvertOptions& options,
                                             const model::InferenceOptions& inference,
                                             const std::string& input, const std::string& output,
                                             const converter::CarryOptions& carry, schemas::Model& message);

}  // namespace padproof::cli
