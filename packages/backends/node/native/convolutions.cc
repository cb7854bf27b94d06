#include "convolutions.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "parallel.h"
#include "tile.h"

namespace equipoise {

namespace {

// Filters that are done together, and how many rows of their weights (of their output gradients) stay in the nearest cache.
constexpr int64_t kStrip = 64, kDepth = 1024;
constexpr int64_t kGradientStrip = 64, kGradientDepth = 96;
constexpr int64_t kMostSums = 16 << 20;  // numbers that gradients of filters may take up before they are added up

// What the windows see of an image, with the zeros around it.
struct Padded {
  explicit Padded(const Windows &w)
      : height((w.out_height - 1) * w.stride_height + w.filter_height),
        width((w.out_width - 1) * w.stride_width + w.filter_width) {}
  int64_t height, width;
};

// The image with its padding: in `scratch`, or as it is where it has none.
const float *Pad(const Windows &w, const Padded &padded, const float *image, std::vector<float> &scratch) {
  if (w.top == 0 && w.left == 0 && padded.height <= w.height && padded.width == w.width) return image;
  scratch.assign(padded.height * padded.width * w.channels, 0.0f);
  // Neither is above 0 where all windows lie in the padding.
  const int64_t columns = std::min(w.width, padded.width - w.left), rows = std::min(w.height, padded.height - w.top);
  for (int64_t y = 0; y < rows && columns > 0; y++)
    std::memcpy(scratch.data() + ((y + w.top) * padded.width + w.left) * w.channels, image + y * w.width * w.channels,
                columns * w.channels * sizeof(float));
  return scratch.data();
}

// Where each output's window begins in a padded image.
std::vector<int64_t> Origins(const Windows &w, const Padded &padded) {
  std::vector<int64_t> origins;
  origins.reserve(w.out_height * w.out_width);
  for (int64_t y = 0; y < w.out_height; y++)
    for (int64_t x = 0; x < w.out_width; x++)
      origins.push_back((y * w.stride_height * padded.width + x * w.stride_width) * w.channels);
  return origins;
}

// Strips of the columns of a matrix of weights, one after the other; `at(row, column)` is a weight.
template <typename Weight>
std::vector<float> Strips(int64_t rows, int64_t columns, const Weight &at) {
  std::vector<float> strips(rows * columns);
  float *to = strips.data();
  for (int64_t first = 0; first < columns; first += kStrip)
    for (int64_t row = 0; row < rows; row++)
      for (int64_t column = first; column < std::min(first + kStrip, columns); column++) *to++ = at(row, column);
  return strips;
}

// The outputs of an image for a strip of `width` filters, by parts of their weights that stay in the nearest cache.
void ConvolveStrip(const Windows &w, const Padded &padded, const std::vector<int64_t> &origins, const float *image,
                   const float *strip, int64_t width, float *out, int64_t filters) {
  const int64_t row = w.filter_width * w.channels, pitch = padded.width * w.channels;
  const int64_t parts = (row + kDepth - 1) / kDepth, lines = std::max<int64_t>(1, kDepth / row);
  const int64_t pixels = origins.size(), most = kMostRows(width / 16), tiles = (pixels + most - 1) / most;
  for (int64_t line = 0; line < w.filter_height; line += lines) {
    for (int64_t part = 0; part < parts; part++) {
      const int64_t from = row * part / parts, length = row * (part + 1) / parts - from;
      Factors factors = {image + line * pitch + from, nullptr, pitch, 1, strip + (line * row + from) * width, row * width, width,
                         std::min(lines, w.filter_height - line), length, true};
      for (int64_t tile = 0; tile < tiles; tile++) {
        const int64_t pixel = pixels * tile / tiles, count = pixels * (tile + 1) / tiles - pixel;
        factors.rows = origins.data() + pixel;
        Tile(count, width / 16, factors, out + pixel * filters, filters, line + part > 0 ? Store::kAdd : Store::kWrite);
      }
    }
  }
}

void ConvolveStrips(const Windows &w, int64_t filters, const float *x, const std::vector<float> &strips, float *out) {
  const Padded padded(w);
  const std::vector<int64_t> origins = Origins(w, padded);
  const int64_t rows = w.filter_height * w.filter_width * w.channels, pixels = origins.size();
  Pool::Get().Share(w.batch, w.batch * pixels * rows * filters, [&](size_t n) {
    static thread_local std::vector<float> scratch;
    const float *image = Pad(w, padded, x + n * w.height * w.width * w.channels, scratch);
    for (int64_t first = 0; first < filters; first += kStrip)
      ConvolveStrip(w, padded, origins, image, strips.data() + first * rows, std::min(kStrip, filters - first),
                    out + n * pixels * filters + first, filters);
  });
}

// Adds the gradient of a strip of filters that an image gives, by rows of outputs whose gradients stay in the nearest cache.
void AddStripGradient(const Windows &w, const Padded &padded, const float *image, const float *dy, int64_t width,
                      float *out, int64_t filters) {
  static constexpr int64_t kRows[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const int64_t row = w.filter_width * w.channels, pitch = padded.width * w.channels;
  const int64_t lines = std::max<int64_t>(1, kGradientDepth / w.out_width);
  const int64_t most = kMostRows(width / 16), tiles = (row + most - 1) / most;
  for (int64_t line = 0; line < w.out_height; line += lines) {
    for (int64_t y = 0; y < w.filter_height; y++) {
      const float *from = image + (line * w.stride_height + y) * pitch;
      for (int64_t tile = 0; tile < tiles; tile++) {
        const int64_t tap = row * tile / tiles, count = row * (tile + 1) / tiles - tap;
        const Factors factors = {from + tap, kRows, w.stride_height * pitch, w.stride_width * w.channels,
                                 dy + line * w.out_width * filters, w.out_width * filters, filters,
                                 std::min(lines, w.out_height - line), w.out_width};
        Tile(count, width / 16, factors, out + (y * row + tap) * filters, filters, Store::kAdd);
      }
    }
  }
}

}  // namespace

void Convolve(const Windows &w, int64_t filters, const float *x, const float *filter, float *out) {
  const int64_t rows = w.filter_height * w.filter_width * w.channels;
  const auto weight = [&](int64_t row, int64_t column) { return filter[row * filters + column]; };
  ConvolveStrips(w, filters, x, Strips(rows, filters, weight), out);
}

// The convolution of the padded gradients with the filter turned around.
void ImageGradient(const Windows &w, int64_t filters, const float *dy, const float *filter, float *out) {
  const Windows back = {w.batch, w.out_height, w.out_width, filters, w.filter_height, w.filter_width, 1, 1,
                        w.filter_height - 1 - w.top, w.filter_width - 1 - w.left, w.height, w.width};
  const int64_t taps = w.filter_height * w.filter_width;
  const auto weight = [&](int64_t row, int64_t channel) {
    return filter[((taps - 1 - row / filters) * w.channels + channel) * filters + row % filters];
  };
  ConvolveStrips(back, w.channels, dy, Strips(taps * filters, w.channels, weight), out);
}

void FilterGradient(const Windows &w, int64_t filters, const float *x, const float *dy, float *out) {
  const Padded padded(w);
  Pool &pool = Pool::Get();
  const int64_t size = w.filter_height * w.filter_width * w.channels * filters, pixels = w.out_height * w.out_width;
  const int64_t most = std::clamp<int64_t>(kMostSums / size, 1, 4 * pool.Threads()), groups = std::min(w.batch, most);
  std::vector<float> sums(groups * size, 0.0f);
  pool.Share(groups, w.batch * pixels * size, [&](int64_t group) {
    static thread_local std::vector<float> scratch;
    for (int64_t n = w.batch * group / groups; n < w.batch * (group + 1) / groups; n++) {
      const float *image = Pad(w, padded, x + n * w.height * w.width * w.channels, scratch);
      for (int64_t first = 0; first < filters; first += kGradientStrip)
        AddStripGradient(w, padded, image, dy + n * pixels * filters + first, std::min(kGradientStrip, filters - first),
                         sums.data() + group * size + first, filters);
    }
  });
  std::memcpy(out, sums.data(), size * sizeof(float));
  for (int64_t group = 1; group < groups; group++)
    for (int64_t i = 0; i < size; i++) out[i] += sums[group * size + i];
}

}  // namespace equipoise
