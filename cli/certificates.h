// SPDX-License-Identifier: Apache-2.0
// --certificate: what was proved, in a file of its own that padproof-check can check.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "verifier/certificate/certificate.h"

namespace padproof::cli {

/// Of the files that --certificates writes.
inline constexpr std::string_view kCertificateEnding = ".cert.json";

struct CertificateOptions {
  std::string file;
  bool beside = false;  // --certificates: one beside each output
  bool in_toto = false;
  [[nodiscard]] bool is_asked() const { return beside || !file.empty(); }
};

/// Adds --certificate and --in-toto; for commands with several outputs --certificates too.
void add_certificate_options(CLI::App& command, CertificateOptions& options, bool several);

/// Where the certificate of each output goes; empty if none is asked for. An error if that is one of
/// `others`, which the command reads or writes, or if it cannot be said of which output it is.
model::Result<std::vector<std::string>> certificate_files(const CertificateOptions& options,
                                                          const std::vector<std::string>& outputs,
                                                          const std::vector<std::string>& others);

/// The certificate's bytes, and its place when the time comes.
model::Result<std::string> certificate_bytes(const CertificateOptions& options,
                                             const verifier::CertifiedPair& pair);
model::Result<void> write_certificate(const std::string& bytes, const std::string& path);

}  // namespace padproof::cli
