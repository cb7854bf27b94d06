#include "extension.h"

#include <cstring>
#include <vector>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "binding/tfjs_backend.h"
#include "loops.h"
#include "narrow.h"
#include "parallel.h"

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

// The arguments of a call: numbers, the first of which may be tensors.
class Call {
 public:
  Call(napi_env env, napi_callback_info info, size_t count) : env_(env), numbers_(count) {
    std::vector<napi_value> values(count);
    void *data = nullptr;
    napi_get_cb_info(env, info, &count, values.data(), nullptr, &data);
    backend_ = static_cast<tfnodejs::TFJSBackend *>(data);
    for (size_t index = 0; index < numbers_.size(); index++) napi_get_value_double(env, values[index], &numbers_[index]);
  }

  ~Call() {
    for (TF_Tensor *tensor : tensors_) TF_DeleteTensor(tensor);
    TF_DeleteStatus(status_);
  }

  double Number(size_t index) const { return numbers_[index]; }

  // The data of the tensor whose number is an argument; null, and a JavaScript error, if there is none on this machine.
  const float *Data(size_t index) {
    const auto entry = backend_->tfe_handle_map_.find(static_cast<int32_t>(numbers_[index]));
    TF_Tensor *tensor =
        entry == backend_->tfe_handle_map_.end() ? nullptr : TFE_TensorHandleResolve(entry->second, status_);
    if (tensor == nullptr || TF_TensorType(tensor) != TF_FLOAT) {
      if (tensor != nullptr) TF_DeleteTensor(tensor);
      napi_throw_error(env_, nullptr, "There is no tensor of float32 numbers here.");
      return nullptr;
    }
    tensors_.push_back(tensor);
    shape_.clear();
    for (int axis = 0; axis < TF_NumDims(tensor); axis++) shape_.push_back(TF_Dim(tensor, axis));
    return static_cast<const float *>(TF_TensorData(tensor));
  }

  // The shape of the tensor that was asked for last.
  const std::vector<int64_t> &Shape() const { return shape_; }

  // A new tensor; `results` gets its number.
  float *Make(const std::vector<int64_t> &shape, napi_value results, uint32_t index) {
    size_t bytes = sizeof(float);
    for (const int64_t length : shape) bytes *= length;
    TF_Tensor *tensor = TF_AllocateTensor(TF_FLOAT, shape.data(), shape.size(), bytes);
    float *data = static_cast<float *>(TF_TensorData(tensor));
    napi_value id;
    napi_create_int32(env_, backend_->InsertHandle(TFE_NewTensorHandle(tensor, status_)), &id);
    napi_set_element(env_, results, index, id);
    tensors_.push_back(tensor);
    return data;
  }

  napi_value Results() {
    napi_value results;
    napi_create_array(env_, &results);
    return results;
  }

 private:
  napi_env env_;
  tfnodejs::TFJSBackend *backend_;
  TF_Status *status_ = TF_NewStatus();
  std::vector<double> numbers_;
  std::vector<TF_Tensor *> tensors_;
  std::vector<int64_t> shape_;
};

size_t SizeOf(const std::vector<int64_t> &shape) {
  size_t size = 1;
  for (const int64_t length : shape) size *= length;
  return size;
}

// adam(gradient, firstMoment, secondMoment, weight, beta1, beta2, stepSize, epsilon): the numbers of new weight and moments; of the
// update instead of the weight where `weight` is below zero.
napi_value AdamStep(napi_env env, napi_callback_info info) {
  Call call(env, info, 8);
  const bool has_weight = call.Number(3) >= 0;
  const float *gradient = call.Data(0), *first = call.Data(1), *second = call.Data(2);
  const float *weight = has_weight ? call.Data(3) : nullptr;
  if (gradient == nullptr || first == nullptr || second == nullptr || (has_weight && weight == nullptr)) return nullptr;
  const std::vector<int64_t> shape = call.Shape();
  napi_value results = call.Results();
  float *out = call.Make(shape, results, 0), *new_first = call.Make(shape, results, 1);
  float *new_second = call.Make(shape, results, 2);
  const float beta1 = call.Number(4), beta2 = call.Number(5), step_size = call.Number(6), epsilon = call.Number(7);
  Pool::Get().For(SizeOf(shape), 28, [&](size_t begin, size_t end) {
    Adam(gradient, first, second, weight, out, new_first, new_second, begin, end, beta1, beta2, step_size, epsilon);
  });
  return results;
}

