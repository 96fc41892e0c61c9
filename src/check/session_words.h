#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "history/history.h"
#include "history/operations.h"

namespace lastword {

/// Sessions in words, for the table and for what hovering and the keyboard show. Messages are
/// escaped (protocol/escape.h), so all is printable ASCII.
class SessionWords {
 public:
  SessionWords(const History& history, const Operations& operations);

  static constexpr std::array<std::string_view, 8> headings{
      "Writer",        "Connected",     "Sent",     "Message",
      "Stored within", "Loaded within", "Was sent", "Closed"};
  using Row = std::array<std::string, headings.size()>;

  /// The cells under the headings; empty where that did not happen.
  Row row_of(std::size_t index) const;

  /// One or two sentences.
  std::string sentence_of(std::size_t index) const;

  std::string message_of(std::size_t index) const;  ///< 'b'
  std::string reply_of(std::size_t index) const;    ///< 'b', "refused" or "unknown"
  std::string value_text(Value value) const;        ///< 'b', or "the empty message"

 private:
  std::string time(std::int64_t at_ns) const;
  std::string within(const Interval& interval) const;

  const History& history_;
  const Operations& operations_;
  const std::int64_t origin_ns_;
};

}  // namespace lastword
