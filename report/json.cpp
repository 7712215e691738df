// SPDX-License-Identifier: Apache-2.0
#include <google/protobuf/util/json_util.h>

#include "report/render.h"

namespace padproof::report {

std::string render_json(const Message& report, const RenderOptions& /*options*/) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string json;
  // Every string in the message has been through printable(), so it is valid UTF-8 and this cannot fail.
  const auto status = google::protobuf::util::MessageToJsonString(report, &json, options);
  return status.ok() ? json : "{}\n";
}

}  // namespace padproof::report
