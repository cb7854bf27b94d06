#include "extension.h"

#include <cstring>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "binding/tfjs_backend.h"

namespace equipoise {

namespace {

// Keeps freed memory for the next tensor: fresh pages cost more than most kernels, above all in virtual machines.
void KeepFreedMemory() {
#ifdef __GLIBC__
  const int gibibyte = 1 << 30;
  if (!mallopt(M_MMAP_THRESHOLD, gibibyte)) mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, gibibyte);
#endif
}

void SetProperty(napi_env env, napi_value object, const char *name, napi_value value) {
  napi_set_named_property(env, object, name, value);
}

void SetString(napi_env env, napi_value object, const char *name, const char *text) {
  napi_value value;
  if (napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value) == napi_ok) SetProperty(env, object, name, value);
}

// The devices of the context: `{ name, type, memory }` in bytes.
napi_value Devices(napi_env env, napi_callback_info info) {
  void *data = nullptr;
  napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
  auto *backend = static_cast<tfnodejs::TFJSBackend *>(data);
  TF_Status *status = TF_NewStatus();
  TF_DeviceList *list = TFE_ContextListDevices(backend->tfe_context_, status);
  napi_value result;
  napi_create_array(env, &result);
  const int count = TF_GetCode(status) == TF_OK ? TF_DeviceListCount(list) : 0;
  for (int index = 0; index < count; index++) {
    napi_value device, memory;
    napi_create_object(env, &device);
    SetString(env, device, "name", TF_DeviceListName(list, index, status));
    SetString(env, device, "type", TF_DeviceListType(list, index, status));
    napi_create_double(env, static_cast<double>(TF_DeviceListMemoryBytes(list, index, status)), &memory);
    SetProperty(env, device, "memory", memory);
    napi_set_element(env, result, index, device);
  }
  if (list != nullptr) TF_DeleteDeviceList(list);
  TF_DeleteStatus(status);
  return result;
}

void SetFunction(napi_env env, napi_value object, const char *name, napi_callback function, void *data) {
  napi_value value;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, function, data, &value) == napi_ok)
    SetProperty(env, object, name, value);
}

}  // namespace

void ConfigureContext(napi_env env, TFE_ContextOptions *options) {
  KeepFreedMemory();
  napi_value global, value;
  bool is_array = false;
  if (napi_get_global(env, &global) != napi_ok) return;
  if (napi_get_named_property(env, global, "equipoiseTensorflowConfig", &value) != napi_ok) return;
  if (napi_is_typedarray(env, value, &is_array) != napi_ok || !is_array) return;
  napi_typedarray_type type;
  size_t length;
  void *data;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr) != napi_ok) return;
  TF_Status *status = TF_NewStatus();
  TFE_ContextOptionsSetConfig(options, data, length, status);
  if (TF_GetCode(status) != TF_OK) napi_throw_error(env, nullptr, TF_Message(status));
  TF_DeleteStatus(status);
}

TF_Tensor *CopyTensor(TF_DataType dtype, const int64_t *shape, int rank, void *data, size_t bytes,
                      void (*deallocate)(void *, size_t, void *), void *argument) {
  TF_Tensor *tensor = TF_AllocateTensor(dtype, shape, rank, bytes);
  if (bytes > 0) std::memcpy(TF_TensorData(tensor), data, bytes);
  deallocate(data, bytes, argument);
  return tensor;
}

void Extend(napi_env env, napi_value exports, tfnodejs::TFJSBackend *backend) {
  napi_value extension;
  if (napi_create_object(env, &extension) != napi_ok) return;
  SetFunction(env, extension, "devices", Devices, backend);
  SetProperty(env, exports, "equipoise", extension);
}

}  // namespace equipoise
