// SPDX-License-Identifier: Apache-2.0
// Fills the float initializers that a skeleton left empty with seeded weights:  seed_weights SKELETON MODEL
// [SEED]
//
// An exporter's graph of a full-size network is small, its weights are not. The weights here depend on the
// seed, the tensor's name and its dims alone: uniform with variance 1/fan_in, so that activations keep their
// size. Vectors (biases) are small.
#include <cmath>
#include <cstdio>
#include <cstring>
#include <exception>

#include "converter/publish.h"
#include "model/onnx/fields.h"
#include "model/onnx/reader.h"
#include "model/wire.h"

namespace {

namespace fields = padproof::model::fields;
using padproof::model::Bytes;
using padproof::model::ByteSpan;
using padproof::model::DataType;
using padproof::model::Diagnostic;
using padproof::model::Field;
using padproof::model::Graph;
using padproof::model::load_onnx;
using padproof::model::Rope;
using padproof::model::Storage;
using padproof::model::TensorRef;
using padproof::model::WireReader;
using padproof::model::write_length_field;

// SplitMix64, public domain by Sebastiano Vigna.
std::uint64_t next(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

std::string make_elements(const TensorRef& tensor, std::uint64_t seed) {
  std::uint64_t state = seed;
  for (const char c : tensor.name) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  std::size_t count = 1;
  for (const std::int64_t dim : tensor.dims) count *= static_cast<std::size_t>(dim);
  // OIHW: everything but the output channels is summed over; a matrix is [in, out].
  const auto outputs = static_cast<double>(tensor.dims.size() == 2 ? tensor.dims[1] : tensor.dims[0]);
  const bool is_vector = tensor.dims.size() == 1;
  const double limit = is_vector ? 0.1 : std::sqrt(3.0 / (static_cast<double>(count) / outputs));
  std::string bytes(count * sizeof(float), '\0');
  for (std::size_t i = 0; i < count; ++i) {
    const double unit = static_cast<double>(next(state) >> 11U) * 0x1p-52 - 1;
    const auto value = static_cast<float>(limit * unit);
    std::memcpy(bytes.data() + i * sizeof value, &value, sizeof value);
  }
  return bytes;
}

bool is_empty(const TensorRef& tensor) {
  const bool no_data =
      tensor.storage == Storage::kTyped || (tensor.storage == Storage::kRaw && tensor.raw.empty());
  return no_data && tensor.dtype == DataType::kFloat && !tensor.dims.empty();
}

// The tensor's message with its elements; an empty raw_data that the skeleton left behind goes.
std::string fill_tensor(const TensorRef& tensor, std::uint64_t seed) {
  Rope message;
  message.append(tensor.message);
  std::string out;
  WireReader reader(message, {0, message.size()});
  for (Field field; reader.next(field).value();) {
    if (field.number != fields::tensor_proto::kRawData) out += message.view(field.span.begin, field.span.end);
  }
  write_length_field(out, fields::tensor_proto::kRawData, make_elements(tensor, seed));
  return out;
}

// GraphProto, with raw_data appended to the empty initializers.
std::string fill_graph(const Rope& source, ByteSpan span, const Graph& graph, std::uint64_t seed) {
  std::string out;
  std::size_t index = 0;
  WireReader reader(source, span);
  for (Field field; reader.next(field).value();) {
    const Bytes whole = source.view(field.span.begin, field.span.end);
    if (field.number != fields::graph_proto::kInitializer || !is_empty(graph.initializers[index++])) {
      out += whole;
      continue;
    }
    write_length_field(out, field.number, fill_tensor(graph.initializers[index - 1], seed));
  }
  return out;
}

int fail(const Diagnostic& diagnostic) {
  std::fprintf(stderr, "seed_weights: %s\n", to_string(diagnostic).c_str());
  return 2;
}

int run(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::fputs("usage: seed_weights SKELETON MODEL [SEED]\n", stderr);
    return 2;
  }
  const auto model = load_onnx(argv[1]);
  if (!model) return fail(model.error());
  const std::uint64_t seed = argc == 4 ? std::stoull(argv[3]) : 1;
  const Rope& source = *model->source;
  Rope target;
  WireReader reader(source, {0, source.size()});
  for (Field field; reader.next(field).value();) {
    std::string bytes(source.view(field.span.begin, field.span.end));
    if (field.number == fields::model_proto::kGraph) {
      bytes.clear();
      write_length_field(bytes, field.number, fill_graph(source, field.body, *model->graph, seed));
    }
    target.append_owned(std::move(bytes));
  }
  if (auto written = padproof::converter::publish(target, argv[2]); !written) return fail(written.error());
  return 0;
}

}  // namespace

int main(int argc, char** argv) try { return run(argc, argv); } catch (const std::exception& error) {
  std::fprintf(stderr, "seed_weights: %s\n", error.what());
  return 2;
}
