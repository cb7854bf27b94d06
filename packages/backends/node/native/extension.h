#pragma once

#include <node_api.h>
#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"

namespace tfnodejs {
class TFJSBackend;
}

// What Equipoise adds to TensorFlow.js's binding. Included in front of each of its files.
namespace equipoise {

// Applies the global `equipoiseTensorflowConfig` (a serialised ConfigProto in a Uint8Array), if there is one, to a new context.
void ConfigureContext(napi_env env, TFE_ContextOptions *options);

// A tensor with a copy of the data, which are given back at once: TensorFlow may free a tensor in any thread, JavaScript's memory may not.
TF_Tensor *CopyTensor(TF_DataType dtype, const int64_t *shape, int rank, void *data, size_t bytes,
                      void (*deallocate)(void *, size_t, void *), void *argument);

// Adds `equipoise` with this package's functions to the binding.
void Extend(napi_env env, napi_value exports, tfnodejs::TFJSBackend *backend);

}  // namespace equipoise
