#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "check/judging.h"
#include "protocol/ending.h"
#include "protocol/refusal.h"

namespace lastword {
namespace {

double seconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double>(span).count();
}

Judgement is_not_early(const CheckSettings& settings, const RunSight& sight) {
  bool any = false;
  for (const Played& writer : sight.writers) {
    if (!writer.answered() || !writer.sent) continue;
    any = true;
    const auto took = writer.segments.front().time - *writer.sent;
    if (took >= settings.hold - settings.early()) continue;
    if (reply_meant_for(settings, sight, writer) != nullptr) {
      return unclear("replies went to the wrong writers: see 4.2");
    }
    return with_writers(
        broken(fmt::format("a reply {:.3f} s after the message, or later", seconds(settings.hold)),
               fmt::format("{} was answered after {:.3f} s", writer.script.name, seconds(took)),
               "the reply was sent before the hold was over"),
        sight);
  }
  if (!any) return unclear("no writer got a reply: see 4.2");
  return holds("no reply before the hold was over");
}

Judgement is_not_late(const CheckSettings& settings, const RunSight& sight) {
  const Played& writer = sight.writers[0];
  if (!writer.answered()) return unclear("writer 1 got no reply: see 4.2");
  if (writer.nudged) return unclear("writer 1 had to close its side first: see 2.1");
  const auto took = writer.segments.front().time - *writer.sent;
  if (took <= settings.hold + settings.tolerance) {
    return holds(fmt::format("a lone writer was answered after {:.3f} s", seconds(took)));
  }
  Judgement judgement = broken_by_patience(
      fmt::format("a lone writer is answered after {:.3f} s, give or take {:.3f} s",
                  seconds(settings.hold), seconds(settings.tolerance)),
      fmt::format("after {:.3f} s", seconds(took)), "the hold is longer than it is to be");
  judgement.waited = 2 * settings.tolerance;
  return judgement;
}

Judgement is_loaded_then(const CheckSettings& settings, const RunSight& sight) {
  if (const auto why = lacking(sight, 3)) return *why;
  const Played& second = sight.writers[1];
  const Played& third = sight.writers[2];
  for (const Played& writer : sight.writers) {
    const auto took = writer.segments.front().time - *writer.sent;
    if (took < settings.hold - settings.early()) return unclear("replies came early");
  }
  if (remembered(settings, second, third, view_of(sight, second))) {
    return with_writers(
        broken("writer 3's words, or its own with writer 3 waiting for its turn",
               shown(second.segments.front().bytes),
               "writer 2 was sent its own words though writer 3's had replaced them: the reply was "
               "taken from a copy, not from the shared memory"),
        sight);
  }
  switch (measured_scope(settings, sight).scope) {
    case MeasuredScope::access:
      return holds("writer 2 was sent what writer 3 had stored meanwhile");
    case MeasuredScope::session:
      return holds("writers took turns, and each got what it had stored");
    default: return unclear("writers 2 and 3 did not overlap as they were to");
  }
}

Judgement reaches_its_writer(const CheckSettings& settings, const RunSight& sight) {
  const std::string wanted = "one reply for every writer, a hold after its own message";
  const auto failed = [&](Judgement judgement) {
    return with_writers(std::move(judgement), sight);
  };
  for (const Played& writer : sight.writers) {
    if (writer.script.beyond_accepts) continue;
    if (answered_twice(sight, writer)) {
      return failed(broken(
          wanted,
          fmt::format("{} was sent several: {}", writer.script.name, shown(writer.received())),
          "replies of other sessions went to it: the threads share one socket "
          "variable"));
    }
    if (const Played* other = reply_meant_for(settings, sight, writer)) {
      return failed(broken(wanted,
                           fmt::format("{} was answered when {}'s reply was due",
                                       writer.script.name, other->script.name),
                           fmt::format("the reply of {}'s session went to {}", other->script.name,
                                       writer.script.name)));
    }
  }
  for (const Played& writer : sight.writers) {
    if (writer.script.beyond_accepts || writer.answered() || !writer.sent) continue;
    if (never_accepted(sight, writer)) continue;  // 1.3 and 1.4 say so
    if (cut_short_by_exit(settings, sight, writer)) {
      return unclear("the server ended while sessions were held: see 1.4");
    }
    const std::string actual = writer.script.name + " got no reply";
    if (sight.end && sight.end->signal != 0) {
      return failed(
          broken(wanted, actual,
                 "the server was " + describe(*sight.end) + "; it printed: " + sight.output));
    }
    const std::string reason =
        writer.end == Played::End::impatient
            ? "no reply came, and the connection stayed open"
            : "the connection ended without a reply: a message of no bytes, or none at all";
    if (writer.end != Played::End::impatient) return failed(broken(wanted, actual, reason));
    return failed(broken_by_patience(wanted, actual, reason));
  }
  const bool any = std::any_of(sight.writers.begin(), sight.writers.end(),
                               [](const Played& writer) { return writer.answered(); });
  if (!any) return unclear("no writer was served: see 1.3 and 1.4");
  return holds("one reply for every writer");
}

Judgement is_exact(const CheckSettings&, const RunSight& sight) {
  bool any = false;
  for (const Played& writer : sight.writers) {
    if (!writer.answered()) continue;
    any = true;
    const ReplyView view = view_of(sight, writer);
    if (view.author == nullptr || answered_twice(sight, writer)) continue;  // 3.1 and 4.2 say so
    const std::string expected = shown(view.author->script.message);
    if (view.cut && view.author->script.message.starts_with(view.bytes + view.later) &&
        !view.later.empty()) {
      return with_writers(broken(expected + " in one piece", shown(view.bytes) + ", then more",
                                 "the reply comes in pieces; the course's writer receives once"),
                          sight);
    }
    if (view.cut || view.clean() || is_old_tail(sight, view)) continue;
    const bool newline =
        view.surplus.find_first_not_of(std::string_view("\0\r\n", 3)) == std::string::npos;
    return with_writers(
        broken(expected, shown(view.bytes),
               newline ? "a line feed was added to the message"
                       : fmt::format("{} bytes follow the message that are not the writer's: "
                                     "memory of the server was sent",
                                     view.surplus.size())),
        sight);
  }
  if (!any) return unclear("no writer got a reply: see 4.2");
  return holds("the message and nothing else");
}

Judgement is_unpadded(const CheckSettings&, const RunSight& sight) {
  bool any = false;
  for (const Played& writer : sight.writers) {
    if (!writer.answered()) continue;
    any = true;
    const ReplyView view = view_of(sight, writer);
    if (!view.whole() || view.surplus.empty() || !view.clean()) continue;
    return broken(shown(view.author->script.message), shown(view.bytes),
                  fmt::format("{} NUL byte{} after the message", view.surplus.size(),
                              view.surplus.size() == 1 ? " follows" : "s follow"));
  }
  if (!any) return unclear("no writer got a reply: see 4.2");
  return holds("no NUL behind the message");
}

Judgement keeps_the_ending(const CheckSettings&, const RunSight& sight) {
  const std::array endings{Ending::nul, Ending::lf, Ending::crlf};
  for (std::size_t index = 0; index < endings.size(); ++index) {
    const Played& writer = sight.writers[index];
    const ReplyView view = view_of(sight, writer);
    if (!view.whole()) return unclear(writer.script.name + " got no whole message: see 2.1");
    const std::string expected =
        view.author->script.message + std::string(bytes_of(endings[index]));
    if (writer.received() == expected) continue;
    return with_writers(broken(shown(expected), shown(writer.received()),
                               "the reply does not end as its writer's message did"),
                        sight);
  }
  return holds("each reply ended as its writer's message did");
}

Judgement closes(const CheckSettings&, const RunSight& sight) {
  if (const auto why = lacking(sight, 1)) return *why;
  const Played& first = sight.writers[0];
  if (first.end == Played::End::closed) return holds("the server closed after the reply");
  if (first.end == Played::End::reset) {
    return broken("an orderly close", "a reset", "the server left bytes unread");
  }
  const Clock::duration margin = 2 * sight.blind + std::chrono::milliseconds(100);
  const bool kept = first.last_owned && *first.last_owned > first.ended + margin;
  return with_writers(
      broken_by_patience("the server closes after the reply", "the connection stayed open",
                         kept ? fmt::format("writer 1 left at {}, and the server still had its "
                                            "descriptor at {}: it is leaked",
                                            at(sight, first.ended), at(sight, *first.last_owned))
                              : "the server leaves the closing to the writer"),
      sight);
}

Judgement refusal_is_a_line(const CheckSettings&, const RunSight& sight) {
  const std::string bytes = sight.writers[2].received();
  if (!bytes.starts_with("error: ")) return skipped("nothing was refused: see 2.3");
  if (is_refusal(bytes)) return holds(shown(bytes));
  return broken("\"error: \", a reason and LF, longer than 19 bytes", shown(bytes),
                "it could be taken for a message, or is no line");
}

constexpr std::array cases{
    Case{"4.1/not-early", Level::must, "the reply waits for the hold",
         "The reply is sent no earlier than one hold after the store.", "course", is_not_early},
    Case{"4.1/not-late", Level::should, "the reply comes when the hold is over",
         "A lone writer is answered one hold after its message.", "course", is_not_late},
    Case{"4.1/loaded-then", Level::must, "the reply is what the slot holds then",
         "The reply is loaded after the hold, never remembered.", "course", is_loaded_then},
    Case{"4.2/course", Level::must, "every writer gets its own reply",
         "The reply goes to the writer whose session it is.", "course", reaches_its_writer},
    Case{"4.2/together", Level::must, "writers at the same time each get one reply",
         "The reply goes to the writer whose session it is.", "together", reaches_its_writer},
    Case{"4.3/exact", Level::must, "the reply is the message and nothing else",
         "Nothing is added to the message, and it comes in one piece.", "course", is_exact},
    Case{"4.3/no-padding", Level::should, "the reply carries no NULs",
         "The reply to a message without a terminator has none.", "course", is_unpadded},
    Case{"4.3/ending", Level::should, "the reply ends as the message did",
         "The reply has the same ending that the writer used.", "endings", keeps_the_ending},
    Case{"4.3/closes", Level::should, "the server closes after the reply",
         "Then the server closes the connection, and keeps no descriptor.", "course", closes},
    Case{"4.4/line", Level::should, "a refusal can't be taken for a message",
         "A refusal is one line, `error: ` and a reason, longer than 19 bytes.", "overlong",
         refusal_is_a_line},
};

}  // namespace

std::span<const Case> cases_of_section_4() { return cases; }

}  // namespace lastword
