#pragma once

#include <cassert>
#include <coroutine>
#include <optional>
#include <utility>

#include "server/frame_memory.h"

namespace lastword {

template <class T>
class Task;

namespace detail {

/// What every Task's coroutine does at its two ends: it starts when awaited, and resumes whoever
/// awaits it when it is over.
struct TaskPromiseBase {
  struct ResumeAwaiting {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> finished) noexcept {
      return finished.promise().awaiting;
    }
    void await_resume() const noexcept {}
  };

  static void* operator new(std::size_t size) { return FrameMemory::allocate(size); }
  static void operator delete(void* frame, std::size_t size) { FrameMemory::release(frame, size); }

  std::suspend_always initial_suspend() const noexcept { return {}; }
  ResumeAwaiting final_suspend() const noexcept { return {}; }
  void unhandled_exception() const { throw; }

  std::coroutine_handle<> awaiting = std::noop_coroutine();
};

template <class T>
struct TaskPromise : TaskPromiseBase {
  Task<T> get_return_object();
  void return_value(T result) { value.emplace(std::move(result)); }
  T take() { return std::move(*value); }

  std::optional<T> value;
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
  Task<void> get_return_object();
  void return_void() const noexcept {}
  void take() const noexcept {}
};

}  // namespace detail

/// A coroutine that starts when it is awaited, or by start(), and owns its frame.
///
/// An exception that leaves it does not reach whoever awaits it, but whoever resumed it last: it
/// ends the whole chain of tasks, and the outermost is then to be destroyed. So no task pays for an
/// exception that it may have to keep.
template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() { destroy(); }

  /// Runs until it first suspends, or ends. Throws what leaves it, or a task that it awaits.
  void start() { handle_.resume(); }

  bool is_done() const { return handle_.done(); }

  /// Whether it has not been destroyed.
  explicit operator bool() const { return bool(handle_); }

  /// Ends it wherever it is suspended, with all that it keeps and awaits.
  void destroy() {
    if (handle_) std::exchange(handle_, nullptr).destroy();
  }

  /// The result of a task that is done. Once.
  T take() {
    assert(is_done());
    return handle_.promise().take();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
    handle_.promise().awaiting = awaiting;
    return handle_;
  }
  T await_resume() { return take(); }

 private:
  Handle handle_;
};

template <class T>
Task<T> detail::TaskPromise<T>::get_return_object() {
  return Task<T>(Task<T>::Handle::from_promise(*this));
}

inline Task<void> detail::TaskPromise<void>::get_return_object() {
  return Task<void>(Task<void>::Handle::from_promise(*this));
}

/// An awaitable whose value is there already, because whoever made it has waited for it: what every
/// wait is in a blocking engine.
template <class T = void>
struct Ready {
  T value;
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  T await_resume() { return std::move(value); }
};

template <>
struct Ready<void> {
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  void await_resume() const noexcept {}
};

}  // namespace lastword
