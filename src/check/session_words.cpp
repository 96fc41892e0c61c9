#include "check/session_words.h"

#include <fmt/format.h>

#include "history/verdict.h"
#include "protocol/escape.h"

namespace lastword {
namespace {

std::string in_quotes(std::string_view bytes) {
  return bytes.empty() ? "the empty message" : "'" + escaped(bytes) + "'";
}

}  // namespace

SessionWords::SessionWords(const History& history, const Operations& operations)
    : history_(history), operations_(operations), origin_ns_(origin_of(history)) {}

std::string SessionWords::time(std::int64_t at_ns) const {
  return time_text(history_, origin_ns_, at_ns);
}

std::string SessionWords::within(const Interval& interval) const {
  if (interval.begin_ns == always_ns) return "before " + time(interval.end_ns);
  if (interval.end_ns == never_ns) return "after " + time(interval.begin_ns) + ", if at all";
  return time(interval.begin_ns) + " to " + time(interval.end_ns);
}

std::string SessionWords::message_of(std::size_t index) const {
  return in_quotes(history_.sessions[index].message);
}

std::string SessionWords::reply_of(std::size_t index) const {
  const SessionRecord& record = history_.sessions[index];
  switch (record.outcome) {
    case Outcome::replied: return in_quotes(record.reply);
    case Outcome::refused: return "refused";
    case Outcome::unknown: return "no reply";
  }
  return "";
}

std::string SessionWords::value_text(Value value) const {
  return in_quotes(value == initial_value ? history_.initial : history_.sessions[value].message);
}

SessionWords::Row SessionWords::row_of(std::size_t index) const {
  const SessionRecord& record = history_.sessions[index];
  const SessionOperations& made = operations_.sessions[index];
  const auto perhaps = [&](const std::optional<std::int64_t>& at_ns) {
    return at_ns ? time(*at_ns) : std::string();
  };
  return {std::to_string(record.number),
          perhaps(record.connected_ns),
          perhaps(record.sent_ns),
          message_of(index),
          made.may_have_written ? within(made.write) : "",
          made.has_read ? within(made.read) : "",
          made.has_read ? fmt::format("{} at {}", reply_of(index), time(made.read.end_ns))
                        : reply_of(index),
          time(record.ended_ns)};
}

std::string SessionWords::sentence_of(std::size_t index) const {
  const Row row = row_of(index);
  const SessionOperations& made = operations_.sessions[index];
  std::string text = fmt::format("Writer {}", row[0]);
  if (!row[1].empty()) text += fmt::format(" connected at {},", row[1]);
  text +=
      row[2].empty() ? " never sent its message" : fmt::format(" sent {} at {}", row[3], row[2]);
  if (!row[4].empty()) text += fmt::format(" (stored {})", row[4]);
  if (made.has_read) {
    text += fmt::format(", was sent {} (loaded {})", row[6], row[5]);
  } else {
    text +=
        history_.sessions[index].outcome == Outcome::refused ? ", was refused" : ", got no reply";
  }
  return text + fmt::format(", and closed at {}.", row[7]);
}

}  // namespace lastword
