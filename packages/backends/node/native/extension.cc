#include "extension.h"

#include <cstring>
#include <vector>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "binding/tfjs_backend.h"
#include "call.h"
#include "convolutions.h"
#include "elementwise.h"
#include "narrow.h"
#include "parallel.h"
#include "pooling.h"
#include "products.h"
#include "wide.h"

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

// A number of Adam's state and its successor, which may lie in the same place.
struct State {
  State(Call &call, size_t argument, bool donates, napi_value results, uint32_t index) {
    next = donates ? call.Take(argument, results, index) : nullptr;
    now = next != nullptr ? next : call.Data(argument);
    if (next == nullptr && now != nullptr) next = call.Make(call.Shape(), results, index);
  }
  explicit State(float *only_next) : now(nullptr), next(only_next) {}
  const float *now;
  float *next;
};

// adam(gradient, firstMoment, secondMoment, weight, beta1, beta2, stepSize, epsilon, donates): the numbers of new weight and moments; of
// the update instead of the weight where `weight` is below zero. With `donates` results may take the memory of weight and moments.
napi_value AdamStep(napi_env env, napi_callback_info info) {
  Call call(env, info, 9);
  const bool has_weight = call.Number(3) >= 0, donates = call.Number(8) != 0;
  const float *gradient = call.Data(0);
  if (gradient == nullptr) return nullptr;
  const std::vector<int64_t> shape = call.Shape();
  napi_value results = call.Results();
  const State first(call, 1, donates, results, 1), second(call, 2, donates, results, 2);
  if (first.now == nullptr || second.now == nullptr) return nullptr;
  const State weight = has_weight ? State(call, 3, donates, results, 0) : State(call.Make(shape, results, 0));
  if (has_weight && weight.now == nullptr) return nullptr;
  const float beta1 = call.Number(4), beta2 = call.Number(5), step_size = call.Number(6), epsilon = call.Number(7);
  Pool::Get().For(SizeOf(shape), 28, [&](size_t begin, size_t end) {
    Adam(gradient, first.now, second.now, weight.now, weight.next, first.next, second.next, begin, end, beta1, beta2, step_size,
         epsilon);
  });
  return results;
}

// Runs a loop over the numbers of the tensors that come first among the arguments; the result has their shape.
template <size_t kTensors, typename Loop>
napi_value ForEachNumber(Call &call, const Loop &loop) {
  const float *inputs[kTensors];
  for (size_t index = 0; index < kTensors; index++) {
    inputs[index] = call.Data(index);
    if (inputs[index] == nullptr) return nullptr;
  }
  const std::vector<int64_t> shape = call.Shape();
  napi_value results = call.Results();
  float *out = call.Make(shape, results, 0);
  Pool::Get().For(SizeOf(shape), sizeof(float) * (kTensors + 1),
                  [&](size_t begin, size_t end) { loop(inputs, out, begin, end); });
  return results;
}

// gate(dy, x, low, high)
napi_value GateByRange(napi_env env, napi_callback_info info) {
  Call call(env, info, 4);
  const float low = call.Number(2), high = call.Number(3);
  return ForEachNumber<2>(call, [=](const float *const *inputs, float *out, size_t begin, size_t end) {
    Gate(inputs[0], inputs[1], out, begin, end, low, high);
  });
}

// gateAbove(dy, x)
napi_value GateByZero(napi_env env, napi_callback_info info) {
  Call call(env, info, 2);
  return ForEachNumber<2>(call, [](const float *const *inputs, float *out, size_t begin, size_t end) {
    GateAbove(inputs[0], inputs[1], out, begin, end);
  });
}

// relu(x)
napi_value Rectify(napi_env env, napi_callback_info info) {
  Call call(env, info, 1);
  return ForEachNumber<1>(call, [](const float *const *inputs, float *out, size_t begin, size_t end) {
    Relu(inputs[0], out, begin, end);
  });
}

// addRow(x, row)
napi_value AddRowToRows(napi_env env, napi_callback_info info) {
  Call call(env, info, 2);
  const float *row = call.Data(1), *x = call.Data(0);
  if (x == nullptr || row == nullptr) return nullptr;
  const std::vector<int64_t> shape = call.Shape();
  const size_t length = shape.back();
  napi_value results = call.Results();
  float *out = call.Make(shape, results, 0);
  Pool::Get().For(SizeOf(shape) / std::max<size_t>(length, 1), 8 * length,
                  [&](size_t begin, size_t end) { AddRow(x, row, length, out, begin, end); });
  return results;
}

// The windows that eight arguments describe: filter, strides, first padding, outputs, each height and width; over images of a shape.
Windows WindowsOf(const Call &call, const std::vector<int64_t> &shape, size_t first = 2) {
  const auto at = [&](size_t index) { return static_cast<int64_t>(call.Number(first - 2 + index)); };
  return {shape[0], shape[1], shape[2], shape[3], at(2), at(3), at(4), at(5), at(6), at(7), at(8), at(9)};
}

