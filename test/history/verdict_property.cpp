#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <utility>

#include "history/brute_force.h"
#include "history/verdict.h"

namespace lastword {
namespace {

// Thousands of histories, unless the environment asks for more. Read before the first property
// runs.
const int more_cases = setenv("RC_PARAMS", "max_success=6000 max_size=60", 0);

std::string message_of(std::uint64_t number) {
  return std::string(1, static_cast<char>('a' + number));
}

void show(const History& history) {
  RC_LOG() << "hold " << history.hold_ns << ", slack " << history.slack_ns << "\n";
  for (const SessionRecord& session : history.sessions) {
    RC_LOG() << session.number << ": '" << session.message << "' sent "
             << session.sent_ns.value_or(-1) << ", outcome " << static_cast<int>(session.outcome)
             << ", reply '" << session.reply << "' at " << session.first_byte_ns.value_or(-1)
             << "\n";
  }
}

/// The sessions that `numbers` name, as a history of their own. A reply whose writer is left out
/// may have been anything, so that it alone refutes nothing.
History only(const History& history, const std::vector<std::uint64_t>& numbers) {
  History part = history;
  const auto is_in = [&](const SessionRecord& session) {
    return std::find(numbers.begin(), numbers.end(), session.number) != numbers.end();
  };
  std::erase_if(part.sessions, [&](const SessionRecord& session) { return !is_in(session); });
  for (SessionRecord& reader : part.sessions) {
    for (const SessionRecord& writer : history.sessions) {
      const bool wrote = writer.sent_ns && writer.outcome != Outcome::refused;
      if (wrote && !is_in(writer) && writer.message == reader.reply) reader.reply = any_value;
    }
  }
  return part;
}

bool has_duplicates(const History& history) {
  std::set<std::string> messages{history.initial};
  for (const SessionRecord& session : history.sessions) {
    if (!session.sent_ns || session.outcome == Outcome::refused) continue;
    if (!messages.insert(session.message).second) return true;
  }
  return false;
}

/// Whether no session of a finding can be spared.
bool is_minimal(const History& history, const Finding& finding) {
  return std::all_of(finding.sessions.begin(), finding.sessions.end(), [&](std::uint64_t number) {
    std::vector<std::uint64_t> others = finding.sessions;
    std::erase(others, number);
    return is_linearizable_by_search(only(history, others));
  });
}

bool any_waited_long(const History& history) {
  const std::int64_t hold = std::max<std::int64_t>(0, history.hold_ns - history.slack_ns);
  return std::any_of(history.sessions.begin(), history.sessions.end(), [&](const auto& session) {
    return session.first_byte_ns && session.sent_ns &&
           *session.first_byte_ns - *session.sent_ns >= 2 * hold;
  });
}

/// The verdict must be what the search finds, and what it shows must refute by itself.
void expect_agreement(const History& history) {
  show(history);
  const Verdict verdict = judge(history);
  RC_LOG() << verdict.reason << "\n";
  const auto is_early = [](const Finding& finding) {
    return finding.kind == FindingKind::early_reply;
  };
  const auto& findings = verdict.findings;
  const bool refuted = !std::all_of(findings.begin(), findings.end(), is_early);
  const bool explained = is_linearizable_by_search(history);
  const bool any_reply =
      std::any_of(history.sessions.begin(), history.sessions.end(),
                  [](const SessionRecord& session) { return session.outcome == Outcome::replied; });
  if (has_duplicates(history)) {
    RC_CLASSIFY(true, "duplicates");
    RC_ASSERT(!(refuted && explained));
    RC_ASSERT(verdict.decision != Decision::linearizable);
    return;
  }
  RC_CLASSIFY(refuted, "refuted");
  RC_CLASSIFY(!refuted, "explained");
  RC_ASSERT(refuted == !explained);
  RC_ASSERT((verdict.decision == Decision::not_linearizable) == !findings.empty());
  RC_ASSERT((verdict.decision == Decision::inconclusive) == !any_reply);
  bool seen_one = false;
  const bool any_refused = std::any_of(
      findings.begin(), findings.end(),
      [](const Finding& finding) { return finding.kind == FindingKind::refused_value; });
  for (const Finding& finding : findings) {
    RC_LOG() << name_of(finding.kind) << ": " << finding.sentence << "\n";
    RC_TAG(std::string(name_of(finding.kind)));
    RC_ASSERT(verdict.broken_rules.contains(finding.rule));
    if (is_early(finding)) continue;
    RC_ASSERT(!is_linearizable_by_search(only(history, finding.sessions)));
    // They come smallest first. A refused value refutes without its writer, who is there to tell
    // the story; and what Explanation promises depends on how long sessions had to wait.
    const bool first = !any_refused && !std::exchange(seen_one, true);
    if (first && !any_waited_long(history)) RC_ASSERT(is_minimal(history, finding));
  }
}

rc::Gen<SessionRecord> any_session() {
  return rc::gen::exec([] {
    SessionRecord session;
    const auto small = rc::gen::inRange<std::int64_t>(0, 14);
    session.sent_ns = *small;
    session.outcome = *rc::gen::weightedElement<Outcome>(
        {{8, Outcome::replied}, {1, Outcome::refused}, {2, Outcome::unknown}});
    session.ended_ns = *session.sent_ns + 20;
    if (session.outcome == Outcome::replied) {
      session.first_byte_ns = *session.sent_ns + *rc::gen::inRange<std::int64_t>(0, 12);
      session.reply = *rc::gen::weightedOneOf<std::string>(
          {{20, rc::gen::map(rc::gen::inRange<std::uint64_t>(0, 6), message_of)},
           {1, rc::gen::just(std::string())}});
    }
    if (*rc::gen::inRange(0, 30) == 0) session.sent_ns.reset();
    return session;
  });
}

rc::Gen<History> any_history() {
  return rc::gen::exec([] {
    History history;
    history.hold_ns = *rc::gen::inRange<std::int64_t>(0, 5);
    history.slack_ns = *rc::gen::inRange<std::int64_t>(0, 2);
    const auto count = *rc::gen::inRange<std::size_t>(1, 7);
    history.sessions = *rc::gen::container<std::vector<SessionRecord>>(count, any_session());
    for (std::size_t at = 0; at < count; ++at) {
      history.sessions[at].number = at;
      history.sessions[at].message = message_of(at);
      // Replies that nobody wrote would end most histories at once.
      auto& reply = history.sessions[at].reply;
      if (!reply.empty() && reply[0] >= static_cast<char>('a' + count) &&
          *rc::gen::inRange(0, 10) != 0) {
        reply = message_of(at);
      }
    }
    if (count > 1 && *rc::gen::inRange(0, 25) == 0) {
      history.sessions[1].message = history.sessions[0].message;
    }
    return history;
  });
}

/// A real register, its operations at random points of time that often coincide.
History good_history(std::mt19937& random) {
  const auto pick = [&](std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random);
  };
  History history;
  history.hold_ns = pick(0, 6);
  history.slack_ns = pick(0, 1);
  struct Event {
    std::int64_t at;
    std::int64_t tie;
    std::size_t session;
    bool is_read;
  };
  std::vector<Event> events;
  const auto count = static_cast<std::size_t>(pick(1, 7));
  const std::int64_t spread = pick(0, 30);
  for (std::size_t number = 0; number < count; ++number) {
    SessionRecord session;
    session.number = number;
    session.message = message_of(number);
    session.sent_ns = pick(0, spread);
    const std::int64_t stored = *session.sent_ns + pick(0, 5) * pick(0, 1);
    const std::int64_t loaded = stored + history.hold_ns + pick(0, 5) * pick(0, 1);
    session.first_byte_ns = loaded + pick(0, 3);
    session.ended_ns = *session.first_byte_ns;
    const auto fate = pick(0, 9);
    session.outcome = fate == 0   ? Outcome::refused
                      : fate == 1 ? Outcome::unknown
                                  : Outcome::replied;
    if (session.outcome != Outcome::replied) session.first_byte_ns.reset();
    const std::int64_t tie = pick(0, 1000);
    if (session.outcome == Outcome::replied) {
      events.push_back({stored, tie, number, false});
      events.push_back({loaded, stored == loaded ? tie + 1 : pick(0, 1000), number, true});
    } else if (session.outcome == Outcome::unknown && pick(0, 2) > 0) {
      events.push_back({stored + pick(0, 20), tie, number, false});
    }
    history.sessions.push_back(session);
  }
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
    return std::pair(a.at, a.tie) < std::pair(b.at, b.tie);
  });
  std::string held;
  for (const Event& event : events) {
    SessionRecord& session = history.sessions[event.session];
    if (event.is_read) {
      session.reply = held;
    } else {
      held = session.message;
    }
  }
  return history;
}

