// SPDX-License-Identifier: Apache-2.0
// Small ONNX models as bytes, for tests that go through the reader.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/graph.h"

namespace padproof::verifier::testing {

class WireModel {
 public:
  using Names = std::vector<std::string>;
  struct Step {
    std::string op_type;
    Names inputs;
    Names outputs;
  };

  WireModel& input(std::string_view name, const std::vector<std::int64_t>& dims);  // float
  WireModel& untyped_input(std::string_view name);
  WireModel& output(std::string_view name);
  WireModel& initializer(std::string_view name, const std::vector<std::int64_t>& dims,
                         const std::vector<std::int64_t>& values);
  /// `graphs`: attribute names and encoded graphs.
  WireModel& node(std::string_view op_type, const Names& inputs, const Names& outputs,
                  const std::vector<std::pair<std::string, std::string>>& graphs = {},
                  std::string_view domain = "");
  WireModel& function(std::string_view domain, std::string_view name, const Names& inputs,
                      const Names& outputs, const std::vector<Step>& steps);

  [[nodiscard]] std::string graph() const { return graph_; }
  /// The model at operator set 13; fails the test if it cannot be read.
  [[nodiscard]] model::Model read() const;

 private:
  std::string graph_;
  std::string functions_;
  std::string imports_;
};

}  // namespace padproof::verifier::testing
