#pragma once

#include <cstddef>
#include <cstdint>

namespace equipoise {

// Two-dimensional windows over images [batch, height, width, channels].
struct Windows {
  int64_t batch, height, width, channels;
  int64_t filter_height, filter_width, stride_height, stride_width;
  int64_t top, left, out_height, out_width;
};

// Adam's rule for numbers begin … end; results may lie in the place of what they follow. See ADAM_UPDATE_KERNEL and, where `weight` is not null, ADAM_STEP_KERNEL in @equipoise/kit.
void Adam(const float *gradient, const float *first, const float *second, const float *weight, float *out, float *new_first,
          float *new_second, size_t begin, size_t end, float beta1, float beta2, float step_size, float epsilon);

// `dy` where low <= x <= high, else 0.
void Gate(const float *dy, const float *x, float *out, size_t begin, size_t end, float low, float high);

// Puts each entry of `dy` at the place of its window's first maximum of x, for images begin … end.
void ScatterToMaxima(const Windows &windows, const float *x, const float *dy, float *dx, size_t begin, size_t end);

// Takes `u` at the place of each window's first maximum of x, for images begin … end.
void GatherFromMaxima(const Windows &windows, const float *x, const float *u, float *out, size_t begin, size_t end);

}  // namespace equipoise
