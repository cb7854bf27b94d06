#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace equipoise {

// A few threads that share loops. Lives as long as the process.
class Pool {
 public:
  // Calls `body(begin, end)` for parts of 0 … count, in several threads where it is worth it; `cost` is bytes touched for each of them.
  void For(size_t count, size_t cost, const std::function<void(size_t, size_t)> &body) {
    const size_t parts = std::min({count, threads_, count * cost / kLeastBytes + 1});
    Run(parts, [&](size_t part) { body(count * part / parts, count * (part + 1) / parts); });
  }

  // Calls `body(task)` for tasks 0 … count, each thread taking the next one; `work` is the number of multiplications in all.
  void Share(size_t count, size_t work, const std::function<void(size_t)> &body) {
    if (work >= kLeastWork) return Run(count, body);
    for (size_t task = 0; task < count; task++) body(task);
  }

  size_t Threads() const { return threads_; }

  // `threads` counts for the first call in a process.
  static Pool &Get(size_t threads = std::thread::hardware_concurrency()) {
    static Pool *pool = new Pool(threads);
    return *pool;
  }

 private:
  static constexpr size_t kLeastBytes = 256 << 10;
  static constexpr size_t kLeastWork = 1 << 20;
  static constexpr size_t kMostThreads = 64;
  // A thread looks for work so long before it sleeps: waking it takes longer than most loops.
  static constexpr std::chrono::microseconds kPatience{300};

  explicit Pool(size_t threads) : threads_(std::clamp<size_t>(threads, 1, kMostThreads)) {
    for (size_t index = 1; index < threads_; index++) std::thread([this] { Work(); }).detach();
  }

  void Run(size_t tasks, const std::function<void(size_t)> &body) {
    std::unique_lock<std::mutex> owner(owner_, std::try_to_lock);
    if (tasks <= 1 || !owner.owns_lock()) {
      for (size_t task = 0; task < tasks; task++) body(task);
      return;
    }
    {
      std::lock_guard<std::mutex> lock(mutex_);
      body_ = &body;
      tasks_ = tasks;
      open_ = tasks;
      next_ = 0;
    }
    wake_.notify_all();
    Help();
    if (WaitsFor([this] { return open_ == 0; })) return;
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return open_ == 0; });
  }

  void Work() {
    for (;;) {
      if (!WaitsFor([this] { return next_ < tasks_; })) {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [this] { return next_ < tasks_; });
      }
      Help();
    }
  }

  // Takes tasks until none is left.
  void Help() {
    for (;;) {
      size_t task;
      const std::function<void(size_t)> *body;
      {
        std::lock_guard<std::mutex> lock(mutex_);
        if (next_ >= tasks_) return;
        task = next_++;
        body = body_;
      }
      (*body)(task);
      std::lock_guard<std::mutex> lock(mutex_);
      if (--open_ == 0) done_.notify_one();
    }
  }

  // Whether something comes true before the patience ends.
  template <typename Condition>
  bool WaitsFor(const Condition &condition) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    do {
      for (int i = 0; i < 64; i++)
        if (condition()) return true;
    } while (std::chrono::steady_clock::now() < end);
    return false;
  }

  const size_t threads_;
  std::mutex owner_, mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(size_t)> *body_ = nullptr;
  std::atomic<size_t> tasks_{0}, next_{0}, open_{0};
};

}  // namespace equipoise