// maxPool(x, …windows)
napi_value PoolMaxima(napi_env env, napi_callback_info info) {
  Call call(env, info, 9);
  const float *x = call.Data(0);
  if (x == nullptr) return nullptr;
  const std::vector<int64_t> shape = call.Shape();
  const Windows windows = WindowsOf(call, shape, 1);
  napi_value results = call.Results();
  float *out = call.Make({windows.batch, windows.out_height, windows.out_width, windows.channels}, results, 0);
  Pool::Get().For(windows.batch, 4 * SizeOf(shape) / std::max<int64_t>(windows.batch, 1),
                  [&](size_t begin, size_t end) { MaxPool(windows, x, out, begin, end); });
  return results;
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

// The windows of a convolution's gradient, whose arguments 10 and 11 are height and width of the images.
Windows BackWindowsOf(const Call &call, int64_t batch, int64_t channels) {
  return WindowsOf(call, {batch, static_cast<int64_t>(call.Number(10)), static_cast<int64_t>(call.Number(11)), channels});
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
  const Windows windows = BackWindowsOf(call, batch, channels);
  const std::vector<float> taps = TapsOf(windows, filters, filter);
  napi_value results = call.Results();
  float *images = call.Make({batch, windows.height, windows.width, channels}, results, 0);
  Pool::Get().For(batch, 4 * filters * windows.out_height * windows.out_width, [&](size_t begin, size_t end) {
    NarrowImageGradient(windows, filters, dy, taps.data(), images, begin, end);
  });
  return results;
}

// convolve(x, filter, …windows)
napi_value ConvolveImages(napi_env env, napi_callback_info info) {
  Call call(env, info, 10);
  const float *x = call.Data(0);
  if (x == nullptr) return nullptr;
  const Windows windows = WindowsOf(call, call.Shape());
  const float *filter = call.Data(1);
  if (filter == nullptr) return nullptr;
  const int64_t filters = call.Shape()[3];
  napi_value results = call.Results();
  Convolve(windows, filters, x, filter, call.Make({windows.batch, windows.out_height, windows.out_width, filters}, results, 0));
  return results;
}

// imageGradient(dy, filter, …windows, height, width)
napi_value GradientOfImages(napi_env env, napi_callback_info info) {
  Call call(env, info, 12);
  const float *dy = call.Data(0);
  if (dy == nullptr) return nullptr;
  const int64_t batch = call.Shape()[0];
  const float *filter = call.Data(1);
  if (filter == nullptr) return nullptr;
  const int64_t channels = call.Shape()[2], filters = call.Shape()[3];
  const Windows windows = BackWindowsOf(call, batch, channels);
  napi_value results = call.Results();
  ImageGradient(windows, filters, dy, filter, call.Make({batch, windows.height, windows.width, channels}, results, 0));
  return results;
}

// filterGradient(x, dy, …windows)
napi_value GradientOfFilter(napi_env env, napi_callback_info info) {
  Call call(env, info, 10);
  const float *x = call.Data(0);
  if (x == nullptr) return nullptr;
  const Windows windows = WindowsOf(call, call.Shape());
  const float *dy = call.Data(1);
  if (dy == nullptr) return nullptr;
  const int64_t filters = call.Shape()[3];
  napi_value results = call.Results();
  const std::vector<int64_t> shape = {windows.filter_height, windows.filter_width, windows.channels, filters};
  FilterGradient(windows, filters, x, dy, call.Make(shape, results, 0));
  return results;
}

// A factor of a product of batches: matrices, which are the last two axes.
struct Factor {
  Factor(Call &call, size_t index) : data(call.Data(index)) {
    if (data == nullptr) return;
    const std::vector<int64_t> &shape = call.Shape();
    rows = shape[shape.size() - 2];
    columns = shape.back();
    batch.assign(shape.begin(), shape.end() - 2);
    count = SizeOf(batch);
  }

  // One matrix serves for all of a batch.
  Matrices As(bool transposed) const {
    return {data, transposed ? 1 : columns, transposed ? columns : 1, count == 1 ? 0 : rows * columns};
  }

  const float *data;
  std::vector<int64_t> batch;
  int64_t rows = 0, columns = 0, count = 0;
};

// multiply(a, b, transposeA, transposeB): of one batch, or of a batch and a single matrix with no more axes
napi_value MultiplyMatrices(napi_env env, napi_callback_info info) {
  Call call(env, info, 4);
  const bool transpose_a = call.Number(2) != 0, transpose_b = call.Number(3) != 0;
  const Factor a(call, 0);
  if (a.data == nullptr) return nullptr;
  const Factor b(call, 1);
  if (b.data == nullptr) return nullptr;
  const bool has_batch = a.batch.size() > b.batch.size() || (a.batch.size() == b.batch.size() && a.count != 1);
  std::vector<int64_t> shape = has_batch ? a.batch : b.batch;
  const int64_t batch = SizeOf(shape);
  const int64_t m = transpose_a ? a.columns : a.rows, k = transpose_a ? a.rows : a.columns, n = transpose_b ? b.rows : b.columns;
  shape.insert(shape.end(), {m, n});
  napi_value results = call.Results();
  Multiply(a.As(transpose_a), b.As(transpose_b), call.Make(shape, results, 0), batch, m, n, k);
  return results;
}

// useThreads(count): counts before the first loop
napi_value UseThreads(napi_env env, napi_callback_info info) {
  Pool::Get(static_cast<size_t>(Call(env, info, 1).Number(0)));
  return nullptr;
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
  SetFunction(env, extension, "gateAbove", GateByZero, backend);
  SetFunction(env, extension, "relu", Rectify, backend);
  SetFunction(env, extension, "addRow", AddRowToRows, backend);
  SetFunction(env, extension, "maxPool", PoolMaxima, backend);
  SetFunction(env, extension, "scatterToMaxima", Scatter, backend);
  SetFunction(env, extension, "gatherFromMaxima", Gather, backend);
  SetFunction(env, extension, "narrowImageGradient", NarrowImages, backend);
  SetFunction(env, extension, "useThreads", UseThreads, backend);
  if (HasWide()) {
    SetFunction(env, extension, "convolve", ConvolveImages, backend);
    SetFunction(env, extension, "imageGradient", GradientOfImages, backend);
    SetFunction(env, extension, "filterGradient", GradientOfFilter, backend);
    SetFunction(env, extension, "multiply", MultiplyMatrices, backend);
  }
  SetProperty(env, exports, "equipoise", extension);
}

}  // namespace equipoise