// gate(dy, x, low, high)
napi_value GateByRange(napi_env env, napi_callback_info info) {
  Call call(env, info, 4);
  const float *dy = call.Data(0), *x = call.Data(1);
  if (dy == nullptr || x == nullptr) return nullptr;
  const std::vector<int64_t> shape = call.Shape();
  napi_value results = call.Results();
  float *out = call.Make(shape, results, 0);
  const float low = call.Number(2), high = call.Number(3);
  Pool::Get().For(SizeOf(shape), 12, [&](size_t begin, size_t end) { Gate(dy, x, out, begin, end, low, high); });
  return results;
}

// The windows that arguments 2 … 9 describe: filter, strides, first padding, outputs, each height and width; over images of a shape.
Windows WindowsOf(const Call &call, const std::vector<int64_t> &shape) {
  const auto at = [&](size_t index) { return static_cast<int64_t>(call.Number(index)); };
  return {shape[0], shape[1], shape[2], shape[3], at(2), at(3), at(4), at(5), at(6), at(7), at(8), at(9)};
}

// scatterToMaxima(dy, x, …windows)
napi_value Scatter(napi_env env, napi_callback_info info) {
  Call call(env, info, 10);
  const float *dy = call.Data(0), *x = call.Data(1);
  if (dy == nullptr || x == nullptr) return nullptr;
  const std::vector<int64_t> shape = call.Shape();
  const Windows windows = WindowsOf(call, shape);
  napi_value results = call.Results();
  float *dx = call.Make(shape, results, 0);
  Pool::Get().For(windows.batch, 8 * SizeOf(shape) / std::max<int64_t>(windows.batch, 1),
                  [&](size_t begin, size_t end) { ScatterToMaxima(windows, x, dy, dx, begin, end); });
  return results;
}

// narrowImageGradient(dy, filter, …windows, height, width): of a convolution
napi_value NarrowImages(napi_env env, napi_callback_info info) {
  Call call(env, info, 12);
  const float *dy = call.Data(0);
  if (dy == nullptr) return nullptr;
  const int64_t batch = call.Shape()[0];
  const float *filter = call.Data(1);
  if (filter == nullptr) return nullptr;
  const int64_t channels = call.Shape()[2], filters = call.Shape()[3];
  const std::vector<int64_t> shape = {batch, static_cast<int64_t>(call.Number(10)), static_cast<int64_t>(call.Number(11)),
                                      channels};
  const Windows windows = WindowsOf(call, shape);
  const std::vector<float> taps = TapsOf(windows, filters, filter);
  napi_value results = call.Results();
  float *images = call.Make(shape, results, 0);
  Pool::Get().For(batch, 4 * filters * windows.out_height * windows.out_width, [&](size_t begin, size_t end) {
    NarrowImageGradient(windows, filters, dy, taps.data(), images, begin, end);
  });
  return results;
}

// gatherFromMaxima(u, x, …windows)
napi_value Gather(napi_env env, napi_callback_info info) {
  Call call(env, info, 10);
  const float *u = call.Data(0), *x = call.Data(1);
  if (u == nullptr || x == nullptr) return nullptr;
  const std::vector<int64_t> shape = call.Shape();
  const Windows windows = WindowsOf(call, shape);
  napi_value results = call.Results();
  float *out = call.Make({windows.batch, windows.out_height, windows.out_width, windows.channels}, results, 0);
  Pool::Get().For(windows.batch, 8 * SizeOf(shape) / std::max<int64_t>(windows.batch, 1),
                  [&](size_t begin, size_t end) { GatherFromMaxima(windows, x, u, out, begin, end); });
  return results;
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
  SetFunction(env, extension, "adam", AdamStep, backend);
  SetFunction(env, extension, "gate", GateByRange, backend);
  SetFunction(env, extension, "scatterToMaxima", Scatter, backend);
  SetFunction(env, extension, "gatherFromMaxima", Gather, backend);
  SetFunction(env, extension, "narrowImageGradient", NarrowImages, backend);
  SetProperty(env, exports, "equipoise", extension);
}

}  // namespace equipoise
