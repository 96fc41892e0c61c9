#pragma once

#include <cstdint>
#include <ctime>

namespace lastword {

/// CLOCK_MONOTONIC, in nanoseconds: the same in all processes of a machine.
inline std::int64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

}  // namespace lastword
