#include "products.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "pack.h"
#include "parallel.h"
#include "tile.h"

namespace equipoise {

namespace {

constexpr int64_t kRows = 192, kColumns = 512;     // of a block of A and of the part of C that a thread makes: they fit into the second cache
constexpr int64_t kLeastStreamed = 1 << 20;       // results that are written past the caches, as they do not fit
constexpr int64_t kFew = 3;                       // rows of A for which B is not packed
constexpr int64_t kTasks = 4;                     // for each thread, at least

// How much of B is packed at a time: with the rows of a tile it fits into the nearest cache.
struct Blocking {
  int64_t depth, strip;
  // Packed rows of A are so far apart: with a power of two they would meet in the cache.
  int64_t pitch;
};
constexpr Blocking kWide = {128, 64, 144}, kNarrow = {256, 32, 272};

// Transposing is faster in narrow strips, multiplying in wide ones.
const Blocking &BlockingOf(const Matrices &b) { return b.column == 1 ? kWide : kNarrow; }

// A part of the products that one thread makes.
struct Part {
  int64_t index, row, rows, column, columns;
};

// out[i * pitch + j] = A(row + i, from + j)
void PackRows(const Matrices &a, const Part &part, int64_t from, int64_t depth, float *out, int64_t pitch) {
  const float *start = a.data + part.index * a.next + part.row * a.row + from * a.column;
  if (a.column == 1) return CopyRows(start, a.row, part.rows, depth, out, pitch);
  Transpose(start, a.column, depth, part.rows, out, pitch);
}

// out[i * width + j] = B(from + i, column + j), and zeros for the columns up to `width`
void PackStrip(const Matrices &b, int64_t index, int64_t from, int64_t depth, int64_t column, int64_t columns, int64_t width,
               float *out) {
  const float *start = b.data + index * b.next + from * b.row + column * b.column;
  if (columns < width) std::memset(out, 0, depth * width * sizeof(float));
  if (b.column == 1) return CopyRows(start, b.row, depth, columns, out, width);
  Transpose(start, b.column, columns, depth, out, width);
}

// Packed rows of A by a packed strip of B; tiles are about equally high.
void MultiplyStrip(const float *a, int64_t pitch, const float *b, int64_t rows, int64_t depth, int64_t width, float *c,
                   int64_t c_row, Store store) {
  const int vectors = width / 16, most = kMostRows(vectors);
  int64_t offsets[kMostRows(1)];
  for (int r = 0; r < most; r++) offsets[r] = r * pitch;
  const int64_t tiles = (rows + most - 1) / most;
  for (int64_t tile = 0; tile < tiles; tile++) {
    const int64_t row = rows * tile / tiles, count = rows * (tile + 1) / tiles - row;
    Tile(count, vectors, {a + row * pitch, offsets, 0, 1, b, 0, width, 1, depth}, c + row * c_row, c_row, store);
  }
}

// A tile writes whole vectors: where columns are left over it writes them beside the result.
void MultiplyEdge(const float *a, int64_t pitch, const float *b, const Part &part, int64_t depth, int64_t columns,
                  int64_t width, float *c, int64_t c_row, Store store) {
  alignas(64) static thread_local float edge[kRows * kWide.strip];
  if (store == Store::kAdd) CopyRows(c, c_row, part.rows, columns, edge, width);
  MultiplyStrip(a, pitch, b, part.rows, depth, width, edge, width, store == Store::kAdd ? store : Store::kWrite);
  CopyRows(edge, width, part.rows, columns, c, c_row);
}

void MultiplyPart(const Matrices &a, const Matrices &b, float *c, int64_t n, int64_t k, const Part &part, bool streams) {
  alignas(64) static thread_local float block[kRows * kNarrow.pitch], strip[kNarrow.depth * kNarrow.strip];
  static_assert(kWide.pitch <= kNarrow.pitch && kWide.depth * kWide.strip <= kNarrow.depth * kNarrow.strip);
  const Blocking blocking = BlockingOf(b);
  const Store first = streams ? Store::kStream : Store::kWrite;
  for (int64_t from = 0; from < k; from += blocking.depth) {
    const int64_t depth = std::min(blocking.depth, k - from);
    const Store store = from == 0 ? first : Store::kAdd;
    PackRows(a, part, from, depth, block, blocking.pitch);
    for (int64_t at = 0; at < part.columns; at += blocking.strip) {
      const int64_t columns = std::min(blocking.strip, part.columns - at), width = (columns + 15) / 16 * 16;
      float *target = c + part.row * n + part.column + at;
      PackStrip(b, part.index, from, depth, part.column + at, columns, width, strip);
      if (columns == width)
        MultiplyStrip(block, blocking.pitch, strip, part.rows, depth, width, target, n, store);
      else
        MultiplyEdge(block, blocking.pitch, strip, part, depth, columns, width, target, n, store);
    }
  }
}

// A length of parts: a multiple of `unit`, at most `most`, of which `length` has `parts` if it can.
int64_t PartLength(int64_t length, int64_t parts, int64_t most, int64_t unit) {
  const int64_t wanted = std::min(most, (length + parts - 1) / parts);
  return (wanted + unit - 1) / unit * unit;
}

// A few rows: B is read once, as it lies, in parts of its rows that threads share.
void MultiplyFew(const Matrices &a, const Matrices &b, float *c, int64_t m, int64_t n, int64_t k) {
  Pool &pool = Pool::Get();
  const int64_t parts = std::clamp<int64_t>(k / kNarrow.depth, 1, kTasks * pool.Threads());
  const int64_t offsets[] = {0, a.row, 2 * a.row};
  std::vector<float> sums(parts * m * n);
  pool.Share(parts, n * k, [&](int64_t part) {
    const int64_t from = k * part / parts, depth = k * (part + 1) / parts - from;
    for (int64_t column = 0; column < n; column += 64) {
      const int64_t columns = std::min<int64_t>(64, n - column);
      const Factors factors = {a.data + from * a.column, offsets, 0, a.column, b.data + from * b.row + column, 0, b.row, 1, depth};
      Tile(m, columns / 16, factors, sums.data() + part * m * n + column, n, Store::kWrite);
    }
  });
  std::copy(sums.begin(), sums.begin() + m * n, c);
  for (int64_t part = 1; part < parts; part++)
    for (int64_t i = 0; i < m * n; i++) c[i] += sums[part * m * n + i];
}

}  // namespace

void Multiply(const Matrices &a, const Matrices &b, float *c, int64_t batch, int64_t m, int64_t n, int64_t k) {
  if (batch * m * n == 0) return;
  if (k == 0) {
    std::memset(c, 0, batch * m * n * sizeof(float));
    return;
  }
  if (batch == 1 && m <= kFew && b.column == 1 && n % 16 == 0) return MultiplyFew(a, b, c, m, n, k);
  Pool &pool = Pool::Get();
  const int64_t rows = PartLength(m, (m + kRows - 1) / kRows, kRows, kMostRows(1)), blocks = (m + rows - 1) / rows;
  const int64_t wanted = std::max<int64_t>(1, kTasks * pool.Threads() / (blocks * batch));
  const int64_t columns = PartLength(n, wanted, kColumns, BlockingOf(b).strip), groups = (n + columns - 1) / columns;
  const bool streams =
      k <= kWide.depth && batch * m * n >= kLeastStreamed && n % 16 == 0 && reinterpret_cast<uintptr_t>(c) % 64 == 0;
  pool.Share(batch * blocks * groups, batch * m * n * k, [&](size_t task) {
    const int64_t index = task / groups / blocks, row = task / groups % blocks * rows, column = task % groups * columns;
    const Part part = {index, row, std::min(rows, m - row), column, std::min(columns, n - column)};
    MultiplyPart(a, b, c + index * m * n, n, k, part, streams);
  });
}

}  // namespace equipoise
