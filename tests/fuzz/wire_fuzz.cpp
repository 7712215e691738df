// SPDX-License-Identifier: Apache-2.0
// The wire reader over arbitrary bytes: fields tile the message, however the rope is cut; protobuf's own
// parser accepts the same messages (but for groups nested deeper than either allows).
#include <google/protobuf/unknown_field_set.h>

#include <vector>

#include "model/wire.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace padproof;

struct Walk {
  std::vector<model::Field> fields;
  std::string error;  // empty: the whole message was read
};

Walk walk(const model::Rope& rope) {
  Walk result;
  model::WireReader reader(rope, {0, rope.size()});
  for (model::Field field;;) {
    const auto more = reader.next(field);
    if (!more) {
      fuzz::check_diagnostic(more.error());
      result.error = more.error().what;
      return result;
    }
    if (!*more) return result;
    result.fields.push_back(field);
  }
}

void check_tiles(const Walk& walked, std::uint64_t size) {
  std::uint64_t at = 0;
  for (const model::Field& field : walked.fields) {
    if (field.span.begin != at || field.span.end <= at) fuzz::broken("fields do not tile the message");
    if (field.body.begin < field.span.begin || field.body.end > field.span.end ||
        field.body.begin > field.body.end) {
      fuzz::broken("a body lies outside its field");
    }
    at = field.span.end;
  }
  if (walked.error.empty() && at != size) fuzz::broken("bytes are left over");
}

void check_same(const Walk& whole, const Walk& cut) {
  if (whole.error != cut.error || whole.fields.size() != cut.fields.size())
    fuzz::broken("cuts change what is read");
  for (std::size_t i = 0; i < whole.fields.size(); ++i) {
    const model::Field& left = whole.fields[i];
    const model::Field& right = cut.fields[i];
    if (left.number != right.number || left.type != right.type || left.value != right.value ||
        !(left.span == right.span) || !(left.body == right.body)) {
      fuzz::broken("cuts change a field");
    }
  }
}

}  // namespace

// The first byte says how long the pieces of the second rope are.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > fuzz::kMostBytes) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t step = 1 + data[0] % 16U;
  model::Rope cut;
  for (std::size_t at = 0; at < bytes.size(); at += step) cut.append_owned(bytes.substr(at, step));
  const Walk whole = walk(*test::rope_of(bytes));
  check_tiles(whole, bytes.size());
  check_same(whole, walk(cut));
  google::protobuf::UnknownFieldSet reference;
  const bool accepted = reference.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  const bool deep = whole.error.find("nest too deeply") != std::string::npos;
  // Of a tag's bits beyond the 32nd, and of its bytes behind the fifth, Protobuf's parsers make different
  // things: we refuse.
  const bool long_tag = whole.error.find("field number") != std::string::npos ||
                        whole.error.find("a tag is longer") != std::string::npos;
  if (accepted != whole.error.empty() && !deep && !long_tag)
    fuzz::broken("protobuf disagrees: " + whole.error);
  return 0;
}
