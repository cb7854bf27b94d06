#include "tile.h"

#include "wide.h"

namespace equipoise {

namespace {

EQUIPOISE_WIDE inline void Stream(float *place, Lanes lanes) {
#if EQUIPOISE_HAS_X86
  _mm512_stream_ps(place, reinterpret_cast<__m512>(lanes));
#else
  LanesAt(place) = lanes;
#endif
}

constexpr int64_t kAhead = 12;

// All loops over rows and vectors are unrolled: the sums stay in registers.
template <int kRows, int kVectors>
EQUIPOISE_WIDE void Sum(const Factors &factors, float *__restrict c, int64_t c_row, Store store) {
  Lanes sums[kRows][kVectors];
  int64_t rows[kRows];
  for (int r = 0; r < kRows; r++) rows[r] = factors.rows[r];
  for (int r = 0; r < kRows; r++)
    for (int v = 0; v < kVectors; v++) sums[r][v] = store == Store::kAdd ? LanesAt(c + r * c_row + v * 16) : Lanes{};
  const int64_t a_step = factors.a_step, b_step = factors.b_step, length = factors.length;
  const bool is_far = factors.is_far;
  for (int64_t run = 0; run < factors.runs; run++) {
    const float *a = factors.a + run * factors.a_run, *b = factors.b + run * factors.b_run;
    for (int64_t k = 0; k < length; k++, a += a_step, b += b_step) {
      if (is_far)
        for (int v = 0; v < kVectors; v++) __builtin_prefetch(b + kAhead * b_step + v * 16);
      Lanes row[kVectors];
      for (int v = 0; v < kVectors; v++) row[v] = LanesAt(b + v * 16);
      for (int r = 0; r < kRows; r++)
        for (int v = 0; v < kVectors; v++) sums[r][v] += a[rows[r]] * row[v];
    }
  }
  for (int r = 0; r < kRows; r++) {
    for (int v = 0; v < kVectors; v++) {
      if (store == Store::kStream)
        Stream(c + r * c_row + v * 16, sums[r][v]);
      else
        LanesAt(c + r * c_row + v * 16) = sums[r][v];
    }
  }
}

typedef void (*TileFunction)(const Factors &, float *, int64_t, Store);

template <int kVectors, int kRows = kMostRows(kVectors)>
TileFunction Of(int rows) {
  if constexpr (kRows > 1) {
    if (rows < kRows) return Of<kVectors, kRows - 1>(rows);
  }
  return Sum<kRows, kVectors>;
}

}  // namespace

void Tile(int rows, int vectors, const Factors &factors, float *c, int64_t c_row, Store store) {
  const TileFunction function =
      vectors == 1 ? Of<1>(rows) : vectors == 2 ? Of<2>(rows) : vectors == 3 ? Of<3>(rows) : Of<4>(rows);
  function(factors, c, c_row, store);
}

}  // namespace equipoise
