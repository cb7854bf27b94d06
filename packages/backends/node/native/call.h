#pragma once

#include <cstdint>
#include <vector>

#include "binding/tfjs_backend.h"
#include "extension.h"

namespace equipoise {

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
    return AddResult(Allocate(shape), results, index);
  }

  // The data of a tensor that is an argument, as a result in its place: its number is left with an empty tensor. Null, and nothing done,
  // where its memory has other holders.
  float *Take(size_t argument, napi_value results, uint32_t index) {
    const auto entry = backend_->tfe_handle_map_.find(static_cast<int32_t>(numbers_[argument]));
    if (entry == backend_->tfe_handle_map_.end()) return nullptr;
    TF_Tensor *tensor = TFE_TensorHandleResolve(entry->second, status_);
    if (tensor == nullptr) return nullptr;
    TFE_DeleteTensorHandle(entry->second);
    TF_Tensor *moved = TF_TensorType(tensor) == TF_FLOAT ? TF_TensorMaybeMove(tensor) : nullptr;
    TF_Tensor *left = moved == nullptr ? tensor : Allocate({0});
    entry->second = TFE_NewTensorHandle(left, status_);
    TF_DeleteTensor(left);
    return moved == nullptr ? nullptr : AddResult(moved, results, index);
  }

  napi_value Results() {
    napi_value results;
    napi_create_array(env_, &results);
    return results;
  }

 private:
  TF_Tensor *Allocate(const std::vector<int64_t> &shape) {
    size_t bytes = sizeof(float);
    for (const int64_t length : shape) bytes *= length;
    return TF_AllocateTensor(TF_FLOAT, shape.data(), shape.size(), bytes);
  }

  float *AddResult(TF_Tensor *tensor, napi_value results, uint32_t index) {
    napi_value id;
    napi_create_int32(env_, backend_->InsertHandle(TFE_NewTensorHandle(tensor, status_)), &id);
    napi_set_element(env_, results, index, id);
    tensors_.push_back(tensor);
    return static_cast<float *>(TF_TensorData(tensor));
  }

  napi_env env_;
  tfnodejs::TFJSBackend *backend_;
  TF_Status *status_ = TF_NewStatus();
  std::vector<double> numbers_;
  std::vector<TF_Tensor *> tensors_;
  std::vector<int64_t> shape_;
};

inline size_t SizeOf(const std::vector<int64_t> &shape) {
  size_t size = 1;
  for (const int64_t length : shape) size *= length;
  return size;
}

}  // namespace equipoise
