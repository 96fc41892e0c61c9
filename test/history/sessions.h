#pragma once

#include <cstdint>
#include <string>

#include "history/history.h"

namespace lastword {

/// Sessions for tests, with times in milliseconds.
inline constexpr std::int64_t ms = 1'000'000;

inline SessionRecord replied(std::uint64_t number, const std::string& message, std::int64_t sent_ms,
                             std::int64_t received_ms, const std::string& reply) {
  SessionRecord session;
  session.number = number;
  session.message = message;
  session.reply = reply;
  session.connected_ns = sent_ms * ms;
  session.sent_ns = sent_ms * ms;
  session.first_byte_ns = received_ms * ms;
  session.last_byte_ns = received_ms * ms;
  session.ended_ns = received_ms * ms;
  session.outcome = Outcome::replied;
  return session;
}

inline SessionRecord without_reply(std::uint64_t number, const std::string& message,
                                   std::int64_t sent_ms, std::int64_t ended_ms, Outcome outcome) {
  SessionRecord session;
  session.number = number;
  session.message = message;
  session.connected_ns = sent_ms * ms;
  session.sent_ns = sent_ms * ms;
  session.ended_ns = ended_ms * ms;
  session.outcome = outcome;
  return session;
}

/// With the usual hold of two seconds.
inline History history_of(std::vector<SessionRecord> sessions, std::int64_t hold_ms = 2000) {
  History history;
  history.hold_ns = hold_ms * ms;
  history.sessions = std::move(sessions);
  return history;
}

}  // namespace lastword
