#pragma once

#include <algorithm>
#include <cstdint>
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

 private:
  double lines_ = burst;
  Clock::time_point last_{};
  std::uint64_t withheld_ = 0;
};

}  // namespace lastword
