#pragma once

#include <cstdint>

namespace equipoise {

// Two-dimensional windows over images [batch, height, width, channels].
struct Windows {
  int64_t batch, height, width, channels;
  int64_t filter_height, filter_width, stride_height, stride_width;
  int64_t top, left, out_height, out_width;
};

}  // namespace equipoise
