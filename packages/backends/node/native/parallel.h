#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace equipoise {

// A few threads that share loops. Lives as long as the process.
class Pool {
 public:
  // Calls `body(begin, end)` for parts of 0 … count, in several threads where it is worth it; `cost` is bytes touched for each of them.
  void For(size_t count, size_t cost, const std::function<void(size_t, size_t)> &body) {
    const size_t parts = std::min({count, threads_, count * cost / kLeastBytes + 1});
    std::unique_lock<std::mutex> owner(owner_, std::try_to_lock);
    if (parts <= 1 || !owner.owns_lock()) return body(0, count);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      body_ = &body;
      count_ = count;
      parts_ = parts;
      next_ = 1;
      open_ = parts - 1;
    }
    wake_.notify_all();
    body(0, count / parts);
    Help();
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return open_ == 0; });
    parts_ = 0;
  }

  static Pool &Get() {
    static Pool *pool = new Pool();
    return *pool;
  }

 private:
  static constexpr size_t kLeastBytes = 256 << 10;

  Pool() : threads_(std::max(1u, std::min(16u, std::thread::hardware_concurrency()))) {
    for (size_t index = 1; index < threads_; index++) std::thread([this] { Work(); }).detach();
  }

  void Work() {
    for (;;) {
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [this] { return next_ < parts_; });
      }
      Help();
    }
  }

  // Takes parts until none is left.
  void Help() {
    for (;;) {
      size_t part, begin, end;
      const std::function<void(size_t, size_t)> *body;
      {
        std::lock_guard<std::mutex> lock(mutex_);
        if (next_ >= parts_) return;
        part = next_++;
        begin = count_ * part / parts_;
        end = count_ * (part + 1) / parts_;
        body = body_;
      }
      (*body)(begin, end);
      std::lock_guard<std::mutex> lock(mutex_);
      if (--open_ == 0) done_.notify_one();
    }
  }

  const size_t threads_;
  std::mutex owner_, mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(size_t, size_t)> *body_ = nullptr;
  size_t count_ = 0, parts_ = 0, next_ = 0, open_ = 0;
};

}  // namespace equipoise
