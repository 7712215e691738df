// SPDX-License-Identifier: Apache-2.0
#include "cli/conversion.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <memory>

#include "cli/commands.h"
#include "cli/input_shapes.h"
#include "cli/output_checks.h"
#include "cli/report_output.h"
#include "cli/side_files.h"
#include "cli/unchanged.h"
#include "converter/convert.h"
#include "model/digest.h"
#include "model/mapped_file.h"
#include "model/onnx/reader.h"
#include "report/build.h"

namespace padproof::cli {
namespace {

using converter::NodeStatus;
using converter::Plan;
using model::Error;
using model::Result;

constexpr std::string_view kBackupEnding = ".orig";
constexpr int kMostTries = 3;

/// What stands at `path` is the source, and its output goes there.
converter::Original original_at(const std::string& path, const model::Rope& source, std::string sha256,
                                bool keeps_it) {
  const model::MappedFile& file = *source.file_of(source.pieces().front().bytes);
  // Its other names may be converted too, which leaves traces on it.
  if (sha256.empty() && file.opened().st_nlink > 1) sha256 = model::sha256_of(source);
  converter::Original original(file, path, std::move(sha256));
  if (keeps_it) original.keep_as(path + std::string(kBackupEnding));
  return original;
}

class ModelConversion {
 public:
  ModelConversion(const ConvertOptions& options, const model::InferenceOptions& inference,
                  const std::string& output, const Bounds& bounds, const converter::CarryOptions& carry,
                  schemas::Model& message)
      : options_(options),
        inference_(inference),
        output_(output),
        bounds_(bounds),
        certificate_file_(options.certificate.beside ? output + std::string(kCertificateEnding)
                                                     : options.certificate.file),
        carry_(carry),
        message_(message) {
    // Of a single model, somebody waits for the file.
    if (options_.writes_many() && !options_.no_sync) cache_ = converter::PageCache::kBypass;
  }

  Result<Conversion> run(const model::Model& source, const model::GraphInstance& facts) {
    if (auto done = convert(source, facts); !done) return Error(done.error());
    note_source(*source.source);
    return std::move(result_);
  }

 private:
  Result<void> convert(const model::Model& source, const model::GraphInstance& facts) {
    const converter::Judge judge = options_.verify == "none" ? nullptr : make_judge();
    const auto conversion = converter::convert(source, facts, judge);
    if (!conversion) return Error(conversion.error());
    describe(*conversion, facts, judge != nullptr);
    if (!conversion->approved) return {};
    // With one output somebody waits for that file.
    const bool is_skipped =
        options_.writes_many() && result_.record.rewritten == 0 && !options_.copy_unchanged;
    if (is_skipped) {
      message_.set_reason(options_.in_place ? "already explicit, left as it is"
                                            : "already explicit, not copied without --copy-unchanged");
      result_.record.status = "unchanged";
      return {};
    }
    return write(*conversion, source);
  }

  /// Where nothing was written.
  void note_source(const model::Rope& source) {
    if (carry_.wants_digests && result_.record.source_file.sha256.empty())
      result_.record.source_file = {model::sha256_of(source), source.size()};
  }

  // The judge that `--verify` asks for; what it finds goes into verdict_.
  converter::Judge make_judge() {
    return [this](const model::Model& source, const model::GraphInstance& facts,
                  const model::Model& target) -> Result<bool> {
      const auto target_facts = model::infer(target, inference_);
      if (!target_facts) return Error(target_facts.error());
      verifier::VerifyOptions verify;
      verify.execute = options_.verify == "run";
      verify.execution.seed = options_.seed;
      verify.execution.engine = engine_for(options_.engine, inference_.deadline);
      verdict_ = verifier::verify(source, facts, target, **target_facts, verify);
      const bool ran = !verify.execute || verdict_.execution.outcome == verifier::Outcome::kIdentical;
      if (!ran && verdict_.status == verifier::Status::kProved) verdict_.status = verifier::Status::kUnknown;
      if (verdict_.status != verifier::Status::kProved) return false;
      if (!options_.certificate.is_asked()) return true;
      auto certificate = certificate_bytes(
          options_.certificate, {source, facts, target, **target_facts, verdict_.proof, source.file,
                                 output_ == "-" ? "" : output_, "padproof " + std::string(kVersion)});
      if (!certificate) return Error(certificate.error());
      certificate_ = std::move(*certificate);
      return true;
    };
  }

  Result<void> write_certificate() {
    if (!options_.certificate.is_asked()) return {};
    model::Rope rope;
    rope.append(certificate_);
    auto file = converter::Publication::prepare(rope, certificate_file_);
    if (!file) return Error(file.error());
    result_.certificate = std::move(*file);
    if (carry_.wants_digests) result_.record.certificate_sha256 = model::sha256_of(certificate_);
    return {};
  }

