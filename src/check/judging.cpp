#include "check/judging.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/escape.h"
#include "protocol/refusal.h"

namespace lastword {
namespace {

/// The longest message of the run that `text` begins with.
const Played* author_of(const RunSight& sight, std::string_view text) {
  const Played* author = nullptr;
  for (const Played& writer : sight.writers) {
    const std::string& message = writer.script.message;
    if (message.empty() || !writer.sent || !text.starts_with(message)) continue;
    if (author == nullptr || message.size() > author->script.message.size()) author = &writer;
  }
  return author;
}

/// The only writer whose message begins with `text`.
const Played* author_of_cut(const RunSight& sight, std::string_view text) {
  const Played* author = nullptr;
  // Two bytes of a message name its writer: see the scenarios.
  if (text.size() < 2) return nullptr;
  for (const Played& writer : sight.writers) {
    if (!writer.sent || !std::string_view(writer.script.message).starts_with(text)) continue;
    if (author != nullptr) return nullptr;
    author = &writer;
  }
  return author;
}

std::int64_t to_ns(Clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

std::string_view name_of(Played::End end) {
  switch (end) {
    case Played::End::not_played: return "was not played";
    case Played::End::not_connected: return "could not connect";
    case Played::End::closed: return "the server closed";
    case Played::End::reset: return "the connection was reset";
    case Played::End::impatient: return "nothing came";
    case Played::End::left: return "left";
    case Played::End::stopped: return "the check ended";
  }
  return "";
}

}  // namespace

Judgement holds(std::string actual) {
  return {Judgement::Kind::holds, "", std::move(actual), "", {}, false, {}};
}
Judgement broken(std::string expected, std::string actual, std::string reason) {
  return {Judgement::Kind::broken,
          std::move(expected),
          std::move(actual),
          std::move(reason),
          {},
          false};
}
Judgement broken_by_patience(std::string expected, std::string actual, std::string reason) {
  Judgement judgement = broken(std::move(expected), std::move(actual), std::move(reason));
  judgement.by_patience = true;
  return judgement;
}
Judgement unclear(std::string reason) {
  return {Judgement::Kind::unclear, "", "", std::move(reason), {}, false, {}};
}
Judgement skipped(std::string reason) {
  return {Judgement::Kind::skipped, "", "", std::move(reason), {}, false, {}};
}

std::string shown(std::string_view bytes) {
  if (bytes.empty()) return "nothing";
  static constexpr std::size_t most = 48;
  std::string hex;
  for (const char byte : bytes.substr(0, most)) {
    hex += fmt::format("{}{:02x}", hex.empty() ? "" : " ", static_cast<unsigned char>(byte));
  }
  const char* more = bytes.size() > most ? " ..." : "";
  return fmt::format("\"{}\"{} ({} byte{}: {}{})", escaped(bytes.substr(0, most)), more,
                     bytes.size(), bytes.size() == 1 ? "" : "s", hex, more);
}

std::string at(const RunSight& sight, Clock::time_point time) {
  const std::chrono::duration<double> since = time - sight.began;
  return fmt::format("{:.3f} s", since.count());
}

std::string told(const RunSight& sight, const Played& writer) {
  std::string text = writer.script.name + ":";
  std::string sent;
  for (const Piece& piece : writer.script.pieces) sent += piece.bytes;
  if (writer.sent)
    text += fmt::format(" sent \"{}\" at {},", escaped(sent), at(sight, *writer.sent));
  for (const Segment& segment : writer.segments) {
    text += fmt::format(" was sent \"{}\" at {},", escaped(segment.bytes), at(sight, segment.time));
  }
  text += fmt::format(" {} at {}", name_of(writer.end), at(sight, writer.ended));
  if (!writer.trouble.empty()) text += " (" + writer.trouble + ")";
  if (never_accepted(sight, writer)) text += ", was never accepted";
  return text;
}

Judgement with_writers(Judgement judgement, const RunSight& sight) {
  for (const Played& writer : sight.writers) judgement.evidence.push_back(told(sight, writer));
  if (sight.end) {
    judgement.evidence.push_back(fmt::format("the server ended at {}: {}",
                                             at(sight, sight.end->seen), describe(*sight.end)));
  }
  return judgement;
}

ReplyView view_of(const RunSight& sight, const Played& writer) {
  ReplyView view;
  if (!writer.answered()) return view;
  view.bytes = writer.segments.front().bytes;
  view.later = writer.received().substr(view.bytes.size());
  const std::string text = view.bytes.substr(0, view.bytes.find('\0'));
  view.author = author_of(sight, text);
  if (view.author != nullptr) {
    view.surplus = view.bytes.substr(view.author->script.message.size());
    return view;
  }
  view.author = author_of_cut(sight, text);
  view.cut = view.author != nullptr;
  view.surplus = view.bytes.substr(text.size());
  return view;
}

bool is_old_tail(const RunSight& sight, const ReplyView& view) {
  if (!view.whole() || view.clean()) return false;
  const std::size_t begin = view.author->script.message.size();
  for (std::size_t place = begin; place < view.bytes.size(); ++place) {
    const char byte = view.bytes[place];
    const bool explained =
        byte == '\0' ||
        std::any_of(sight.writers.begin(), sight.writers.end(), [&](const Played& writer) {
          const std::string& message = writer.script.message;
          return writer.sent && place < message.size() && message[place] == byte;
        });
    if (!explained) return false;
  }
  return true;
}

bool answered_twice(const RunSight& sight, const Played& writer) {
  const ReplyView view = view_of(sight, writer);
  if (!view.whole()) return false;
  std::string rest = view.surplus + view.later;
  rest.erase(0, std::min(rest.find_first_not_of(std::string_view("\0\r\n", 3)), rest.size()));
  return author_of(sight, rest) != nullptr;
}

const Played* reply_meant_for(const CheckSettings& settings, const RunSight& sight,
                              const Played& writer) {
  if (!writer.answered() || !writer.sent) return nullptr;
  const auto came = writer.segments.front().time;
  if (came >= *writer.sent + settings.hold - settings.early()) return nullptr;
  const auto fits = [&](const Played& session, const Played& receiver) {
    return receiver.segments.front().time >= *session.sent + settings.hold - settings.early();
  };
  for (const Played& other : sight.writers) {
    if (&other == &writer || !other.sent || !fits(other, writer)) continue;
    if (never_accepted(sight, other)) continue;
    if (!other.answered() || fits(writer, other)) return &other;
  }
  return nullptr;
}

bool never_accepted(const RunSight& sight, const Played& writer) {
  if (writer.end == Played::End::not_connected) return true;
  if (!sight.watched || !writer.connected || writer.accepted || writer.answered()) return false;
  if (writer.end == Played::End::closed) return false;  // one that waits is reset, not closed
  // Too short a time to be seen is no proof.
  const auto until = sight.end ? std::min(sight.end->seen, writer.ended) : writer.ended;
  return until - *writer.connected > 2 * sight.blind + std::chrono::milliseconds(20);
}

bool cut_short_by_exit(const CheckSettings& settings, const RunSight& sight, const Played& writer) {
  if (!sight.end || sight.end->signal != 0 || !writer.sent || writer.answered()) return false;
  const auto due = *writer.sent + settings.hold - settings.early();
  return std::min(sight.end->seen, writer.ended) < due;
}

std::optional<Judgement> lacking(const RunSight& sight, std::size_t count) {
  for (std::size_t index = 0; index < count && index < sight.writers.size(); ++index) {
    const Played& writer = sight.writers[index];
    if (writer.answered()) continue;
    return unclear(writer.script.name + " got no reply: see 4.2, 1.3 and 1.4");
  }
  if (sight.writers.size() < count) {
    return skipped(fmt::format("needs {} connections in one run of the server", count));
  }
  return std::nullopt;
}

History history_of(const CheckSettings& settings, const Scenario& scenario, const RunSight& sight) {
  History history;
  history.name = std::string(scenario.name);
  history.hold_ns = settings.hold.count();
  history.slack_ns = settings.early().count();
  std::uint64_t number = 0;
  for (const Played& writer : sight.writers) {
    ++number;
    if (!writer.sent || writer.script.message.empty() || never_accepted(sight, writer)) continue;
    SessionRecord record;
    record.number = number;
    if (writer.connected) record.connected_ns = to_ns(*writer.connected);
    record.sent_ns = to_ns(*writer.sent);
    record.ended_ns = to_ns(writer.ended);
    record.message = writer.script.message;
    if (writer.answered()) {
      record.first_byte_ns = to_ns(writer.segments.front().time);
      record.last_byte_ns = to_ns(writer.segments.back().time);
      const ReplyView view = view_of(sight, writer);
      record.outcome = is_refusal(view.bytes) ? Outcome::unknown : Outcome::replied;
      // Cut or lengthened replies are other rules' business: here it counts which message it was.
      if (record.outcome == Outcome::replied) {
        record.reply = view.author != nullptr ? view.author->script.message
                                              : view.bytes.substr(0, view.bytes.find('\0'));
      }
    }
    history.sessions.push_back(std::move(record));
  }
  return history;
}

bool remembered(const CheckSettings& settings, const Played& reader, const Played& other,
                const ReplyView& reply) {
  if (!reader.answered() || !other.answered() || reply.author != &reader) return false;
  const auto stored_by = reader.segments.front().time - settings.hold + settings.early();
  const auto other_stored_by = other.segments.front().time - settings.hold + settings.early();
  const auto loaded_from = *reader.sent + settings.hold - settings.early();
  return stored_by < *other.sent && other_stored_by < loaded_from;
}

ScopeFinding measured_scope(const CheckSettings& settings, const RunSight& sight) {
  ScopeFinding finding;
  if (sight.writers.size() < 3 || lacking(sight, 3)) return finding;
  const Played& second = sight.writers[1];
  const Played& third = sight.writers[2];
  const ReplyView to_second = view_of(sight, second);
  const ReplyView to_third = view_of(sight, third);
  const auto second_came = second.segments.front().time;
  const auto third_came = third.segments.front().time;
  finding.evidence = {told(sight, second), told(sight, third)};
  if (third.sent > second_came) {
    finding.evidence.push_back("the two did not overlap");
    return finding;
  }
  if (to_second.author == &third && to_third.author == &third) {
    finding.scope = MeasuredScope::access;
    finding.evidence.push_back("writer 2 was sent writer 3's words, stored during writer 2's hold");
  } else if (to_second.author == &second && to_third.author == &third &&
             third_came - second_came >= settings.hold - settings.early()) {
    finding.scope = MeasuredScope::session;
    finding.evidence.push_back(fmt::format(
        "each was sent its own words, and writer 3 a whole hold after writer 2: they took turns"));
  } else if (remembered(settings, second, third, to_second) ||
             (to_second.author != &second && to_second.author != &third)) {
    finding.scope = MeasuredScope::neither;
    finding.evidence.push_back(
        "writer 2 was sent neither the last words stored, nor did writer 3 wait for its turn");
  } else {
    finding.evidence.push_back("the two did not overlap enough to tell");
  }
  return finding;
}

}  // namespace lastword
