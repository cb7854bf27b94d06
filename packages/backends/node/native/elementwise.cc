#include "elementwise.h"

#include <algorithm>
#include <cmath>

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

EQUIPOISE_CLONES void GateAbove(const float *__restrict dy, const float *__restrict x, float *__restrict out, size_t begin,
                                size_t end) {
  for (size_t i = begin; i < end; i++) out[i] = x[i] > 0.0f ? dy[i] : 0.0f;
}

EQUIPOISE_CLONES void Relu(const float *__restrict x, float *__restrict out, size_t begin, size_t end) {
  for (size_t i = begin; i < end; i++) out[i] = x[i] < 0.0f ? 0.0f : x[i];
}

EQUIPOISE_CLONES void AddRow(const float *__restrict x, const float *__restrict row, size_t length, float *__restrict out,
                             size_t begin, size_t end) {
  for (size_t i = begin; i < end; i++)
    for (size_t j = 0; j < length; j++) out[i * length + j] = x[i * length + j] + row[j];
}

}  // namespace equipoise
