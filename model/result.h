// SPDX-License-Identifier: Apache-2.0
// Errors are values. A Diagnostic says where, what, what was got and what the limit is.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace padproof::model {

/// What a failure means to the caller; the command line maps it to an exit code.
enum class Fault {
  kMalformed,    ///< the input breaks its format or contradicts itself (exit 2)
  kIo,           ///< the operating system refused (exit 2)
  kUsage,        ///< the request makes no sense for this input (exit 2)
  kUnsupported,  ///< valid perhaps, but not something that can be decided here (exit 3)
};

/// Where a diagnostic points; empty parts are left out when printed.
struct Location {
  std::string file;
  std::string graph;
  std::string node;
  std::string attribute;
};

/// One problem. `code` is stable and kebab-case; the texts are lower case, without a full stop.
struct Diagnostic {
  Fault fault = Fault::kMalformed;
  std::string code;
  std::string what;
  std::string got;
  std::string limit;
  Location where;
};

/// `file: graph: node: attribute: what (got X, limit Y) [code]` on one line, control characters escaped.
std::string to_string(const Diagnostic& diagnostic);

/// Model text is untrusted, also in its length: one name of a megabyte may be told of every node.
inline constexpr std::size_t kMostPrintable = 1000;
/// For names of files, which the system bounds (PATH_MAX, each byte escaped).
inline constexpr std::size_t kMostPrintablePath = std::size_t{4} * 4096;

/// `text` with control characters, invalid UTF-8 and the bracket of `##[` replaced by `\xNN`, cut with `...`
/// at `most_bytes`.
std::string printable(std::string_view text, std::size_t most_bytes = kMostPrintable);

template <class T>
using Result = tl::expected<T, Diagnostic>;
using Error = tl::unexpected<Diagnostic>;

/// A malformed-input error without a location; callers that know more add it with `at_node` and friends.
inline Error malformed(std::string code, std::string what, std::string got = {}, std::string limit = {}) {
  return Error(
      Diagnostic{Fault::kMalformed, std::move(code), std::move(what), std::move(got), std::move(limit), {}});
}

/// An error that means "cannot be decided", never "wrong".
inline Error unsupported(std::string code, std::string what, std::string got = {}, std::string limit = {}) {
  return Error(Diagnostic{
      Fault::kUnsupported, std::move(code), std::move(what), std::move(got), std::move(limit), {}});
}

}  // namespace padproof::model
