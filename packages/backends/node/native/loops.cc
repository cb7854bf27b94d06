#include "loops.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "clones.h"
#include "stream.h"

namespace equipoise {

namespace {

// Results may lie where their predecessors are: each number depends on those of its place alone.
template <bool kHasWeight>
inline __attribute__((always_inline)) void AdamLoop(const float *gradient, const float *first, const float *second,
                                                    const float *weight, float *out, float *new_first, float *new_second,
                                                    size_t begin, size_t end, float beta1, float beta2, float step_size,
                                                    float epsilon) {
  const float rest1 = 1 - beta1, rest2 = 1 - beta2;
#ifdef __clang__
#pragma clang loop vectorize(assume_safety)
#else
#pragma GCC ivdep
#endif
  for (size_t i = begin; i < end; i++) {
    const float g = gradient[i];
    const float m = beta1 * first[i] + rest1 * g;
    const float s = beta2 * second[i] + rest2 * (g * g);
    new_first[i] = m;
    new_second[i] = s;
    const float update = -step_size * (m / (std::sqrt(s) + epsilon));
    out[i] = kHasWeight ? weight[i] + update : update;
  }
}

template <bool kHasWeight>
inline __attribute__((always_inline)) void AdamStreamed(const float *gradient, const float *first, const float *second,
                                                        const float *weight, float *out, float *new_first, float *new_second,
                                                        size_t begin, size_t end, float beta1, float beta2, float step_size,
                                                        float epsilon) {
  constexpr size_t kBlock = 256, kLeastStreamed = 1 << 16;
  alignas(64) float results[3][kBlock];
  if (new_first == first || end - begin < kLeastStreamed)
    return AdamLoop<kHasWeight>(gradient, first, second, weight, out, new_first, new_second, begin, end, beta1, beta2,
                                step_size, epsilon);
  for (size_t i = begin; i < end; i += kBlock) {
    const size_t count = std::min(kBlock, end - i);
    AdamLoop<kHasWeight>(gradient + i, first + i, second + i, kHasWeight ? weight + i : nullptr, results[0], results[1],
                         results[2], 0, count, beta1, beta2, step_size, epsilon);
    CopyStreamed(results[0], out + i, count);
    CopyStreamed(results[1], new_first + i, count);
    CopyStreamed(results[2], new_second + i, count);
  }
  EndStreams();
}

}  // namespace

EQUIPOISE_CLONES void Adam(const float *gradient, const float *first, const float *second, const float *weight, float *out,
                           float *new_first, float *new_second, size_t begin, size_t end, float beta1, float beta2,
                           float step_size, float epsilon) {
  if (weight == nullptr)
    AdamStreamed<false>(gradient, first, second, weight, out, new_first, new_second, begin, end, beta1, beta2, step_size, epsilon);
  else
    AdamStreamed<true>(gradient, first, second, weight, out, new_first, new_second, begin, end, beta1, beta2, step_size, epsilon);
}

EQUIPOISE_CLONES void Gate(const float *__restrict dy, const float *__restrict x, float *__restrict out, size_t begin,
                         size_t end, float low, float high) {
  for (size_t i = begin; i < end; i++) out[i] = (x[i] >= low) & (x[i] <= high) ? dy[i] : 0.0f;
}

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

}  // namespace

namespace {

#define EQUIPOISE_INLINE inline __attribute__((always_inline))

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
        FindMaxima(x + n * image, w.width, w.channels, part, best.data(), place.data());
        const float *from = dy + n * outputs + (row * w.out_width + column) * w.channels;
        AddWherePlaced<kAlone>(dx + n * image, from, place.data(), w.width, w.channels, part);
      }
    }
  }
}

}  // namespace

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
        FindMaxima(x + n * image, w.width, w.channels, PartOf(w, row, column), best.data(), place.data());
        float *to = out + n * outputs + (row * w.out_width + column) * w.channels;
        for (int64_t c = 0; c < w.channels; c++) to[c] = u[n * image + place[c] * w.channels + c];
      }
    }
  }
}

}  // namespace equipoise
