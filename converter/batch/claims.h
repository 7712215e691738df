// SPDX-License-Identifier: Apache-2.0
// Whose the side files below --out-dir are: several models may share one, and what belongs to nobody is left
// alone.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "converter/batch/record.h"

namespace padproof::converter {

class Claims {
 public:
  struct Claim {
    std::string source;  // by manifest_name()
    std::string location;
    std::string sha256;
  };

  /// Every side file of the record.
  void add(const Record& record);
  void add(const std::string& source, const std::string& location, const std::string& sha256);
  /// On the side file that the model `source` has at `location`.
  [[nodiscard]] const std::vector<Claim>& on(const std::string& source, const std::string& location) const;

 private:
  static std::string place(const std::string& source, const std::string& location);

  std::map<std::string, std::vector<Claim>> claims_;  // by the path below --out-dir
};

}  // namespace padproof::converter
