// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/npz.h"

#include <zip.h>

#include <algorithm>
#include <memory>
#include <new>
#include <vector>

#include "model/mapped_file.h"
#include "verifier/engine/memory_budget.h"
#include "verifier/engine/npy.h"
#include "verifier/engine/operands.h"
#include "verifier/engine/strided_copy.h"

namespace padproof::verifier {
namespace {

using model::Error;
using model::Fault;
using model::Result;

/// Members beyond it are lies before they are bombs.
constexpr std::uint64_t kMostMemberBytes = std::uint64_t{1} << 40U;
/// Deflate cannot do better; a member that claims more is lying about its size.
constexpr std::uint64_t kMaxDeflateRatio = 1032;
constexpr std::uint64_t kMaxMembers = 65'536;
constexpr std::string_view kEnding = ".npy";

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct Close {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, Discard>;
using Member = std::unique_ptr<zip_file_t, Close>;

Error at_file(const std::string& path, model::Diagnostic diagnostic) {
  diagnostic.where.file = path;
  return Error(std::move(diagnostic));
}

Error zip_failure(Fault fault, std::string what, const std::string& got) {
  return Error(model::Diagnostic{fault, "npz-archive", std::move(what), model::printable(got), {}, {}});
}

Result<Archive> open_archive(const std::string& path, int flags) {
  int code = 0;
  Archive archive(zip_open(path.c_str(), flags, &code));
  if (archive != nullptr) return archive;
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  const bool is_content = code == ZIP_ER_NOZIP || code == ZIP_ER_INCONS || code == ZIP_ER_EOF;
  return zip_failure(is_content ? Fault::kMalformed : Fault::kIo, "cannot open the archive", text);
}

/// Fills the buffer; an error where the member ends early or is broken.
Result<void> read_fully(zip_file_t* member, char* buffer, std::uint64_t size) {
  while (size > 0) {
    const zip_int64_t got = zip_fread(member, buffer, std::min<std::uint64_t>(size, 1U << 30U));
    if (got <= 0) return zip_failure(Fault::kMalformed, "member is cut off or broken", {});
    buffer += got;
    size -= static_cast<std::uint64_t>(got);
  }
  return {};
}

Result<void> check_claims(const zip_stat_t& claims) {
  constexpr zip_uint64_t kNeeded =
      ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if ((claims.valid & kNeeded) != kNeeded) return zip_failure(Fault::kMalformed, "member has no size", {});
  if (claims.encryption_method != ZIP_EM_NONE)
    return zip_failure(Fault::kUnsupported, "encrypted members are not read", {});
  const bool is_deflated = claims.comp_method == ZIP_CM_DEFLATE;
  if (!is_deflated && claims.comp_method != ZIP_CM_STORE)
    return zip_failure(Fault::kUnsupported, "compression method is not read",
                       std::to_string(claims.comp_method));
  if (claims.size > kMostMemberBytes)
    return zip_failure(Fault::kUnsupported, "member is too large", std::to_string(claims.size));
  if (is_deflated ? claims.size / kMaxDeflateRatio > claims.comp_size : claims.size != claims.comp_size)
    return zip_failure(Fault::kMalformed, "member claims a size it cannot have", std::to_string(claims.size));
  return {};
}

/// The tensor with its elements in row-major order; `columns` holds them with the first axis running fastest.
Result<Tensor> row_major(const MemoryBudget& memory, const Tensor& columns, const Dims& dims) {
  auto result = memory.allocate(columns.dtype(), dims);
  if (!result) return result;
  StridedView view{dims, Dims(dims.size()), 0};
  std::int64_t step = 1;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    view.strides[i] = step;
    step *= dims[i];
  }
  strided_copy(columns, view, &*result);
  return result;
}

void normalize_booleans(Tensor& tensor) {
  if (tensor.dtype() != model::DataType::kBool) return;
  for (std::uint8_t& flag : tensor.mutable_data<std::uint8_t>()) flag = flag != 0 ? 1 : 0;
}

Result<Tensor> read_array(zip_file_t* member, std::uint64_t size, const MemoryBudget& memory) {
  std::string start(static_cast<std::size_t>(std::min<std::uint64_t>(size, kMaxNpyHeader)), '\0');
  if (auto done = read_fully(member, start.data(), start.size()); !done) return Error(done.error());
  const auto header = read_npy_header(start);
  if (!header) return Error(header.error());
  const auto count = static_cast<std::uint64_t>(*count_elements(header->dims));
  const std::uint64_t unit = element_bytes(header->dtype);
  const std::uint64_t payload = size - header->size_bytes;
  if (count > payload / unit || count * unit != payload)
    return model::malformed("npy-size", "array does not fit its member", to_string(header->dims),
                            std::to_string(payload) + " bytes");
  auto tensor = memory.allocate(header->dtype, header->dims);
  if (!tensor) return tensor;
  auto* const bytes = reinterpret_cast<char*>(tensor->mutable_bytes());
  const std::string_view read_already =
      std::string_view(start).substr(static_cast<std::size_t>(header->size_bytes));
  std::copy(read_already.begin(), read_already.end(), bytes);
  if (auto done = read_fully(member, bytes + read_already.size(), payload - read_already.size()); !done)
    return Error(done.error());
  // Reading past the end is what makes libzip compare the checksum.
  char beyond = 0;
  if (zip_fread(member, &beyond, 1) != 0) return zip_failure(Fault::kMalformed, "member is broken", {});
  normalize_booleans(*tensor);
  return header->fortran_order ? row_major(memory, *tensor, header->dims) : std::move(tensor);
}

Result<void> read_member(zip_t* archive, zip_uint64_t index, const MemoryBudget& memory,
                         NamedTensors& tensors) {
  zip_stat_t claims;
  zip_stat_init(&claims);
  if (zip_stat_index(archive, index, 0, &claims) != 0 || (claims.valid & ZIP_STAT_NAME) == 0)
    return zip_failure(Fault::kMalformed, "member cannot be read", zip_strerror(archive));
  std::string name = claims.name;
  if (!name.ends_with(kEnding)) return zip_failure(Fault::kMalformed, "member is not an array", name);
  name.resize(name.size() - kEnding.size());
  if (auto checked = check_claims(claims); !checked) return checked;
  const Member member(zip_fopen_index(archive, index, 0));
  if (member == nullptr)
    return zip_failure(Fault::kMalformed, "member cannot be read", zip_strerror(archive));
  auto tensor = read_array(member.get(), claims.size, memory);
  if (!tensor) {
    tensor.error().what = "array '" + model::printable(name) + "': " + tensor.error().what;
    return Error(tensor.error());
  }
  if (!tensors.emplace(name, std::move(*tensor)).second)
    return zip_failure(Fault::kMalformed, "array is there twice", name);
  return {};
}

Result<NamedTensors> read_members(const std::string& path, std::uint64_t memory_limit_bytes) {
  const auto archive = open_archive(path, ZIP_RDONLY | ZIP_CHECKCONS);
  if (!archive) return Error(archive.error());
  const zip_int64_t count = zip_get_num_entries(archive->get(), 0);
  if (count < 0 || static_cast<std::uint64_t>(count) > kMaxMembers)
    return zip_failure(Fault::kMalformed, "too many members", std::to_string(count));
  const MemoryBudget memory(memory_limit_bytes);
  NamedTensors tensors;
  for (zip_int64_t i = 0; i < count; ++i)
    if (auto done = read_member(archive->get(), static_cast<zip_uint64_t>(i), memory, tensors); !done)
      return Error(done.error());
  return tensors;
}

/// Adds one member; `bytes` must live until the archive is closed.
Result<void> add_member(zip_t* archive, const std::string& name, const std::string& bytes) {
  zip_source_t* const source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
  if (source == nullptr) return zip_failure(Fault::kIo, "cannot write the archive", zip_strerror(archive));
  const zip_int64_t index =
      zip_file_add(archive, (name + std::string(kEnding)).c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    return zip_failure(Fault::kUsage, "name cannot be that of an array", zip_strerror(archive));
  }
  const auto at = static_cast<zip_uint64_t>(index);
  constexpr zip_uint16_t kFirstOfJanuary1980 = 0x21;
  if (zip_set_file_compression(archive, at, ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(archive, at, 0, kFirstOfJanuary1980, 0) != 0)
    return zip_failure(Fault::kIo, "cannot write the archive", zip_strerror(archive));
  return {};
}

Result<void> write_members(const std::string& path, const NamedTensors& tensors) {
  std::vector<std::string> bodies;
  bodies.reserve(tensors.size());
  auto archive = open_archive(path, ZIP_CREATE | ZIP_TRUNCATE);
  if (!archive) return Error(archive.error());
  for (const auto& [name, tensor] : tensors) {
    auto header = npy_header(tensor);
    if (!header) return Error(header.error());
    bodies.push_back(std::move(*header) + std::string(tensor.bytes()));
    if (auto done = add_member(archive->get(), name, bodies.back()); !done) return done;
  }
  // libzip writes to a temporary file beside the path and renames it here.
  if (zip_close(archive->get()) != 0)
    return zip_failure(Fault::kIo, "cannot write the archive", zip_strerror(archive->get()));
  static_cast<void>(archive->release());
  return {};
}

}  // namespace

Result<NamedTensors> read_npz(const std::string& path, std::uint64_t memory_limit_bytes) {
  try {
    auto tensors = read_members(path, memory_limit_bytes);
    if (!tensors) return at_file(path, tensors.error());
    return tensors;
  } catch (const std::bad_alloc&) {
    return at_file(path, model::unsupported("memory-limit", "out of memory").value());
  }
}

Result<void> write_npz(const std::string& path, const NamedTensors& tensors) {
  if (auto checked = model::check_replaceable(path); !checked) return checked;
  try {
    if (auto done = write_members(path, tensors); !done) return at_file(path, done.error());
    return {};
  } catch (const std::bad_alloc&) {
    return at_file(path, model::unsupported("memory-limit", "out of memory").value());
  }
}

}  // namespace padproof::verifier
