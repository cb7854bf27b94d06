#pragma once

#include <cstdint>

namespace equipoise {

// out[i * out_row + j] = in[i * in_row + j] for i < rows, j < columns.
void CopyRows(const float *in, int64_t in_row, int64_t rows, int64_t columns, float *out, int64_t out_row);

// out[j * out_row + i] = in[i * in_row + j] for i < rows, j < columns.
void Transpose(const float *in, int64_t in_row, int64_t rows, int64_t columns, float *out, int64_t out_row);

}  // namespace equipoise
