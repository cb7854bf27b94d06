#include "pack.h"

#include "wide.h"

namespace equipoise {

namespace {

constexpr int kSide = 16;

#if EQUIPOISE_HAS_X86

// Exchanges the off-diagonal quarters of each square of 2 * kHalf rows and columns.
template <int kHalf>
EQUIPOISE_WIDE inline __attribute__((always_inline)) void Exchange(__m512 (&rows)[kSide]) {
  alignas(64) int low[kSide], high[kSide];
  for (int lane = 0; lane < kSide; lane++) {
    const bool is_first = (lane & kHalf) == 0;
    low[lane] = is_first ? lane : kSide + lane - kHalf;
    high[lane] = is_first ? lane + kHalf : kSide + lane;
  }
  const __m512i low_places = _mm512_load_si512(low), high_places = _mm512_load_si512(high);
  for (int i = 0; i < kSide; i++) {
    if (i & kHalf) continue;
    const __m512 a = rows[i], b = rows[i + kHalf];
    rows[i] = _mm512_permutex2var_ps(a, low_places, b);
    rows[i + kHalf] = _mm512_permutex2var_ps(a, high_places, b);
  }
}

EQUIPOISE_WIDE void TransposeSquare(const float *in, int64_t in_row, float *out, int64_t out_row) {
  __m512 rows[kSide];
  for (int i = 0; i < kSide; i++) rows[i] = _mm512_loadu_ps(in + i * in_row);
  Exchange<8>(rows);
  Exchange<4>(rows);
  Exchange<2>(rows);
  Exchange<1>(rows);
  for (int i = 0; i < kSide; i++) _mm512_storeu_ps(out + i * out_row, rows[i]);
}

#else

void TransposeSquare(const float *in, int64_t in_row, float *out, int64_t out_row) {
  for (int i = 0; i < kSide; i++)
    for (int j = 0; j < kSide; j++) out[j * out_row + i] = in[i * in_row + j];
}

#endif

}  // namespace

EQUIPOISE_WIDE void CopyRows(const float *in, int64_t in_row, int64_t rows, int64_t columns, float *out, int64_t out_row) {
  const int64_t whole = columns / kSide * kSide;
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < whole; j += kSide) LanesAt(out + i * out_row + j) = LanesAt(in + i * in_row + j);
    for (int64_t j = whole; j < columns; j++) out[i * out_row + j] = in[i * in_row + j];
  }
}

void Transpose(const float *in, int64_t in_row, int64_t rows, int64_t columns, float *out, int64_t out_row) {
  const int64_t whole_rows = rows / kSide * kSide, whole_columns = columns / kSide * kSide;
  for (int64_t i = 0; i < whole_rows; i += kSide)
    for (int64_t j = 0; j < whole_columns; j += kSide)
      TransposeSquare(in + i * in_row + j, in_row, out + j * out_row + i, out_row);
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = i < whole_rows ? whole_columns : 0; j < columns; j++) out[j * out_row + i] = in[i * in_row + j];
}

}  // namespace equipoise
