#pragma once

#include <cstdint>

namespace equipoise {

// Matrices `next` apart whose entry (i, j) lies at i * row + j * column; row or column is 1.
struct Matrices {
  const float *data;
  int64_t row, column, next;
};

// c = a b for each of a batch, [m, k] [k, n] -> [m, n]; results lie one after the other. Needs HasWide().
//
// Blocks of A and strips of B are packed so that they stay in the caches, as in K. Goto and R. A. van de Geijn, Anatomy of high-performance
// matrix multiplication, 2008.
void Multiply(const Matrices &a, const Matrices &b, float *c, int64_t batch, int64_t m, int64_t n, int64_t k);

}  // namespace equipoise
