#include "server/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <new>
#include <string>

namespace lastword {
namespace {

/// Suspends until somebody resumes it: what a wait is on a loop.
struct Pause {
  std::coroutine_handle<>* waiting;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) noexcept { *waiting = handle; }
  void await_resume() const noexcept {}
};

Task<int> add(int a, int b) { co_return a + b; }

Task<std::string> sum_of(int a, int b) {
  const int sum = co_await add(a, b);
  co_return std::to_string(sum);
}

TEST(Task, RunsThroughWhereNothingSuspends) {
  Task<std::string> task = sum_of(1, 2);
  EXPECT_FALSE(task.is_done()) << "it starts when it is told to";
  task.start();
  ASSERT_TRUE(task.is_done());
  EXPECT_EQ(task.take(), "3");
}

Task<int> after(std::coroutine_handle<>* waiting, int value) {
  co_await Pause{waiting};
  co_return value;
}

Task<int> twice(std::coroutine_handle<>* waiting) {
  const int one = co_await after(waiting, 20);
  const int other = co_await after(waiting, 22);
  co_return one + other;
}

TEST(Task, ResumesWhoeverAwaitsIt) {
  std::coroutine_handle<> waiting;
  Task<int> task = twice(&waiting);
  task.start();
  EXPECT_FALSE(task.is_done());
  waiting.resume();
  EXPECT_FALSE(task.is_done());
  waiting.resume();
  ASSERT_TRUE(task.is_done());
  EXPECT_EQ(task.take(), 42);
}

Task<> fails() {
  throw std::bad_alloc();
  co_return;
}

Task<> passes_on(std::shared_ptr<int>, std::coroutine_handle<>* waiting) {
  co_await Pause{waiting};
  co_await fails();
}

TEST(Task, AnExceptionReachesWhoeverResumedItAndEndsTheWholeChain) {
  const auto kept = std::make_shared<int>(1);
  std::coroutine_handle<> waiting;
  Task<> task = passes_on(kept, &waiting);
  task.start();
  EXPECT_THROW(waiting.resume(), std::bad_alloc);
  task.destroy();
  EXPECT_EQ(kept.use_count(), 1) << "and frees what the chain kept";
}

Task<> keeps(std::shared_ptr<int>, std::coroutine_handle<>* waiting) { co_await Pause{waiting}; }

TEST(Task, FreesWhatASuspendedCoroutineKeeps) {
  const auto kept = std::make_shared<int>(1);
  std::coroutine_handle<> waiting;
  {
    Task<> task = keeps(kept, &waiting);
    task.start();
    EXPECT_GT(kept.use_count(), 1);
  }
  EXPECT_EQ(kept.use_count(), 1);
}

}  // namespace
}  // namespace lastword
