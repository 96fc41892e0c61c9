#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lastword {

enum class LogFormat { text, json };

/// One line of the log, without its time and level, as it is put together.
///
/// - For people: `event key=value ...`. Text is quoted and escaped unless it is one plain word.
/// - For machines: `"event":"...","key":value,...`, the inside of one JSON object.
///
/// A key is one plain word.
class LogLine {
 public:
  LogLine(LogFormat format, std::string_view event);

  LogLine& add(std::string_view key, std::uint64_t count);
  LogLine& add(std::string_view key, double number);  ///< to three decimals
  LogLine& add(std::string_view key, std::string_view text);

  /// What a writer sent, under the key `message`. Any byte may come, so it is quoted and escaped
  /// (escape.h) in both formats: JSON can't carry bytes that are no UTF-8.
  LogLine& add_message(std::string_view bytes);

  const std::string& text() const { return text_; }

 private:
  LogLine& add_spelled(std::string_view key, std::string_view value);

  LogFormat format_;
  std::string text_;
};

}  // namespace lastword
