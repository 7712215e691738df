// SPDX-License-Identifier: Apache-2.0
// padproof-check CERTIFICATE SOURCE TARGET: whether the certificate is true of the two models.
#include <cstdio>
#include <cstdlib>
#include <future>

#include "check/scope.h"
#include "check/stop.h"

namespace padproof::check {
namespace {

constexpr const char* kUsage =
    "Usage: padproof-check CERTIFICATE SOURCE TARGET | --help | --version\n\n"
    "Whether TARGET computes what SOURCE computes, for all inputs of the sizes that CERTIFICATE names.\n"
    "The files are hashed, and the proof is made anew; the certificate is not believed.\n\n"
    "Exit codes: 0 accepted, 1 rejected, 2 usage or unreadable input, 3 cannot be decided.";

/// An answer that nobody gets is none.
void print(FILE* stream, const std::string& text) {
  if (std::fputs((text + "\n").c_str(), stream) < 0 || std::fflush(stream) != 0) std::_Exit(2);
}

std::string check(const char* certificate_path, const char* source_path, const char* target_path) {
  auto source = std::async(std::launch::async, load_model, std::string(source_path));
  auto target = std::async(std::launch::async, load_model, std::string(target_path));
  std::string text;
  read_file(certificate_path, &text);
  const Json certificate = read_certificate(text);
  const auto source_model = source.get();
  return check_pair(*source_model, *target.get(), certificate);
}

int run(int argc, char** argv) {
  const std::string first = argc > 1 ? argv[1] : "";
  if (argc == 2 && (first == "--help" || first == "-h")) return print(stdout, kUsage), 0;
  if (argc == 2 && first == "--version") return print(stdout, "padproof-check " PADPROOF_VERSION), 0;
  if (argc != 4) return print(stderr, kUsage), 2;
  try {
    print(stdout, "accepted: equal for all inputs of the sizes stated: " + check(argv[1], argv[2], argv[3]));
    return static_cast<int>(Answer::kAccepted);
  } catch (const Stop& stop) {
    constexpr const char* kNames[] = {"accepted: ", "rejected: ", "unreadable: ", "undecided: "};
    print(stdout, kNames[static_cast<int>(stop.answer)] + stop.reason);
    return static_cast<int>(stop.answer);
  } catch (const std::exception& error) {  // of the JSON library: something is not of the form that is due
    print(stdout, "unreadable: " + escaped(error.what()));
    return static_cast<int>(Answer::kUnreadable);
  }
}

}  // namespace
}  // namespace padproof::check

int main(int argc, char** argv) { return padproof::check::run(argc, argv); }