/// Any at all: by itself it would start with small numbers, and repeat them.
rc::Gen<unsigned> any_seed() {
  return rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<unsigned>());
}

bool any_replied(const History& history) {
  return std::any_of(history.sessions.begin(), history.sessions.end(),
                     [](const SessionRecord& s) { return s.outcome == Outcome::replied; });
}

RC_GTEST_PROP(Spec3_4_Verdict, OfAnyHistoryIsWhatTheSearchFinds, ()) {
  expect_agreement(*any_history());
}

RC_GTEST_PROP(Spec3_4_Verdict, OfARealRegisterIsNeverARefutation, ()) {
  std::mt19937 random(*any_seed());
  const History history = good_history(random);
  show(history);
  const Verdict verdict = judge(history);
  RC_LOG() << verdict.reason;
  RC_ASSERT(verdict.decision ==
            (any_replied(history) ? Decision::linearizable : Decision::inconclusive));
  RC_ASSERT(is_linearizable_by_search(history));
}

RC_GTEST_PROP(Spec3_4_Verdict, OfARealRegisterWithOneReplyChangedIsWhatTheSearchFinds, ()) {
  std::mt19937 random(*any_seed());
  History history = good_history(random);
  RC_PRE(any_replied(history));
  for (;;) {
    SessionRecord& changed = history.sessions[random() % history.sessions.size()];
    if (changed.outcome != Outcome::replied) continue;
    changed.reply = history.sessions[random() % history.sessions.size()].message;
    break;
  }
  expect_agreement(history);
}

RC_GTEST_PROP(Spec3_4_Verdict, DoesNotDependOnTheOrderOfTheSessions, ()) {
  std::mt19937 random(*any_seed());
  History history = good_history(random);
  SessionRecord& changed = history.sessions[random() % history.sessions.size()];
  if (changed.outcome == Outcome::replied) changed.reply = history.sessions[0].message;
  const Verdict verdict = judge(history);
  std::shuffle(history.sessions.begin(), history.sessions.end(), random);
  const Verdict again = judge(history);
  RC_ASSERT(verdict.decision == again.decision);
  RC_ASSERT(verdict.broken_rules == again.broken_rules);
}

}  // namespace
}  // namespace lastword
