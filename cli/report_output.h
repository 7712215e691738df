// SPDX-License-Identifier: Apache-2.0
// Where reports go: standard output in --format, files by their ending.
#pragma once

#include <functional>

#include "cli/options.h"
#include "report/render.h"

namespace padproof::cli {

/// Concludes the report, prints it (diagnostics to standard error) and writes the --report files.
/// Returns the exit code: 2 if a report could not be written, otherwise that of the verdict.
int deliver(report::Message& message, const CommonOptions& options);

/// A place (model::normal_path) that no report is to be written to, as is found out while models are read.
void keep_from_reports(const std::string& place, const CommonOptions& options);

/// A place (model::normal_path) that no report is to be written to, as is found out while models are read.
void keep_from_reports(const std::string& place, const CommonOptions& options);

/// Keeps how the program was called, for the reports.
void record_arguments(int argc, const char* const* argv);

/// Prints one diagnostic to standard error.
void print_diagnostic(const model::Diagnostic& diagnostic);

/// Exit code of a failure that kept a command from starting.
int fail(const model::Diagnostic& diagnostic);

/// The same, told in the reports too: CI uploads them whatever came of the command. `other` are the files
/// that the command names; no report is written that could replace one.
int fail_with_reports(const model::Diagnostic& diagnostic, report::Message report, CommonOptions options,
                      const std::vector<std::string>& other);

/// Fills `model` for an input that could not be worked on: verdict `error`, or `unknown` if it is merely
/// unsupported.
void set_failure(schemas::Model& model, const model::Diagnostic& diagnostic);

/// What `work` returns; what it throws as an error. One model that needs more memory than there is, or meets
/// a mistake of ours, must not take the others with it.
model::Result<void> contain(const std::function<model::Result<void>()>& work);

/// Calls `work(i)` for i in [0, count), up to options.jobs at a time.
void for_each_model(std::size_t count, const CommonOptions& options,
                    const std::function<void(std::size_t)>& work);

}  // namespace padproof::cli
