#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "net/error.h"

namespace lastword {

/// Reads a duration that carries its unit, such as `2s`, `100ms`, `1.5s`, `250us`, `5m` or `1h`; a
/// bare `0` too. At most a day, never negative.
Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// The shortest text that parse_duration() reads as `duration`, rounded to microseconds.
std::string to_string(std::chrono::nanoseconds duration);

}  // namespace lastword
