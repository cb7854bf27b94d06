#pragma once

#include <cstddef>

namespace equipoise {

// All are for numbers (rows) begin … end.

// Adam's rule; results may lie in the place of what they follow. See ADAM_UPDATE_KERNEL and, where `weight` is not null, ADAM_STEP_KERNEL in @equipoise/kit.
void Adam(const float *gradient, const float *first, const float *second, const float *weight, float *out, float *new_first,
          float *new_second, size_t begin, size_t end, float beta1, float beta2, float step_size, float epsilon);

// `dy` where low <= x <= high, else 0.
void Gate(const float *dy, const float *x, float *out, size_t begin, size_t end, float low, float high);

// `dy` where x > 0, else 0.
void GateAbove(const float *dy, const float *x, float *out, size_t begin, size_t end);

// x where it is above 0 or no number, else 0.
void Relu(const float *x, float *out, size_t begin, size_t end);

// Adds a row of numbers to each row.
void AddRow(const float *x, const float *row, size_t length, float *out, size_t begin, size_t end);

}  // namespace equipoise
