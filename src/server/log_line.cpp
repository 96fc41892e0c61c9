#include "server/log_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "protocol/escape.h"

namespace lastword {
namespace {

bool is_plain(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("_.:,/[]%+-").find(c) != std::string_view::npos;
  });
}

std::string quoted(std::string_view text) { return fmt::format("\"{}\"", escaped(text)); }

/// One string at a time: a whole object of this library needs memory even to be destroyed, and a
/// log must outlive a shortage of it.
std::string as_json(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace

LogLine::LogLine(LogFormat format, std::string_view event) : format_(format), text_(event) {
  if (format_ == LogFormat::json) text_ = fmt::format("\"event\":{}", as_json(event));
}

LogLine& LogLine::add(std::string_view key, std::uint64_t count) {
  return add_spelled(key, fmt::format("{}", count));
}

LogLine& LogLine::add(std::string_view key, double number) {
  return add_spelled(key, fmt::format("{:.3f}", number));
}

LogLine& LogLine::add(std::string_view key, std::string_view text) {
  if (format_ == LogFormat::json) return add_spelled(key, as_json(text));
  return add_spelled(key, is_plain(text) ? std::string(text) : quoted(text));
}

LogLine& LogLine::add_message(std::string_view bytes) {
  return add_spelled("message",
                     format_ == LogFormat::json ? as_json(escaped(bytes)) : quoted(bytes));
}

LogLine& LogLine::add_spelled(std::string_view key, std::string_view value) {
  text_ += format_ == LogFormat::json ? fmt::format(",\"{}\":{}", key, value)
                                      : fmt::format(" {}={}", key, value);
  return *this;
}

}  // namespace lastword
