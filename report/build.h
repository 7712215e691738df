// SPDX-License-Identifier: Apache-2.0
// Plans, verdicts and diagnostics as report messages.
#pragma once

#include <string>
#include <string_view>

#include "converter/plan.h"
#include "model/result.h"
#include "schemas/report.pb.h"
#include "verifier/diff/numbers.h"
#include "verifier/rounding/compare.h"
#include "verifier/verify.h"

namespace padproof::report {

using Message = schemas::Report;

/// A report without models.
Message make_report(std::string_view command, std::string_view tool_version);

/// The nodes of a plan, in its order.
void add_plan(schemas::Model& model, const converter::Plan& plan);

/// One node for each node of the source, evidence included (verify).
void add_evidence(schemas::Model& model, const verifier::Proof& proof);

/// Evidence for the nodes of a plan added before (convert). `plan` is the one that was added.
void attach_evidence(schemas::Model& model, const converter::Plan& plan, const verifier::Proof& proof);

/// Counts, problems and assumptions of a proof.
void add_proof(schemas::Model& model, const verifier::Proof& proof);
void add_execution(schemas::Model& model, const verifier::Execution& execution);
/// `subject`: model, source or target. Nothing if it was not asked for.
void add_comparison(schemas::Model& model, std::string_view subject, const verifier::Comparison& comparison);
void set_comparison(schemas::Comparison& message, std::string_view subject,
                    const verifier::Comparison& comparison);
void add_diagnostic(schemas::Model& model, const model::Diagnostic& diagnostic);

/// What kept the command from starting.
void add_error(Message& report, const model::Diagnostic& diagnostic);

/// The aligned layers of two models, and those left over (diff).
void add_alignment(schemas::Model& model, const verifier::PaddingDiff& diff);
/// What running both showed, after add_alignment().
void add_numbers(schemas::Model& model, const verifier::DiffNumbers& numbers, std::uint64_t seed);

/// Of two verdicts.
std::string worse_of(const std::string& left, const std::string& right);

/// Sets the report's verdict to the worst of its models' and of its errors: error, refuted, unknown, proved,
/// none.
void conclude(Message& report);

/// Exit code of a verdict: 0 proved or none, 1 refuted, 2 error, 3 unknown (0 if `allow_unknown`).
int exit_code(const Message& report, bool allow_unknown);

}  // namespace padproof::report
