#pragma once

#include <vector>

#include "windows.h"

namespace equipoise {

// The filter [height, width, channels, filters] as rows of taps, one for each of the filters, filled up to sixteens.
std::vector<float> TapsOf(const Windows &windows, int64_t filters, const float *filter);

// The gradient of the images of a convolution whose filters have at most 128 taps, for images begin … end: every output pixel adds the
// sum of its taps to what it saw. General kernels are slow here because a pixel has one number or three, not a vector of them.
void NarrowImageGradient(const Windows &windows, int64_t filters, const float *gradient, const float *taps, float *images,
                         size_t begin, size_t end);

}  // namespace equipoise
