// SPDX-License-Identifier: Apache-2.0
// Rows of shape tests: a few nodes in ONNX text, run through our rules and through the ONNX library's
// inference.
#pragma once

#include <initializer_list>
#include <map>
#include <string>

namespace padproof::test {

/// The nodes `body` over `inputs`, for every opset from `first` to `last`. The last output is called y.
///
/// Without `ours` both must say the same of every value, except that the library may have no inference for
/// versions older than the one of opset `last`. With `ours` (`float 1x3xHxW`) our rules must say that of y,
/// and the library must not: `reason` says why it is right. Opsets that the library does not know are checked
/// against `ours` alone.
struct ShapeRow {
  int first;
  int last;
  const char* inputs;
  const char* body;
  const char* ours = nullptr;
  const char* reason = nullptr;
};

/// Facts by value name, as `float 1x3xHxW`; `?` for what is not known.
using FactTexts = std::map<std::string, std::string>;

/// Single quotes in `body` stand for double ones.
std::string model_text(int opset, const std::string& inputs, std::string body);
/// By the rules alone. Throws std::runtime_error with the diagnostic if they refuse.
FactTexts our_facts(const std::string& text);
FactTexts library_facts(const std::string& text);

void check_rows(std::initializer_list<ShapeRow> rows);

/// Nodes that break their operator's specification: the rules refuse with this code.
struct RefusedRow {
  int first;
  int last;
  const char* inputs;
  const char* body;
  const char* code;
};

void check_refused(std::initializer_list<RefusedRow> rows);

}  // namespace padproof::test
