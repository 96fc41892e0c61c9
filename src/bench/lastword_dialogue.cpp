#include "bench/lastword_dialogue.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/escape.h"
#include "protocol/refusal.h"

namespace lastword {
namespace {

constexpr std::size_t longest_answer = 256;  ///< beyond any refusal

/// The part of an answer before whatever ends it.
std::string_view message_in(std::string_view bytes) {
  return bytes.substr(0, bytes.find_first_of(std::string_view("\0\r\n", 3)));
}

}  // namespace

LastwordDialogue::LastwordDialogue(Options options)
    : code_(options.run), options_(std::move(options)) {}

void LastwordDialogue::request(const SessionId& session, int, std::string& bytes) {
  code_.append(session, bytes);
  bytes += bytes_of(options_.ending);
  sent_ = std::max(sent_, session.number + 1);
}

Judgement LastwordDialogue::judge(const SessionId& session, int, std::string_view bytes,
                                  bool closed) {
  if (!closed) {
    if (bytes.size() <= longest_answer) return Judgement::more();
    return Judgement::wrong(ErrorKind::wrong_ending,
                            fmt::format("more than {} bytes came back", longest_answer));
  }
  if (bytes.empty()) return Judgement::more();
  if (is_refusal(bytes)) return Judgement::wrong(ErrorKind::refused, escaped(bytes));
  const std::string_view message = message_in(bytes);
  if (bytes.substr(message.size()) != bytes_of(options_.ending)) {
    return Judgement::wrong(ErrorKind::wrong_ending,
                            fmt::format("\"{}\", where \"{}\" had to end it", escaped(bytes),
                                        escaped(bytes_of(options_.ending))));
  }
  return judge_message(session, message);
}

Judgement LastwordDialogue::judge_message(const SessionId& session, std::string_view message) {
  const auto say = [message](ErrorKind kind, std::string_view why) {
    return Judgement::wrong(kind, fmt::format("\"{}\": {}", escaped(message), why));
  };
  const MessageCode::Decoded decoded = code_.decode(message);
  switch (decoded.state) {
    case MessageCode::Decoded::State::foreign:
      return say(ErrorKind::foreign, "no writer of this run sends such a message");
    case MessageCode::Decoded::State::torn:
      return say(ErrorKind::torn, "its check fails: not one whole message of this run");
    case MessageCode::Decoded::State::whole: break;
  }
  const SessionId& writer = decoded.session;
  if (writer.worker == session.worker && writer.number >= sent_) {
    return say(ErrorKind::invented, "nobody had sent it by then");
  }
  if (options_.alone && writer.number != session.number) {
    return say(ErrorKind::wrong_answer, "an older message, though this writer was alone");
  }
  if (named_.size() <= writer.worker) named_.resize(writer.worker + 1);
  named_[writer.worker] = std::max(named_[writer.worker], writer.number + 1);
  return Judgement::right();
}

void LastwordDialogue::ended(const SessionEnd& end) {
  if (!options_.history) return;
  SessionRecord record;
  record.number = end.session.number * MessageCode::most_workers + end.session.worker + 1;
  record.sent_ns = end.sent_ns;
  record.ended_ns = end.ended_ns;
  code_.append(end.session, record.message);
  if (!end.received.empty()) {
    record.first_byte_ns = end.first_byte_ns;
    record.last_byte_ns = end.last_byte_ns;
    const bool refused = is_refusal(end.received);
    if (refused && end.received.starts_with("error: not stored")) {
      record.outcome = Outcome::refused;
    } else if (!refused) {
      record.outcome = Outcome::replied;
      record.reply = message_in(end.received);
    }
  }
  options_.history->add(record);
}

std::optional<std::string> LastwordDialogue::finish() {
  return options_.history ? options_.history->flush() : std::nullopt;
}

}  // namespace lastword