  void describe(const converter::Conversion& conversion, const model::GraphInstance& facts, bool has_judge) {
    report::add_plan(message_, conversion.plan);
    const bool judged = has_judge && conversion.target != nullptr;
    if (judged) {
      report::attach_evidence(message_, conversion.plan, verdict_.proof);
      report::add_proof(message_, verdict_.proof);
      report::add_execution(message_, verdict_.execution);
    }
    message_.set_verdict(judged ? std::string(verifier::to_string(verdict_.status))
                                : (conversion.approved ? "none" : "unknown"));
    message_.set_reason(model::printable(reason_of(conversion.plan, facts, has_judge)));
    result_.record.nodes = std::ssize(conversion.plan.nodes);
    result_.record.rewritten = static_cast<std::int64_t>(conversion.plan.count(NodeStatus::kRewritten));
    result_.record.status = "refused";
    result_.record.reached_limit = verdict_.execution.reached_limit;
  }

  [[nodiscard]] std::string reason_of(const Plan& plan, const model::GraphInstance& facts,
                                      bool has_judge) const {
    const std::size_t refused = plan.count(NodeStatus::kRefused);
    if (refused != 0) {
      return fmt::format("{} of {} window operators refused, nothing written{}", refused, plan.nodes.size(),
                         advice_on_open_sizes(facts));
    }
    if (!has_judge) return "written without proof, as asked";
    const std::string summary = verifier::summary(verdict_);
    return verdict_.status == verifier::Status::kProved ? summary : summary + "; nothing written";
  }

  Result<void> write(const converter::Conversion& conversion, const model::Model& source) {
    const OutputChecks checks(options_, output_, certificate_file_, bounds_);
    if (auto checked = checks.check_side_files(source); !checked) return checked;
    if (output_ == "-") {
      result_.standard = conversion.target;
      return write_certificate();
    }
    if (auto checked = checks.prepare_folder(source.file); !checked) return checked;
    // Side files first: a model must never stand there without its weights.
    converter::CarryOptions carry = carry_;
    carry.link = options_.link;
    carry.root = options_.out_dir;
    carry.cache = cache_;
    auto carried = converter::carry_external_data(source, source.file, output_, carry);
    if (!carried) return Error(carried.error());
    if (auto written = write_and_hash(*source.source, *conversion.target); !written) return written;
    std::error_code ignored;
    if (std::filesystem::equivalent(source.file, output_, ignored))
      result_.file->replaces(original_at(result_.file->path(), *source.source,
                                         result_.record.source_file.sha256, options_.backup));
    result_.record.status = result_.record.rewritten == 0 ? "copied" : "converted";
    result_.record.external = std::move(*carried);
    return write_certificate();
  }

  /// Both digests are computed while the disk writes.
  Result<void> write_and_hash(const model::Rope& source, const model::Rope& target) {
    model::RopeDigest of_source(source);
    model::RopeDigest of_target(target);
    converter::WriteOptions how{cache_, nullptr};
    if (carry_.wants_digests)
      how.meanwhile = [&](std::size_t bytes) {
        of_source.advance(bytes);
        of_target.advance(bytes);
      };
    auto file = converter::Publication::prepare(target, output_, how);
    if (!file) return Error(file.error());
    result_.file = std::move(*file);
    if (!carry_.wants_digests) return {};
    result_.record.source_file = {of_source.finish(), source.size()};
    result_.record.target_file = {of_target.finish(), target.size()};
    return {};
  }

  const ConvertOptions& options_;
  const model::InferenceOptions& inference_;
  const std::string& output_;
  const Bounds& bounds_;
  std::string certificate_file_;
  const converter::CarryOptions& carry_;
  schemas::Model& message_;
  verifier::Verdict verdict_;
  std::string certificate_;
  converter::PageCache cache_ = converter::PageCache::kKeep;
  Conversion result_;
};

Result<Conversion> try_conversion(const ConvertOptions& options, const model::InferenceOptions& inference,
                                  const std::string& input, const std::string& output, const Bounds& bounds,
                                  const converter::CarryOptions& carry, schemas::Model& message) {
  model::InferenceOptions in_time = inference;
  in_time.deadline = deadline_from_now(options.engine);
  const auto source = model::load_onnx(input);
  if (!source) return Error(source.error());
  if (auto checked = check_side_files(*source, {}, options.common); !checked) return Error(checked.error());
  const auto facts = model::infer(*source, in_time);
  const auto is_late = [&] {
    return in_time.deadline && std::chrono::steady_clock::now() >= *in_time.deadline;
  };
  auto done = facts ? ModelConversion(options, in_time, output, bounds, carry, message).run(*source, **facts)
                    : Result<Conversion>(Error(facts.error()));
  if (done && message.verdict() == "unknown" && is_late()) done->record.reached_limit = true;
  return unless_changed(std::move(done), {&*source});
}

}  // namespace

Result<Conversion> prepare_conversion(const ConvertOptions& options, const model::InferenceOptions& inference,
                                      const std::string& input, const std::string& output,
                                      const Bounds& bounds, const converter::CarryOptions& carry,
                                      schemas::Model& message) {
  for (int tries = 1;; ++tries) {
    schemas::Model attempt = message;
    auto done = try_conversion(options, inference, input, output, bounds, carry, attempt);
    // Perhaps a link was made and removed; but what was read is not to be relied on.
    const bool is_again = !done && done.error().code == "touched" && tries < kMostTries;
    if (is_again) continue;
    message.Swap(&attempt);
    return done;
  }
}

}  // namespace padproof::cli
