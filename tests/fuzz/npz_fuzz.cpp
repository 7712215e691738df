// SPDX-License-Identifier: Apache-2.0
// Arbitrary bytes as a NumPy archive: tensors that hold what they claim, or one line of error.
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/fuzz_input.h"
#include "verifier/engine/npz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace padproof;
  if (size > fuzz::kMostBytes) return 0;
  const int file = ::memfd_create("npz", MFD_CLOEXEC);
  if (file < 0) fuzz::broken("no memory file");
  if (::write(file, data, size) != static_cast<ssize_t>(size)) fuzz::broken("cannot write a memory file");
  const auto tensors = verifier::read_npz("/proc/self/fd/" + std::to_string(file));
  ::close(file);
  if (!tensors) {
    fuzz::check_diagnostic(tensors.error());
    return 0;
  }
  for (const auto& [name, tensor] : *tensors) {
    std::size_t elements = 1;
    for (const std::int64_t dim : tensor.dims()) elements *= static_cast<std::size_t>(dim);
    if (elements != static_cast<std::size_t>(tensor.size())) fuzz::broken("dims and size differ in " + name);
    if (!tensor.copy().bytes().empty() && elements == 0) fuzz::broken("bytes without elements in " + name);
  }
  return 0;
}
