#include <algorithm>
#include <array>

#include "check/judging.h"
#include "check/scenarios.h"

namespace lastword {
namespace {

Judgement has_no_old_tail(const CheckSettings&, const RunSight& sight) {
  if (const auto why = lacking(sight, 2)) return *why;
  for (const Played& writer : sight.writers) {
    if (!writer.answered()) continue;
    const ReplyView view = view_of(sight, writer);
    if (!view.whole() || view.clean()) continue;
    if (!is_old_tail(sight, view)) continue;
    return with_writers(broken(shown(view.author->script.message), shown(view.bytes),
                               "behind the message follows what is left of an older, longer one"),
                        sight);
  }
  return holds("no older message showed behind a shorter one");
}

Judgement is_whole(const CheckSettings&, const RunSight& sight) {
  for (const Played& writer : sight.writers) {
    if (!writer.answered() || writer.script.beyond_accepts) continue;
    const ReplyView view = view_of(sight, writer);
    const std::string text = view.bytes.substr(0, view.bytes.find('\0'));
    if (view.author != nullptr || text.empty()) continue;
    return with_writers(broken("one whole message that a writer sent", shown(view.bytes),
                               "it is a mixture, or was never sent by anyone"),
                        sight);
  }
  const bool any = std::any_of(sight.writers.begin(), sight.writers.end(),
                               [](const Played& writer) { return writer.answered(); });
  if (!any) return unclear("no writer got a reply: see 4.2");
  return holds("every reply was one whole message");
}

Judgement silence_delays_nobody(const CheckSettings&, const RunSight& sight) {
  for (const std::size_t index : {1, 2}) {
    const Played& writer = sight.writers[index];
    if (writer.answered()) continue;
    if (never_accepted(sight, writer))
      return unclear(writer.script.name + " was never accepted: see 1.3 and 1.4");
    if (sight.end && sight.end->seen <= writer.ended)
      return unclear("the server had ended: see 1.4");
    // Where the silent writer, once it spoke, is answered and nobody else is, it is not the lock.
    if (!sight.writers[0].answered()) return unclear("no writer got a reply: see 4.2");
    return with_writers(
        broken_by_patience(
            "a reply, although writer 1 is silent",
            writer.script.name + " got none as long as writer 1 was silent",
            "it receives while it holds the lock, so one silent writer stops everyone"),
        sight);
  }
  return holds("writers 2 and 3 were answered while writer 1 was silent");
}

template <const char* const& name>
Judgement is_linearizable(const CheckSettings& settings, const RunSight& sight) {
  for (const Played& writer : sight.writers) {
    if (reply_meant_for(settings, sight, writer) != nullptr || answered_twice(sight, writer)) {
      return unclear("replies went to the wrong writers: see 4.2");
    }
  }
  const History history = history_of(settings, scenario_named(name), sight);
  const Verdict verdict = judge(history);
  if (verdict.decision == Decision::linearizable) {
    const auto replied = std::count_if(history.sessions.begin(), history.sessions.end(),
                                       [](const auto& s) { return s.outcome == Outcome::replied; });
    if (replied == 0) return unclear("no writer got a reply: see 4.2");
    return holds(verdict.reason);
  }
  if (verdict.decision == Decision::inconclusive) return unclear(verdict.reason);
  if (!breaks(verdict, "3.4")) return unclear("decided elsewhere: " + verdict.reason);
  return with_writers(broken("an order of stores and loads that explains every reply",
                             "there is none", verdict.reason),
                      sight);
}

const char* const course = "course";
const char* const silent = "silent";
const char* const vanish = "vanish";
const char* const together = "together";

constexpr std::string_view register_rule =
    "The slot is linearizable: each load yields the last message stored before it.";

constexpr std::array cases{
    Case{"3.1/no-old-tail", Level::must, "no tail of an older message",
         "A load never yields the tail of an older message.", "course", has_no_old_tail},
    Case{"3.1/whole", Level::must, "writers at the same time get one whole message",
         "A load yields one whole message that some writer stored, never a mixture.", "together",
         is_whole},
    Case{"3.2/silent-writer", Level::must, "a silent writer delays nobody",
         "No socket I/O happens inside the critical section.", "silent", silence_delays_nobody},
    Case{"3.4/course", Level::must, "one atomic register: the course's writers", register_rule,
         "course", is_linearizable<course>},
    Case{"3.4/silent", Level::must, "one atomic register: beside a silent writer", register_rule,
         "silent", is_linearizable<silent>},
    Case{"3.4/vanish", Level::must, "one atomic register: beside writers that leave", register_rule,
         "vanish", is_linearizable<vanish>},
    Case{"3.4/together", Level::must, "one atomic register: writers at the same time",
         register_rule, "together", is_linearizable<together>},
};

}  // namespace

std::span<const Case> cases_of_section_3() { return cases; }

}  // namespace lastword
