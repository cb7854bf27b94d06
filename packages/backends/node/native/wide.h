#pragma once

// Functions made of vectors of 512 bits (x86-64-v4). Elsewhere they are ordinary functions that nobody calls, as HasWide() is false.
#if defined(__linux__) && defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define EQUIPOISE_HAS_X86 1
#define EQUIPOISE_WIDE __attribute__((target("arch=x86-64-v4")))
#else
#define EQUIPOISE_HAS_X86 0
#define EQUIPOISE_WIDE
#endif

namespace equipoise {

// Sixteen numbers side by side, wherever they lie.
typedef float Lanes __attribute__((vector_size(64), aligned(4)));

inline Lanes &LanesAt(float *place) { return *reinterpret_cast<Lanes *>(place); }
inline const Lanes &LanesAt(const float *place) { return *reinterpret_cast<const Lanes *>(place); }

inline bool HasWide() {
#if EQUIPOISE_HAS_X86
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

}  // namespace equipoise
