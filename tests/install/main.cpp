// SPDX-License-Identifier: Apache-2.0
// Uses one function of the installed libraries.
#include <padproof/model/data_type.h>

int main() { return padproof::model::to_string(padproof::model::DataType::kFloat) == "float" ? 0 : 1; }
