#pragma once

#include "windows.h"

namespace equipoise {

// Convolutions of images [batch, height, width, channels] with filters [height, width, channels, filters], and their gradients. They are
// products of matrices whose rows are windows of the padded images: no window is copied. All need HasWide().

// The number of filters is a multiple of 16.
void Convolve(const Windows &windows, int64_t filters, const float *x, const float *filter, float *out);

// The gradient of the images, where strides are 1 and the number of channels is a multiple of 16.
void ImageGradient(const Windows &windows, int64_t filters, const float *dy, const float *filter, float *out);

// The gradient of the filter; the number of filters is a multiple of 16.
void FilterGradient(const Windows &windows, int64_t filters, const float *x, const float *dy, float *out);

}  // namespace equipoise
