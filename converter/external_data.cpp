// SPDX-License-Identifier: Apache-2.0
#include "converter/external_data.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <set>

#include "converter/output_folder.h"
#include "converter/publish.h"
#include "model/digest.h"
#include "model/mapped_file.h"
#include "model/side_files.h"
#include "model/visit_tensors.h"

namespace padproof::converter {
namespace {

namespace fs = std::filesystem;
using model::Error;
using model::Result;
using model::TensorRef;

Error leaves_folder(const std::string& location) {
  return model::malformed("external-data", "external data outside the model's folder", location,
                          "a path below it");
}

bool same_bytes(const model::Rope& left, const model::Rope& right) {
  std::uint64_t at = 0;
  return left.size() == right.size() && model::each_run(left, [&](model::Bytes run) {
           const model::Bytes other = right.view(at, at + run.size());
           at += run.size();
           const bool is_same = run == other;
           if (const model::MappedFile* const file = right.file_of(other)) file->release(other);
           return is_same;
         });
}

Error in_the_way(const fs::path& path, std::string what) {
  model::Diagnostic diagnostic{model::Fault::kIo, "external-data", std::move(what), path.string(), {}, {}};
  return Error(std::move(diagnostic));
}

/// A second name for the file, which becomes `to` whatever stands there.
bool is_link_renamed(const fs::path& from, const fs::path& to) {
  static std::atomic<unsigned> counter{0};
  const fs::path name = to.parent_path() / fmt::format(".{}.{}.link.padproof-tmp", ::getpid(), counter++);
  if (::link(from.c_str(), name.c_str()) != 0) return false;
  const bool is_done = ::rename(name.c_str(), to.c_str()) == 0;
  // Of two names of one file rename leaves both.
  ::unlink(name.c_str());
  return is_done;
}

/// Whether `copy` is another name for the file, which a link does not stand for.
bool is_hard_link(const fs::path& from, const fs::path& copy) {
  std::error_code error;
  return fs::equivalent(from, copy, error) && fs::hard_link_count(copy, error) > 1 &&
         !fs::is_symlink(copy, error) && fs::canonical(from, error) != fs::canonical(copy, error);
}

/// From one place to another.
class Carriage {
 public:
  /// `from`: `location` below `source`, links followed.
  Carriage(const std::string& location, const fs::path& source, fs::path from, const fs::path& target,
           const CarryOptions& options)
      : location_(location),
        like_((source / location).parent_path().string()),
        from_(std::move(from)),
        copy_(target / location),
        options_(options) {}

  Result<ExternalFile> run() {
    ExternalFile file;
    file.location = location_;
    std::error_code error;
    file.bytes = fs::file_size(from_, error);
    if (error) return model::io_error(from_.string(), "cannot open", error.value());
    if (options_.claim)
      if (auto claimed = options_.claim(location_, from_); !claimed) return Error(claimed.error());
    const bool is_link = is_hard_link(from_, copy_);
    if (!is_link && fs::equivalent(from_, copy_, error)) return file;
    if (auto made = make_folder(copy_.parent_path().string(), options_.root, like_); !made)
      return Error(made.error());
    if (options_.link && (is_link || ::link(from_.c_str(), copy_.c_str()) == 0)) return file;
    const auto bytes = model::map_file(from_.string());
    if (!bytes) return Error(bytes.error());
    const auto copied = is_link ? replace(**bytes) : copy(**bytes);
    if (!copied) return Error(copied.error());
    if (!options_.wants_digests || is_linked_) return file;
    file.sha256 = model::sha256_of(**bytes);
    if (auto checked = (*bytes)->check_unchanged(); !checked) return Error(checked.error());
    return file;
  }

 private:
  Result<void> copy(const model::Rope& bytes) {
    std::error_code error;
    if (!fs::exists(copy_, error)) {
      auto published = publish(bytes, copy_.string(), Existing::kKeep, options_.cache);
      // Another conversion may have been faster.
      if (published || !fs::exists(copy_, error)) return published;
    }
    {
      const auto present = model::map_file(copy_.string());
      if (!present) return Error(present.error());
      if (same_bytes(bytes, **present)) return {};
    }
    if (!options_.may_replace)
      return in_the_way(copy_, "external data would replace a file with other contents");
    if (auto may = options_.may_replace(location_, from_); !may) return may;
    is_linked_ = options_.link && is_link_renamed(from_, copy_);
    return is_linked_ ? Result<void>() : replace(bytes);
  }
  Result<void> replace(const model::Rope& bytes) {
    return publish(bytes, copy_.string(), Existing::kReplace, options_.cache);
  }

  const std::string& location_;
  std::string like_;
  fs::path from_;
  fs::path copy_;
  const CarryOptions& options_;
  bool is_linked_ = false;
};

}  // namespace

Result<std::vector<std::string>> external_locations(const model::Model& model) {
  std::set<std::string> locations;
  model::visit_model_tensors(model, [&](const TensorRef& tensor) {
    if (tensor.storage == model::Storage::kExternal) locations.emplace(tensor.external.location);
  });
  for (const std::string& location : locations) {
    if (!model::names_side_file(location)) return leaves_folder(location);
  }
  return std::vector<std::string>(locations.begin(), locations.end());
}

Result<std::vector<ExternalFile>> carry_external_data(const model::Model& model,
                                                      const std::string& source_path,
                                                      const std::string& target_path,
                                                      const CarryOptions& options) {
  const auto locations = external_locations(model);
  if (!locations) return Error(locations.error());
  const fs::path source = model::folder_of_model(source_path);
  const fs::path target = model::folder_of_model(target_path);
  for (const std::string& location : *locations) {
    if (model::normal_path((target / location).string()) == model::normal_path(target_path))
      return in_the_way(target_path, "the output would replace the model's external data");
  }
  std::error_code ignored;
  std::vector<ExternalFile> files;
  if (fs::equivalent(source, target, ignored)) return files;
  CarryOptions below = options;
  if (below.root.empty()) below.root = target.empty() ? "." : target.string();
  for (const std::string& location : *locations) {
    const auto file = model::resolve_side_file(source.string(), location);
    if (!file) return Error(file.error());
    auto carried = Carriage(location, source, *file, target, below).run();
    if (!carried) return Error(carried.error());
    files.push_back(std::move(*carried));
  }
  return files;
}

}  // namespace padproof::converter
