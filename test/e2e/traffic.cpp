#include "e2e/traffic.h"

#include <stdexcept>

#include "client/writer.h"
#include "protocol/refusal.h"

namespace lastword::test {
namespace {

/// Longer than anything that a server does not answer with words.
constexpr auto most = 15s;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch())
      .count();
}

/// What the bytes that came back say, up to the close.
Outcome outcome_of(const std::string& bytes, bool closed) {
  if (bytes.starts_with("error: not stored")) return Outcome::refused;
  const bool is_reply = closed && bytes.ends_with('\n') && !is_refusal(bytes);
  return is_reply ? Outcome::replied : Outcome::unknown;
}

}  // namespace

Outcomes outcomes_of(const History& history) {
  Outcomes outcomes;
  for (const SessionRecord& session : history.sessions) {
    outcomes.replied += session.outcome == Outcome::replied;
    outcomes.others += session.outcome == Outcome::replied && session.reply != session.message;
    outcomes.refused += session.outcome == Outcome::refused;
    outcomes.unknown += session.outcome == Outcome::unknown;
  }
  return outcomes;
}

Traffic::Traffic(const std::vector<const NetworkNamespace*>& hosts, int writers_each,
                 Endpoint target, std::uint64_t first_number)
    : target_(std::move(target)), next_number_(first_number) {
  for (const NetworkNamespace* host : hosts) {
    for (int i = 0; i < writers_each; ++i) writers_.emplace_back([this, host] { write(*host); });
  }
}

std::vector<SessionRecord> Traffic::stop() {
  stopping_ = true;
  for (std::thread& writer : writers_) writer.join();
  writers_.clear();
  return std::move(sessions_);
}

void Traffic::write(const NetworkNamespace& host) {
  if (!host.enter()) throw std::runtime_error("cannot enter a writer's host");
  while (!stopping_) {
    const SessionRecord session = converse(next_number_++);
    if (session.outcome == Outcome::replied) ++replied_;
    // Refused at once or not even connected: no use in asking a thousand times a second.
    if (session.outcome != Outcome::replied) std::this_thread::sleep_for(20ms);
    if (!session.sent_ns) continue;
    const std::lock_guard lock(mutex_);
    sessions_.push_back(session);
  }
}

SessionRecord Traffic::converse(std::uint64_t number) const {
  SessionRecord session;
  session.number = number;
  session.message = "m" + std::to_string(number);
  const auto deadline = Clock::now() + most;
  auto writer = Writer::connect(target_, deadline);
  if (!writer) return session;
  session.connected_ns = now_ns();
  session.sent_ns = now_ns();
  std::string bytes;
  bool closed = false;
  if (writer->send(session.message + "\n", deadline)) {
    for (;;) {
      const auto piece = writer->receive(deadline);
      if (!piece || piece->timed_out) break;
      if (!piece->bytes.empty() && !session.first_byte_ns) session.first_byte_ns = now_ns();
      bytes += piece->bytes;
      if ((closed = piece->closed)) break;
    }
  }
  session.last_byte_ns = session.first_byte_ns ? std::optional(now_ns()) : std::nullopt;
  session.ended_ns = now_ns();
  session.outcome = outcome_of(bytes, closed);
  if (session.outcome == Outcome::replied) session.reply = bytes.substr(0, bytes.size() - 1);
  return session;
}

}  // namespace lastword::test
