#include "narrow.h"

#include <algorithm>
#include <cstring>

#include "clones.h"

namespace equipoise {

namespace {

// Sixteen numbers side by side, wherever they lie; a compiler makes of them what the processor has.
typedef float Lanes __attribute__((vector_size(64), aligned(4)));

// columns[p] = sum over filters of gradient[p][filter] * taps[filter], for pixels of `stride` = 16 * kVectors taps.
template <int kPixels, int kVectors>
inline __attribute__((always_inline)) void Columns(const float *__restrict gradient, const float *__restrict taps,
                                                   int64_t filters, float *__restrict columns) {
  Lanes sums[kPixels][kVectors] = {};
  for (int64_t filter = 0; filter < filters; filter++) {
    for (int v = 0; v < kVectors; v++) {
      const Lanes tap = *reinterpret_cast<const Lanes *>(taps + (filter * kVectors + v) * 16);
      for (int p = 0; p < kPixels; p++) sums[p][v] += tap * gradient[p * filters + filter];
    }
  }
  for (int p = 0; p < kPixels; p++)
    for (int v = 0; v < kVectors; v++) *reinterpret_cast<Lanes *>(columns + (p * kVectors + v) * 16) = sums[p][v];
}

// Adds the taps of an output pixel to the part of the image that it saw.
inline __attribute__((always_inline)) void AddTaps(const Windows &w, int64_t row, int64_t column,
                                                   const float *__restrict taps, float *__restrict image) {
  const int64_t top = row * w.stride_height - w.top, left = column * w.stride_width - w.left;
  const int64_t first = std::max<int64_t>(-left, 0), last = std::min(w.filter_width, w.width - left);
  const int64_t count = (last - first) * w.channels;
  for (int64_t y = std::max<int64_t>(-top, 0); y < std::min(w.filter_height, w.height - top); y++) {
    float *to = image + ((top + y) * w.width + left + first) * w.channels;
    const float *from = taps + (y * w.filter_width + first) * w.channels;
    for (int64_t i = 0; i < count; i++) to[i] += from[i];
  }
}

template <int kVectors>
inline __attribute__((always_inline)) void Image(const Windows &w, int64_t filters, const float *gradient,
                                                 const float *taps, float *image) {
  constexpr int kPixels = kVectors > 4 ? 2 : kVectors > 2 ? 4 : 8;
  float columns[kPixels * kVectors * 16];
  const int64_t pixels = w.out_height * w.out_width;
  std::memset(image, 0, w.height * w.width * w.channels * sizeof(float));
  int64_t pixel = 0;
  for (; pixel + kPixels <= pixels; pixel += kPixels) {
    Columns<kPixels, kVectors>(gradient + pixel * filters, taps, filters, columns);
    for (int p = 0; p < kPixels; p++)
      AddTaps(w, (pixel + p) / w.out_width, (pixel + p) % w.out_width, columns + p * kVectors * 16, image);
  }
  for (; pixel < pixels; pixel++) {
    Columns<1, kVectors>(gradient + pixel * filters, taps, filters, columns);
    AddTaps(w, pixel / w.out_width, pixel % w.out_width, columns, image);
  }
}

template <int kVectors>
inline __attribute__((always_inline)) void Images(const Windows &w, int64_t filters, const float *gradient,
                                                  const float *taps, float *images, size_t begin, size_t end) {
  const int64_t outputs = w.out_height * w.out_width * filters, inputs = w.height * w.width * w.channels;
  for (size_t n = begin; n < end; n++) Image<kVectors>(w, filters, gradient + n * outputs, taps, images + n * inputs);
}

}  // namespace

std::vector<float> TapsOf(const Windows &w, int64_t filters, const float *filter) {
  const int64_t taps = w.filter_height * w.filter_width * w.channels, stride = (taps + 15) / 16 * 16;
  std::vector<float> result(filters * stride, 0.0f);
  for (int64_t tap = 0; tap < taps; tap++)
    for (int64_t f = 0; f < filters; f++) result[f * stride + tap] = filter[tap * filters + f];
  return result;
}

EQUIPOISE_CLONES void NarrowImageGradient(const Windows &w, int64_t filters, const float *gradient, const float *taps,
                                          float *images, size_t begin, size_t end) {
  switch ((w.filter_height * w.filter_width * w.channels + 15) / 16) {
    case 1: return Images<1>(w, filters, gradient, taps, images, begin, end);
    case 2: return Images<2>(w, filters, gradient, taps, images, begin, end);
    case 3: return Images<3>(w, filters, gradient, taps, images, begin, end);
    case 4: return Images<4>(w, filters, gradient, taps, images, begin, end);
    case 5: return Images<5>(w, filters, gradient, taps, images, begin, end);
    case 6: return Images<6>(w, filters, gradient, taps, images, begin, end);
    case 7: return Images<7>(w, filters, gradient, taps, images, begin, end);
    default: return Images<8>(w, filters, gradient, taps, images, begin, end);
  }
}

}  // namespace equipoise
