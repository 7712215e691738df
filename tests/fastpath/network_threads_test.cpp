// SPDX-License-Identifier: Apache-2.0
// The fast path on several threads, and several runs side by side: the oracle's bits, and nothing shared that
// is written.
#include <doctest/doctest.h>

#include <thread>
#include <vector>

#include "tests/support/layers.h"
#include "tests/support/models.h"

namespace padproof::test {
namespace {

using verifier::ExecuteOptions;
using verifier::NamedTensors;

// Every parallel loop of the fast path, each over enough for several tasks.
constexpr const char* kNetwork = R"(
  <ir_version: 8, opset_import: ["" : 17]>
  g (float[2,16,48,48] x, float[16,16,3,3] w1, float[16] b1, float[16,1,3,3] w2, float[24,16,3,3] w3,
     float[24] s, float[24] b, float[24] m, float[24] positive, float[12,96] k, float[24,1,1] factor,
     float least, float most, float[40,27648] w4, float[40] b4)
  => (float[2,40] y, float[2,24,12,96] z) {
    c = Conv<kernel_shape=[3,3],pads=[1,1,1,1]>(x, w1, b1)
    a = Add(c, x)
    r = Relu(a)
    d = Conv<kernel_shape=[3,3],pads=[1,1,1,1],group=16>(r, w2)
    e = Sub(d, r)
    f = AveragePool<kernel_shape=[3,3],pads=[1,1,1,1]>(e)
    h = MaxPool<kernel_shape=[3,3],pads=[1,1,1,1]>(f)
    i = Conv<kernel_shape=[3,3],strides=[2,2],pads=[1,1,1,1]>(h, w3)
    n = BatchNormalization(i, s, b, m, positive)
    p = MaxPool<kernel_shape=[2,2],strides=[2,2]>(n)
    q = MatMul(p, k)
    t = Mul(q, factor)
    z = Clip(t, least, most)
    u = Flatten(z)
    y = Gemm<transB=1>(u, w4, b4)
  })";

ExecuteOptions options_of(bool oracle, int threads) {
  ExecuteOptions options;
  options.oracle = oracle;
  options.threads = threads;
  return options;
}

bool same(const NamedTensors& left, const NamedTensors& right) {
  return same_bits(left.at("y"), right.at("y")) && same_bits(left.at("z"), right.at("z"));
}

struct Network {
  Loaded loaded = load_text(kNetwork);
  Random random{20261122};
  NamedTensors inputs = random_inputs(loaded.model, Values::kOrdinary, random);
  NamedTensors wanted = value_or_throw(verifier::execute(loaded.model, inputs, options_of(true, 1)));
};

}  // namespace

TEST_CASE("several threads give the oracle's bits") {
  const Network network;
  for (const int threads : {2, 4}) {
    CAPTURE(threads);
    const auto got = verifier::execute(network.loaded.model, network.inputs, options_of(false, threads));
    CHECK(same(value_or_throw(got), network.wanted));
  }
}

TEST_CASE("sessions side by side give the oracle's bits") {
  const Network network;
  const auto run_several = [&](int threads, bool* good) {
    const ExecuteOptions options = options_of(false, threads);
    verifier::Session session(network.loaded.model, options);
    *good = true;
    for (int i = 0; i < 3; ++i) {
      const auto got = session.run(network.inputs);
      *good = *good && got && same(*got, network.wanted);
    }
  };
  bool good[2] = {};
  std::thread beside(run_several, 3, &good[0]);
  run_several(2, &good[1]);
  beside.join();
  CHECK(good[0]);
  CHECK(good[1]);
}

}  // namespace padproof::test
