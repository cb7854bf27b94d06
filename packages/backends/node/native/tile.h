#pragma once

#include <cstdint>

namespace equipoise {

// The factors of a tile of a product: entry (r, k) of A in run q lies at a[rows[r] + q * a_run + k * a_step], row (q, k) of B at
// b + q * b_run + k * b_step. A product of matrices has one run; a convolution has one for each row of its windows.
struct Factors {
  const float *a;
  const int64_t *rows;
  int64_t a_run, a_step;
  const float *b;
  int64_t b_run, b_step;
  int64_t runs, length;
  // Whether B comes from the second cache and is asked for ahead of time.
  bool is_far = false;
};

// What becomes of the sums: they are added to what is there, or written; or written past the caches (the place is a multiple of 64 bytes).
enum class Store { kAdd, kWrite, kStream };

// The most rows of a tile, so that its sums fit into the registers.
constexpr int kMostRows(int vectors) { return vectors <= 2 ? 12 : vectors == 3 ? 8 : 6; }

// c[r * c_row + j] = sum over q and k of A(r, q, k) * B(q, k, j), for `rows` rows and 16 * `vectors` columns; at most four vectors.
void Tile(int rows, int vectors, const Factors &factors, float *c, int64_t c_row, Store store);

}  // namespace equipoise
