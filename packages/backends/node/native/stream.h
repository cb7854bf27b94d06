#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __SSE__
#include <xmmintrin.h>
#endif

namespace equipoise {

// Copies past the caches, what does not fit into them anyway: a place that is written need not be read first.
inline void CopyStreamed(const float *from, float *to, size_t count) {
#ifdef __SSE__
  size_t i = 0;
  for (; i < count && reinterpret_cast<uintptr_t>(to + i) % 16 != 0; i++) to[i] = from[i];
  for (; i + 4 <= count; i += 4) _mm_stream_ps(to + i, _mm_loadu_ps(from + i));
  for (; i < count; i++) to[i] = from[i];
#else
  std::memcpy(to, from, count * sizeof(float));
#endif
}

// What was streamed is there for other threads afterwards.
inline void EndStreams() {
#ifdef __SSE__
  _mm_sfence();
#endif
}

}  // namespace equipoise
