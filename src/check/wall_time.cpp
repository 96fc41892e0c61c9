#include "check/wall_time.h"

#include <fmt/chrono.h>

namespace lastword {

std::string to_iso_8601(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

}  // namespace lastword
