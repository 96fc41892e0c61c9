#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <ctime>
#include <mutex>
#include <utility>

#include "server/observer.h"

namespace lastword {

/// Bounds how many lines a log takes, so that a flood of events can't flood the disk: a burst, and
/// then so many a second; what is withheld is counted. A token bucket without a clock of its own.
class LineBudget {
 public:
  static constexpr double burst = 1000;
  static constexpr double per_second = 10;

  /// Whether one more line may be written now. `now` never goes back.
  bool take(Clock::time_point now) {
    const std::chrono::duration<double> since = now - std::exchange(last_, now);
    lines_ = std::min(burst, lines_ + since.count() * per_second);
    if (lines_ < 1) {
      ++withheld_;
      return false;
    }
    lines_ -= 1;
    return true;
  }

  /// How many lines were withheld since this was last asked.
  std::uint64_t take_withheld() { return std::exchange(withheld_, 0); }

  /// When there may be a line again, where none may be written now.
  Clock::time_point next_line_at() const {
    const std::chrono::duration<double> wait(std::max(0.0, (1 - lines_) / per_second));
    return last_ + std::chrono::floor<Clock::duration>(wait);
  }

 private:
  double lines_ = burst;
  Clock::time_point last_{};
  std::uint64_t withheld_ = 0;
};

/// A LineBudget for many threads, with a clock. While there is no line to be had, which is always
/// so under load, it costs a look at a coarse clock and a count.
class SharedLineBudget {
 public:
  /// Gives whether one more line may be written, and then sets `withheld` to how many were not
  /// since the last that was.
  bool take(std::uint64_t& withheld) {
    if (coarse_now() < none_before_.load(std::memory_order_relaxed)) {
      withheld_.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
    const std::lock_guard lock(mutex_);
    const bool may_write = budget_.take(Clock::now());
    none_before_ = may_write ? Clock::time_point{} : budget_.next_line_at();
    if (may_write) withheld = take_withheld_locked();
    return may_write;
  }

  /// See LineBudget.
  std::uint64_t take_withheld() {
    const std::lock_guard lock(mutex_);
    return take_withheld_locked();
  }

 private:
  /// Up to a few milliseconds behind Clock, never before it.
  static Clock::time_point coarse_now() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return Clock::time_point(std::chrono::seconds(now.tv_sec) +
                             std::chrono::nanoseconds(now.tv_nsec));
  }
  std::uint64_t take_withheld_locked() { return budget_.take_withheld() + withheld_.exchange(0); }

  std::mutex mutex_;
  LineBudget budget_;                             // guarded by mutex_
  std::atomic<Clock::time_point> none_before_{};  // no line is to be had before
  std::atomic<std::uint64_t> withheld_{0};        // besides those that budget_ knows of
};

}  // namespace lastword
