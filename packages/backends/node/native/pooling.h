#pragma once

#include <cstddef>

#include "windows.h"

namespace equipoise {

// All are for images begin … end.

// The largest number of each window; the lowest of all where a window lies in the padding.
void MaxPool(const Windows &windows, const float *x, float *out, size_t begin, size_t end);

// Puts each entry of `dy` at the place of its window's first maximum of x.
void ScatterToMaxima(const Windows &windows, const float *x, const float *dy, float *dx, size_t begin, size_t end);

// Takes `u` at the place of each window's first maximum of x.
void GatherFromMaxima(const Windows &windows, const float *x, const float *u, float *out, size_t begin, size_t end);

}  // namespace equipoise
