#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "check/judging.h"
#include "protocol/message.h"
#include "protocol/refusal.h"

namespace lastword {
namespace {

/// Whether the reply to `writer` is a message of the run and nothing else, its ending aside.
bool is_message(const RunSight& sight, const Played& writer) {
  const ReplyView view = view_of(sight, writer);
  return view.whole() &&
         view.surplus.find_first_not_of(std::string_view("\0\r\n", 3)) == std::string::npos;
}

Judgement needs_no_terminator(const CheckSettings&, const RunSight& sight) {
  const Played& writer = sight.writers[0];
  if (never_accepted(sight, writer)) return unclear("writer 1 was never accepted: see 1.3 and 1.4");
  if (!writer.answered()) return unclear("writer 1 got no reply at all: see 4.2");
  if (!writer.nudged) return holds("answered");
  return with_writers(
      broken_by_patience("a reply to a message without a terminator",
                         "none until the writer closed its side",
                         "it waits for more bytes than the message has, or for a terminator"),
      sight);
}

/// Writer `index`, whose message was sent in an unusual way, gets a whole message back.
template <std::size_t index>
Judgement answers_a_message(const CheckSettings&, const RunSight& sight) {
  const Played& writer = sight.writers[index];
  if (!writer.answered()) {
    return with_writers(broken_by_patience("a message", "nothing", "the writer got no reply"),
                        sight);
  }
  const std::string bytes = writer.received();
  if (is_message(sight, writer)) return holds(shown(bytes));
  return with_writers(broken("one whole message that a writer sent", shown(bytes),
                             "the message was taken in another way than it was sent"),
                      sight);
}

Judgement takes_nineteen(const CheckSettings&, const RunSight& sight) {
  const Played& writer = sight.writers[0];
  if (!writer.answered()) return unclear("writer 1 got no reply: see 4.2");
  const ReplyView view = view_of(sight, writer);
  if (view.author == &writer && !view.cut) return holds(shown(view.bytes));
  if (view.author != &writer) return unclear("writer 1 was sent other words: see 3.4 and 4.2");
  if (view.author->script.message.starts_with(view.bytes + view.later)) {
    return with_writers(broken("all 19 bytes: " + shown(writer.script.message), shown(view.bytes),
                               "a message of 19 bytes comes back cut"),
                        sight);
  }
  return with_writers(broken("all 19 bytes: " + shown(writer.script.message), shown(view.bytes),
                             "a message of 19 bytes comes back changed"),
                      sight);
}

bool crashed(const RunSight& sight) { return sight.end && sight.end->signal != 0; }

Judgement overlong_does_no_harm(const CheckSettings&, const RunSight& sight) {
  if (crashed(sight)) {
    return with_writers(
        broken("it serves on", describe(*sight.end), "a message of 20 bytes overruns the buffer"),
        sight);
  }
  const Played& overlong = sight.writers[2];
  std::string sent;
  for (const Piece& piece : overlong.script.pieces) sent += piece.bytes;
  for (const Played& writer : sight.writers) {
    const std::string bytes = writer.answered() ? writer.segments.front().bytes : "";
    if (!bytes.starts_with(sent)) continue;
    const std::string behind = bytes.substr(sent.size());
    if (behind.find_first_not_of(std::string_view("\0\r\n", 3)) == std::string::npos) continue;
    return with_writers(broken("at most what the writer sent", shown(bytes),
                               "a message of 20 bytes overruns its memory: what lies behind it was "
                               "sent to a writer"),
                        sight);
  }
  for (const std::size_t index : {0, 1}) {
    const Played& writer = sight.writers[index];
    if (never_accepted(sight, writer)) return unclear(writer.script.name + " was never accepted");
    if (!writer.answered()) return unclear(writer.script.name + " got no reply: see 4.2");
  }
  return holds("the other writers were answered");
}

Judgement refuses(const RunSight& sight, std::size_t index, const std::string& why) {
  const Played& writer = sight.writers[index];
  const std::string bytes = writer.received();
  if (is_refusal(bytes)) return holds(shown(bytes));
  return with_writers(broken("a line that begins with \"error: \"", shown(bytes), why), sight);
}

Judgement refuses_twenty(const CheckSettings&, const RunSight& sight) {
  return refuses(sight, 2, "a message of 20 bytes was not refused");
}
Judgement refuses_many(const CheckSettings&, const RunSight& sight) {
  return refuses(sight, 1, "a message of 64 bytes was not refused");
}
Judgement refuses_empty(const CheckSettings&, const RunSight& sight) {
  return refuses(sight, 2, "an empty message was not refused");
}

template <std::size_t... plain>
Judgement leaves_slot_untouched(const CheckSettings&, const RunSight& sight) {
  for (const std::size_t index : {plain...}) {
    const Played& writer = sight.writers[index];
    if (!writer.answered()) {
      return with_writers(broken_by_patience("a whole message of another writer", "no reply",
                                             writer.script.name + " lost its reply by it"),
                          sight);
    }
    if (is_message(sight, writer)) continue;
    return with_writers(broken("a whole message of another writer", shown(writer.received()),
                               writer.script.name + " was sent what should have been refused"),
                        sight);
  }
  return holds("the other writers were sent whole messages");
}

Judgement refuses_silence(const CheckSettings& settings, const RunSight& sight) {
  const Played& writer = sight.writers[0];
  if (is_refusal(writer.received())) {
    const auto after = writer.segments.front().time - *writer.connected;
    if (after < settings.read_timeout - settings.early()) {
      return broken(fmt::format("a refusal after {} s",
                                std::chrono::duration<double>(settings.read_timeout).count()),
                    fmt::format("after {} s", std::chrono::duration<double>(after).count()),
                    "it was refused before the read timeout");
    }
    return holds(shown(writer.received()));
  }
  return with_writers(
      broken_by_patience("a refusal after the read timeout", shown(writer.received()),
                         "a writer that says nothing keeps its session for ever"),
      sight);
}

constexpr std::array cases{
    Case{"2.1/no-terminator", Level::must, "needs no terminator",
         "A message may end without a terminator, the writer waiting for its reply.", "course",
         needs_no_terminator},
    Case{"2.1/nul", Level::should, "a NUL ends a message", "A message ends at a NUL.", "endings",
         answers_a_message<0>},
    Case{"2.1/lf", Level::should, "a line feed ends a message", "A message ends at an LF.",
         "endings", answers_a_message<1>},
    Case{"2.1/crlf", Level::should, "a CR before the line feed is dropped",
         "A CR before the LF is not part of the message.", "endings", answers_a_message<2>},
    Case{"2.1/half-close", Level::should, "the half-close ends a message",
         "A message ends at the writer's half-close.", "pieces", answers_a_message<2>},
    Case{"2.2/pieces", Level::should, "a message may come a byte at a time",
         "A message may arrive in any pieces.", "pieces", answers_a_message<0>},
    Case{"2.2/more-behind", Level::should, "more bytes behind the message do no harm",
         "What follows the message's end is ignored, and does not cost the reply.", "pieces",
         answers_a_message<1>},
    Case{"2.3/nineteen", Level::must, "19 bytes come back whole",
         "A message has 1 to 19 bytes, and all of them are kept.", "course", takes_nineteen},
    Case{"2.3/twenty-harmless", Level::must, "20 bytes do no harm",
         "A 20th byte overruns nothing: no crash, nobody else's memory sent.", "overlong",
         overlong_does_no_harm},
    Case{"2.3/twenty-refused", Level::should, "20 bytes are refused",
         "A 20th byte before any end is refused.", "overlong", refuses_twenty},
    Case{"2.3/many-refused", Level::should, "64 bytes are refused",
         "A message that is far too long is refused, and the refusal arrives.", "flood",
         refuses_many},
    Case{"2.3/empty-refused", Level::should, "an empty message is refused",
         "An empty message is refused.", "flood", refuses_empty},
    Case{"2.3/slot-untouched", Level::should, "what is refused is not stored",
         "A refused message leaves the slot as it was.", "overlong", leaves_slot_untouched<0, 1>},
    Case{"2.3/flood-harmless", Level::should, "64 bytes and an empty message do no harm",
         "Refused messages leave the slot as it was.", "flood", leaves_slot_untouched<0>},
    Case{"2.4/silent", Level::should, "a writer that says nothing is refused in the end",
         "A connection that sends nothing within the read timeout is refused.", "silence",
         refuses_silence},
    Case{"2.4/closed-silently", Level::should, "a writer that leaves without a word does no harm",
         "A connection that closes having sent nothing is just closed.", "silence",
         leaves_slot_untouched<2>},
};

}  // namespace

std::span<const Case> cases_of_section_2() { return cases; }

}  // namespace lastword
