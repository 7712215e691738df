// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/simd/product.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "verifier/engine/kernel.h"
#include "verifier/engine/simd/parts.h"
#include "verifier/engine/simd/strip.h"

namespace padproof::verifier::simd {
namespace {

// Terms at a go: so many rows of a strip of the right matrix stay in the second cache.
constexpr std::int64_t kDepth = 512;
// The same for a single row, that reads the right matrix once.
constexpr std::int64_t kFewTerms = 8;
// Rows of a task, at least.
constexpr std::int64_t kLeastRows = 24;

struct Block {
  std::int64_t row;
  std::int64_t rows;
  std::int64_t column;
  std::int64_t columns;
};

bool run_part(const Product& product, const std::vector<std::int64_t>& terms, const Block& block,
              std::int64_t first) {
  const Finish finish;
  Strip strip;
  strip.weights =
      product.left + (block.row * product.left_step + first) * static_cast<std::int64_t>(sizeof(float));
  strip.weight_step = product.left_step;
  strip.cells = reinterpret_cast<const float*>(product.right + (first * product.right_step + block.column) *
                                                                   static_cast<std::int64_t>(sizeof(float)));
  strip.terms = terms.data();
  strip.depth = std::min(std::ssize(terms), product.inner - first);
  strip.outputs = product.output + block.row * product.output_step + block.column;
  strip.output_step = product.output_step;
  strip.rows = block.rows;
  strip.columns = block.columns;
  strip.from_zero = first == 0;
  if (first + strip.depth == product.inner) strip.finish = &finish;
  return run_strip(strip);
}

bool run_block(const Product& product, const std::vector<std::int64_t>& terms, const Block& block) {
  bool finite = true;
  const std::int64_t width = most_columns();
  for (std::int64_t first = 0; first < product.inner && !is_cut_off(); first += std::ssize(terms))
    for (std::int64_t column = 0; column < block.columns; column += width) {
      Block part = block;
      part.column += column;
      part.columns = std::min(width, block.columns - column);
      finite = run_part(product, terms, part, first) && finite;
    }
  return finite;
}

}  // namespace

bool multiply(const Product& product) {
  // What is read once is read in long runs: all columns for a few terms.
  const bool is_read_once = product.rows == 1;
  const std::int64_t threads = tbb::this_task_arena::max_concurrency();
  const std::int64_t strips = parts_of(product.columns, most_columns());
  const std::int64_t width = (is_read_once ? parts_of(strips, threads) : 1) * most_columns();
  const std::int64_t parts = parts_of(product.columns, width);
  const std::int64_t wanted = parts_of(4 * threads, strips);
  const std::int64_t rows = std::max(kLeastRows, parts_of(product.rows, wanted));
  const std::int64_t row_parts = parts_of(product.rows, rows);
  const std::int64_t depth = is_read_once ? kFewTerms : kDepth;
  std::vector<std::int64_t> terms;
  for (std::int64_t k = 0; k < std::min(depth, product.inner); ++k) terms.push_back(k * product.right_step);
  std::atomic<bool> good = true;
  tbb::parallel_for(std::int64_t{0}, parts * row_parts, [&](std::int64_t i) {
    const std::int64_t row = i / parts * rows;
    const std::int64_t column = i % parts * width;
    if (!run_block(
            product, terms,
            {row, std::min(rows, product.rows - row), column, std::min(width, product.columns - column)}))
      good = false;
  });
  return good;
}

}  // namespace padproof::verifier::simd
