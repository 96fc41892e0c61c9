#pragma once

#include <chrono>
#include <string>

namespace lastword {

/// "2022-03-24T17:00:00Z".
std::string to_iso_8601(std::chrono::system_clock::time_point time);

inline double to_seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace lastword
