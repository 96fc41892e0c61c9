#include "app/duration.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace lastword {
namespace {

using namespace std::chrono_literals;

struct Unit {
  std::string_view name;
  std::chrono::nanoseconds size;
};

// Largest first, for to_string.
constexpr std::array<Unit, 5> units{{{"h", 1h}, {"m", 1min}, {"s", 1s}, {"ms", 1ms}, {"us", 1us}}};

}  // namespace

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  double number = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  const std::string_view unit_name(stop, static_cast<std::size_t>(end - stop));
  if (error != std::errc{} || !std::isfinite(number) || number < 0 || std::signbit(number)) {
    return failure(fmt::format("'{}' is not a duration; write one such as 2s or 100ms", text));
  }
  if (unit_name.empty()) {
    if (number == 0) return 0ns;
    return failure(fmt::format("'{}' has no unit; write {}s or {}ms", text, text, text));
  }
  for (const Unit& unit : units) {
    if (unit.name != unit_name) continue;
    const double nanoseconds = number * static_cast<double>(unit.size.count());
    if (nanoseconds > std::chrono::duration<double, std::nano>(24h).count()) {
      return failure(fmt::format("'{}' is too long; a day (24h) is the most", text));
    }
    return std::chrono::nanoseconds(std::llround(nanoseconds));
  }
  return failure(fmt::format("'{}' has an unknown unit; the units are us, ms, s, m and h", text));
}

std::string to_string(std::chrono::nanoseconds duration) {
  for (const Unit& unit : units) {
    if (duration < unit.size) continue;
    const auto us = std::chrono::round<std::chrono::microseconds>(duration);
    const double number = static_cast<double>(us / 1us) / static_cast<double>(unit.size / 1us);
    // 90s reads better than 1.5m: only whole hours and minutes are shown as such.
    if (unit.size > 1s && us % unit.size != 0us) continue;
    return fmt::format("{}{}", number, unit.name);
  }
  return "0s";
}

}  // namespace lastword
