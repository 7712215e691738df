// SPDX-License-Identifier: Apache-2.0
// Arbitrary bytes as the gate's policy and as its file of accepted findings: read, or refused with one line;
// what is written of accepted findings says the same when it is read again.
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/fuzz_input.h"
#include "verifier/gate/accepted.h"
#include "verifier/gate/policy.h"

namespace {

using namespace padproof;

void try_policy(const std::string& text) {
  const int file = ::memfd_create("policy", MFD_CLOEXEC);
  if (file < 0) fuzz::broken("no memory file");
  if (::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    fuzz::broken("cannot write a memory file");
  const auto policy = verifier::read_policy("/proc/self/fd/" + std::to_string(file));
  ::close(file);
  if (!policy) return fuzz::check_diagnostic(policy.error());
  for (const verifier::Suppression& each : policy->suppressions) {
    if (each.reason.empty()) fuzz::broken("a suppression without a reason");
    static_cast<void>(each.is_about("folder/model.onnx"));
  }
}

void try_accepted(const std::string& text) {
  static_cast<void>(verifier::is_accepted_file(text));
  const auto accepted = verifier::parse_accepted(text, "accepted.json");
  if (!accepted) return fuzz::check_diagnostic(accepted.error());
  const std::string written = verifier::to_json(*accepted);
  const auto again = verifier::parse_accepted(written, "accepted.json");
  if (!again) fuzz::broken("what was written is refused: " + model::to_string(again.error()));
  if (verifier::to_json(*again) != written) fuzz::broken("written twice, not the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > fuzz::kMostBytes) return 0;
  const std::string text(reinterpret_cast<const char*>(data), size);
  try_policy(text);
  try_accepted(text);
  return 0;
}
