#include "pooling.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

#include "clones.h"

namespace equipoise {

namespace {

// The part of a window that lies in the image.
struct Part {
  int64_t first_row, last_row, first_column, last_column;
};

inline Part PartOf(const Windows &w, int64_t row, int64_t column) {
  const int64_t top = row * w.stride_height - w.top, left = column * w.stride_width - w.left;
  return {std::max<int64_t>(top, 0), std::min(top + w.filter_height, w.height), std::max<int64_t>(left, 0),
          std::min(left + w.filter_width, w.width)};
}

#define EQUIPOISE_INLINE inline __attribute__((always_inline))

// Whether a window lies in the padding alone.
inline bool IsEmpty(const Part &part) { return part.first_row >= part.last_row || part.first_column >= part.last_column; }

// Writes into `place` the pixel of each channel's first maximum.
EQUIPOISE_INLINE void FindMaxima(const float *__restrict x, int64_t width, int64_t channels, Part part, float *__restrict best,
                                 int32_t *__restrict place) {
  const int32_t begin = part.first_row * width + part.first_column;
  std::memcpy(best, x + begin * channels, channels * sizeof(float));
  for (int64_t c = 0; c < channels; c++) place[c] = begin;
  for (int64_t row = part.first_row; row < part.last_row; row++) {
    for (int64_t column = part.first_column; column < part.last_column; column++) {
      const int32_t pixel = row * width + column;
      const float *__restrict values = x + pixel * channels;
      for (int64_t c = 0; c < channels; c++) {
        const bool larger = values[c] > best[c];
        place[c] = larger ? pixel : place[c];
        best[c] = larger ? values[c] : best[c];
      }
    }
  }
}

// Adds `dy` where a channel has its maximum; with `kAlone`, for windows that share no pixel, it also writes the zeros.
template <bool kAlone>
EQUIPOISE_INLINE void AddWherePlaced(float *__restrict dx, const float *__restrict dy, const int32_t *__restrict place,
                                     int64_t width, int64_t channels, Part part) {
  for (int64_t row = part.first_row; row < part.last_row; row++) {
    for (int64_t column = part.first_column; column < part.last_column; column++) {
      const int32_t pixel = row * width + column;
      float *__restrict target = dx + pixel * channels;
      for (int64_t c = 0; c < channels; c++) {
        const float value = place[c] == pixel ? dy[c] : 0.0f;
        target[c] = kAlone ? value : target[c] + value;
      }
    }
  }
}

// Whether every pixel lies in exactly one window.
bool Tiles(const Windows &w) {
  return w.stride_height == w.filter_height && w.stride_width == w.filter_width && w.top == 0 && w.left == 0 &&
         w.out_height * w.filter_height == w.height && w.out_width * w.filter_width == w.width;
}

template <bool kAlone>
EQUIPOISE_INLINE void ScatterImages(const Windows &w, const float *x, const float *dy, float *dx, size_t begin, size_t end) {
  const int64_t image = w.height * w.width * w.channels, outputs = w.out_height * w.out_width * w.channels;
  std::vector<float> best(w.channels);
  std::vector<int32_t> place(w.channels);
  for (size_t n = begin; n < end; n++) {
    if (!kAlone) std::memset(dx + n * image, 0, image * sizeof(float));
    for (int64_t row = 0; row < w.out_height; row++) {
      for (int64_t column = 0; column < w.out_width; column++) {
        const Part part = PartOf(w, row, column);
        if (!kAlone && IsEmpty(part)) continue;
        FindMaxima(x + n * image, w.width, w.channels, part, best.data(), place.data());
        const float *from = dy + n * outputs + (row * w.out_width + column) * w.channels;
        AddWherePlaced<kAlone>(dx + n * image, from, place.data(), w.width, w.channels, part);
      }
    }
  }
}

EQUIPOISE_INLINE void Maxima(const float *__restrict x, int64_t width, int64_t channels, Part part, float *__restrict out) {
  if (IsEmpty(part)) return std::fill(out, out + channels, std::numeric_limits<float>::lowest());
  std::memcpy(out, x + (part.first_row * width + part.first_column) * channels, channels * sizeof(float));
  for (int64_t row = part.first_row; row < part.last_row; row++) {
    for (int64_t column = part.first_column; column < part.last_column; column++) {
      const float *__restrict values = x + (row * width + column) * channels;
      for (int64_t c = 0; c < channels; c++) out[c] = values[c] > out[c] ? values[c] : out[c];
    }
  }
}

}  // namespace

EQUIPOISE_CLONES void MaxPool(const Windows &w, const float *x, float *out, size_t begin, size_t end) {
  const int64_t image = w.height * w.width * w.channels, outputs = w.out_height * w.out_width * w.channels;
  for (size_t n = begin; n < end; n++)
    for (int64_t row = 0; row < w.out_height; row++)
      for (int64_t column = 0; column < w.out_width; column++)
        Maxima(x + n * image, w.width, w.channels, PartOf(w, row, column),
               out + n * outputs + (row * w.out_width + column) * w.channels);
}

EQUIPOISE_CLONES void ScatterToMaxima(const Windows &w, const float *x, const float *dy, float *dx, size_t begin, size_t end) {
  if (Tiles(w))
    ScatterImages<true>(w, x, dy, dx, begin, end);
  else
    ScatterImages<false>(w, x, dy, dx, begin, end);
}

EQUIPOISE_CLONES void GatherFromMaxima(const Windows &w, const float *x, const float *u, float *out, size_t begin, size_t end) {
  const int64_t image = w.height * w.width * w.channels, outputs = w.out_height * w.out_width * w.channels;
  std::vector<float> best(w.channels);
  std::vector<int32_t> place(w.channels);
  for (size_t n = begin; n < end; n++) {
    for (int64_t row = 0; row < w.out_height; row++) {
      for (int64_t column = 0; column < w.out_width; column++) {
        const Part part = PartOf(w, row, column);
        float *to = out + n * outputs + (row * w.out_width + column) * w.channels;
        std::fill(to, to + w.channels, 0.0f);
        if (IsEmpty(part)) continue;
        FindMaxima(x + n * image, w.width, w.channels, part, best.data(), place.data());
        for (int64_t c = 0; c < w.channels; c++) to[c] = u[n * image + place[c] * w.channels + c];
      }
    }
  }
}

}  // namespace equipoise
