// SPDX-License-Identifier: Apache-2.0
#include "cli/certificates.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "converter/publish.h"
#include "model/mapped_file.h"
#include "verifier/certificate/canonical.h"

namespace padproof::cli {
namespace {

using model::Error;
using model::Result;

Error certificate_usage(std::string code, std::string what, std::string got) {
  return Error(
      model::Diagnostic{model::Fault::kUsage, std::move(code), std::move(what), std::move(got), {}, {}});
}

}  // namespace

void add_certificate_options(CLI::App& command, CertificateOptions& options, bool several) {
  auto* file =
      command.add_option("--certificate", options.file, "Write what was proved to FILE, for padproof-check")
          ->type_name("FILE");
  if (several) {
    command.add_flag("--certificates", options.beside, "Write OUTPUT.cert.json beside each output")
        ->excludes(file);
  }
  command.add_flag("--in-toto", options.in_toto,
                   "Write certificates as in-toto statements, for signing tools");
}

Result<std::vector<std::string>> certificate_files(const CertificateOptions& options,
                                                   const std::vector<std::string>& outputs,
                                                   const std::vector<std::string>& others) {
  if (options.in_toto && !options.is_asked())
    return certificate_usage("in-toto", "--in-toto is a form of --certificate, which is not given",
                             "--in-toto");
  std::vector<std::string> files;
  if (!options.is_asked()) return files;
  if (!options.beside && outputs.size() != 1)
    return certificate_usage("one-certificate", "--certificate is for one output; for several --certificates",
                             std::to_string(outputs.size()));
  for (const std::string& output : outputs) {
    if (output == "-" && options.beside)
      return certificate_usage("one-certificate", "nothing stands beside standard output", "-");
    files.push_back(options.beside ? output + std::string(kCertificateEnding) : options.file);
    const std::string normal = model::normal_path(files.back());
    const bool is_taken = std::any_of(others.begin(), others.end(), [&](const std::string& other) {
      return other != "-" && model::normal_path(other) == normal;
    });
    if (is_taken)
      return certificate_usage("output-exists", "the certificate would replace a file of the same command",
                               model::printable(files.back(), model::kMostPrintablePath));
  }
  return files;
}

Result<std::string> certificate_bytes(const CertificateOptions& options,
                                      const verifier::CertifiedPair& pair) {
  const auto certificate = verifier::certify(pair);
  if (!certificate) return Error(certificate.error());
  return options.in_toto ? verifier::in_toto_statement(*certificate) : verifier::canonical_json(*certificate);
}

Result<void> write_certificate(const std::string& bytes, const std::string& path) {
  model::Rope rope;
  rope.append(bytes);
  return converter::publish(rope, path);
}

}  // namespace padproof::cli
