// SPDX-License-Identifier: Apache-2.0
#include "converter/emitter.h"

#include <algorithm>
#include <string>
#include <vector>

#include "model/onnx/fields.h"
#include "model/wire.h"

namespace padproof::converter {
namespace {

using model::ByteSpan;
using model::Error;
using model::Field;
using model::Result;
using model::Rope;
using model::WireReader;
using model::WireType;

namespace attribute_fields = model::fields::attribute_proto;

constexpr std::uint64_t kAttributeTypeInts = 7;  // AttributeProto.INTS

std::string pads_attribute(const std::vector<std::int64_t>& pads) {
  std::string body;
  model::write_length_field(body, attribute_fields::kName, "pads");
  // One field an entry: onnx.proto is proto2 syntax, where repeated integers are not packed unless they say
  // so.
  for (const std::int64_t pad : pads) {
    model::write_varint_field(body, attribute_fields::kInts, static_cast<std::uint64_t>(pad));
  }
  model::write_varint_field(body, attribute_fields::kType, kAttributeTypeInts);
  std::string field;
  model::write_length_field(field, model::fields::node_proto::kAttribute, body);
  return field;
}

// The node's field anew: every attribute where it was, pads in the place of auto_pad.
std::string rewritten_node(const Rope& source, const NodePlan& plan) {
  const model::Node& node = *plan.node;
  const auto find = [&](std::string_view name) {
    return std::find_if(node.attributes.begin(), node.attributes.end(),
                        [&](const model::Attribute& attribute) { return attribute.name == name; });
  };
  const auto end = node.attributes.end();
  const auto old_pads = find("pads");
  // Where pads stand already they stay, byte for byte: the plan has made sure that they say the same.
  std::vector<std::pair<ByteSpan, std::string>> cuts;
  const auto place = find("auto_pad") != end ? find("auto_pad") : find("output_shape");
  if (place != end) cuts.emplace_back(place->origin, old_pads == end ? pads_attribute(plan.pads) : "");
  if (plan.drop_ceil_mode) cuts.emplace_back(find("ceil_mode")->origin, "");
  if (plan.drop_output_shape && find("auto_pad") != end) cuts.emplace_back(find("output_shape")->origin, "");
  std::sort(cuts.begin(), cuts.end(),
            [](const auto& l, const auto& r) { return l.first.begin < r.first.begin; });

  std::string body;
  std::uint64_t at = node.body.begin;
  for (const auto& [span, replacement] : cuts) {
    body += source.view(at, span.begin);
    body += replacement;
    at = span.end;
  }
  body += source.view(at, node.body.end);
  return body;
}

struct Edit {
  ByteSpan field;  // of the node
  ByteSpan body;
  const NodePlan* plan;
};

// Copies messages field by field where an edit lies inside, whole where none does.
class Emitter {
 public:
  Emitter(const Rope& source, const std::vector<Edit>& edits) : source_(source), edits_(edits) {}

  Result<void> message(ByteSpan span, Rope& out) {
    std::uint64_t copied = span.begin;
    WireReader reader(source_, span);
    Field field;
    for (;;) {
      const auto more = reader.next(field);
      if (!more) return Error(more.error());
      if (!*more) break;
      if (next_ == edits_.size() || edits_[next_].field.begin >= field.span.end) continue;
      out.append_range(source_, copied, field.span.begin);
      if (auto done = changed_field(field, out); !done) return done;
      copied = field.span.end;
    }
    out.append_range(source_, copied, span.end);
    return {};
  }

 private:
  Result<void> changed_field(const Field& field, Rope& out) {
    std::string prefix;
    model::write_tag(prefix, field.number, WireType::kLength);
    if (edits_[next_].field == field.span) {
      const std::string body = rewritten_node(source_, *edits_[next_].plan);
      ++next_;
      model::write_varint(prefix, body.size());
      out.append_owned(prefix + body);
      return {};
    }
    auto inner = std::make_shared<Rope>();
    if (auto done = message(field.body, *inner); !done) return done;
    model::write_varint(prefix, inner->size());
    out.append_owned(prefix);
    out.append_range(*inner, 0, inner->size());
    out.keep(std::shared_ptr<const Rope>(std::move(inner)));
    return {};
  }

  const Rope& source_;
  const std::vector<Edit>& edits_;
  std::size_t next_ = 0;
};

}  // namespace

Result<std::shared_ptr<const Rope>> emit_onnx(const std::shared_ptr<const Rope>& source, const Plan& plan) {
  std::vector<Edit> edits;
  for (const NodePlan& node : plan.nodes) {
    if (node.status == NodeStatus::kRewritten) edits.push_back({node.node->origin, node.node->body, &node});
  }
  std::sort(edits.begin(), edits.end(),
            [](const Edit& left, const Edit& right) { return left.field.begin < right.field.begin; });
  auto target = std::make_shared<Rope>();
  target->keep(source);
  if (auto emitted = Emitter(*source, edits).message({0, source->size()}, *target); !emitted) {
    return Error(emitted.error());
  }
  return std::shared_ptr<const Rope>(std::move(target));
}

}  // namespace padproof::converter
