#include "history/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <set>

#include "history/likeness.h"
#include "protocol/escape.h"

namespace lastword {
namespace {

std::string in_quotes(std::string_view bytes) {
  return bytes.empty() ? "the empty message" : "'" + escaped(bytes) + "'";
}

}  // namespace

Explanation::Explanation(const History& history, const Operations& operations,
                         const UsableReads& usable)
    : history_(history), operations_(operations), origin_ns_(origin_of(history)), usable_(usable) {
  for (Value index = 0; index < operations.sessions.size(); ++index) {
    if (usable[index]) readers_.emplace_back(operations.sessions[index].value, index);
  }
  std::sort(readers_.begin(), readers_.end());
}

std::string Explanation::who(std::size_t index) const {
  return fmt::format("writer {}", history_.sessions[index].number);
}

std::string Explanation::quoted(Value value) const {
  return in_quotes(value == initial_value ? history_.initial : history_.sessions[value].message);
}

std::string Explanation::reply_of(std::size_t index) const {
  return in_quotes(history_.sessions[index].reply);
}

std::string Explanation::time(std::int64_t at_ns) const {
  return time_text(history_, origin_ns_, at_ns);
}

void Explanation::add(Finding& finding, Value session) const {
  if (session == initial_value) return;
  const std::uint64_t number = history_.sessions[session].number;
  const auto& known = finding.sessions;
  if (std::find(known.begin(), known.end(), number) == known.end()) {
    finding.sessions.push_back(number);
  }
}

Finding Explanation::start(FindingKind kind, const char* rule, std::size_t reader) const {
  Finding finding{kind, rule, {}, operations_.sessions[reader].read.end_ns, ""};
  add(finding, static_cast<Value>(reader));
  return finding;
}

Finding Explanation::early_reply(std::size_t reader) const {
  Finding finding = start(FindingKind::early_reply, "4.1", reader);
  const SessionRecord& record = history_.sessions[reader];
  if (!record.sent_ns || finding.at_ns < *record.sent_ns) {
    finding.sentence = fmt::format("{} was sent {} at {}, before it had sent its message",
                                   who(reader), reply_of(reader), time(finding.at_ns));
    return finding;
  }
  finding.sentence = fmt::format(
      "{} was sent {} at {}, {:.6g} ms after it sent its message, though the hold is {:.6g} ms",
      who(reader), reply_of(reader), time(finding.at_ns),
      static_cast<double>(finding.at_ns - *record.sent_ns) / 1e6,
      static_cast<double>(history_.hold_ns) / 1e6);
  return finding;
}

Finding Explanation::invented_value(std::size_t reader) const {
  Finding finding = start(FindingKind::invented_value, "3.1", reader);
  finding.sentence = fmt::format("{} was sent {} at {}, which nobody had sent", who(reader),
                                 reply_of(reader), time(finding.at_ns));
  const auto likeness = likeness_of_reply(history_, operations_, reader);
  if (!likeness) return finding;
  const std::string_view reply = history_.sessions[reader].reply;
  const std::string front = quoted(likeness->front);
  if (likeness->back != nobodys_value) {
    finding.kind = FindingKind::torn_mixture;
    finding.sentence +=
        fmt::format("; it looks like a mixture: the begin {} of {} and the end of {}",
                    in_quotes(reply.substr(0, likeness->size)), front, quoted(likeness->back));
  } else if (likeness->size == reply.size()) {
    finding.sentence += fmt::format("; it looks like the begin of {}", front);
  } else {
    const std::size_t more = reply.size() - likeness->size;
    finding.sentence +=
        fmt::format("; it looks like {} and {} byte{} more", front, more, more == 1 ? "" : "s");
  }
  add(finding, likeness->front);
  if (likeness->back != nobodys_value) add(finding, likeness->back);
  return finding;
}

Finding Explanation::refused_value(std::size_t reader) const {
  Finding finding = start(FindingKind::refused_value, "2.3", reader);
  const Value writer = operations_.sessions[reader].value;
  add(finding, writer);
  finding.sentence =
      history_.sessions[writer].outcome == Outcome::refused
          ? fmt::format("{} was sent {} at {}, though {} had been told that it was not stored",
                        who(reader), reply_of(reader), time(finding.at_ns), who(writer))
          : fmt::format("{} was sent {} at {}, though {} never sent it", who(reader),
                        reply_of(reader), time(finding.at_ns), who(writer));
  return finding;
}

Finding Explanation::read_before_write(std::size_t reader) const {
  Finding finding = start(FindingKind::read_before_write, "3.1", reader);
  const Value writer = operations_.sessions[reader].value;
  add(finding, writer);
  finding.sentence = fmt::format("{} was sent {} at {}, before {} sent it at {}", who(reader),
                                 reply_of(reader), time(finding.at_ns), who(writer),
                                 time(operations_.sessions[writer].write.begin_ns));
  return finding;
}

Finding Explanation::own_value_lost(std::size_t reader) const {
  Finding finding = start(FindingKind::own_value_lost, "3.4", reader);
  finding.sentence = fmt::format(
      "{} was sent {}, which the slot held at first, at {}, though its own {} had replaced that by "
      "{}",
      who(reader), reply_of(reader), time(finding.at_ns), quoted(static_cast<Value>(reader)),
      time(operations_.sessions[reader].write.end_ns));
  return finding;
}

const std::vector<Explanation::Step>& Explanation::steps_of(Value value) const {
  const auto [known, fresh] = steps_.try_emplace(value);
  if (fresh) known->second = find_steps_of(value);
  return known->second;
}

std::vector<Explanation::Step> Explanation::find_steps_of(Value value) const {
  // A value may have been read a million times; only early ends and late begins can precede or be
  // preceded, so a few of each tell as much as all.
  constexpr std::size_t enough = 12;
  std::vector<Step> reads;
  auto reader = std::lower_bound(readers_.begin(), readers_.end(), std::pair{value, Value{0}});
  for (; reader != readers_.end() && reader->first == value; ++reader) {
    reads.push_back({reader->second, true, operations_.sessions[reader->second].read});
  }
  if (reads.size() > 2 * enough) {
    std::sort(reads.begin(), reads.end(),
              [](const Step& a, const Step& b) { return a.interval.end_ns < b.interval.end_ns; });
    std::partial_sort(
        reads.begin() + enough, reads.begin() + 2 * enough, reads.end(),
        [](const Step& a, const Step& b) { return a.interval.begin_ns > b.interval.begin_ns; });
    reads.resize(2 * enough);
  }
  const Interval first{always_ns, always_ns};
  reads.push_back(
      {value, false, value == initial_value ? first : operations_.sessions[value].write});
  return reads;
}

std::vector<Explanation::Precedence> Explanation::precedences(Value before, Value after) const {
  std::vector<Precedence> found;
  const std::vector<Step>& later_steps = steps_of(after);
  for (const Step& earlier : steps_of(before)) {
    for (const Step& later : later_steps) {
      if (earlier.interval.end_ns < later.interval.begin_ns) found.push_back({earlier, later});
    }
  }
  if (before == initial_value || !usable_[before]) return found;
  const SessionOperations& own = operations_.sessions[before];
  if (own.ordered && own.value == after) {
    found.push_back({{before, false, own.write}, {before, true, own.read}});
  }
  return found;
}

Finding Explanation::conflicting_pair(Value one, Value other) const {
  // Of all ways to see that each value precedes the other, the one with the fewest sessions; among
  // those, one where a value is loaded again after it was replaced for certain.
  const std::vector<Precedence> forth = precedences(one, other);
  const std::vector<Precedence> back = precedences(other, one);
  const Precedence* best_forth = nullptr;
  const Precedence* best_back = nullptr;
  std::size_t least = ~std::size_t{0};
  for (const Precedence& first : forth) {
    for (const Precedence& second : back) {
      const std::set<Value> sessions{one,
                                     other,
                                     first.before.session,
                                     first.after.session,
                                     second.before.session,
                                     second.after.session};
      const bool certain = !first.after.is_read || !second.after.is_read;
      const std::size_t cost = 2 * sessions.size() + (certain ? 0 : 1);
      if (cost >= least) continue;
      least = cost;
      best_forth = &first;
      best_back = &second;
    }
  }
  assert(best_forth != nullptr);  // else the zones don't conflict
  const bool other_was_new = !best_forth->after.is_read;
  const bool one_was_new = !best_back->after.is_read;
  if (!other_was_new && !one_was_new && !(best_forth->by_time() && best_back->by_time())) {
    return conflicting_circle({one, other});
  }
  Finding finding = other_was_new ? stale_read(one, other, *best_back)
                    : one_was_new ? stale_read(other, one, *best_forth)
                                  : one_of_two_stale(one, other, *best_back, *best_forth);
  for (const Value session : {one, other, best_forth->before.session, best_forth->after.session,
                              best_back->before.session, best_back->after.session}) {
    add(finding, session);
  }
  return finding;
}

Finding Explanation::stale_read(Value stale, Value newer, const Precedence& replaced) const {
  const Value reader = replaced.after.session;
  const bool lost = reader == newer;
  const bool echoed = reader == stale;
  Finding finding =
      start(lost ? FindingKind::own_value_lost : FindingKind::stale_read, "3.4", reader);
  const std::string when =
      replaced.by_time() ? "by " + time(replaced.before.interval.end_ns) : "before that";
  finding.sentence = fmt::format(
      "{} was sent {}{} at {} (loaded no earlier than {}), though {}{} had replaced it {} and "
      "nobody stored {} again",
      who(reader), echoed ? "its own " : "", quoted(stale), time(finding.at_ns),
      time(replaced.after.interval.begin_ns), lost ? "its own " : "", quoted(newer), when,
      quoted(stale));
  return finding;
}

Finding Explanation::one_of_two_stale(Value one, Value other, const Precedence& one_later,
                                      const Precedence& other_later) const {
  const Value reader = one_later.after.session;
  const Value other_reader = other_later.after.session;
  Finding finding = start(FindingKind::stale_read, "3.4", reader);
  const auto told = [&](Value session, Value value, const Step& step) {
    return fmt::format("{} was sent {}{} at {} (loaded no earlier than {})", who(session),
                       session == value ? "its own " : "", quoted(value),
                       time(step.interval.end_ns), time(step.interval.begin_ns));
  };
  finding.sentence = fmt::format(
      "{}, and {}, though both had been stored by {}: whichever came first had been replaced, and "
      "nobody stored it again",
      told(reader, one, one_later.after), told(other_reader, other, other_later.after),
      time(std::max(one_later.before.interval.end_ns, other_later.before.interval.end_ns)));
  return finding;
}

Finding Explanation::conflicting_circle(const Conflict& circle) const {
  std::string reasons;
  std::optional<Finding> finding;
  std::vector<Value> involved(circle);
  for (std::size_t at = 0; at < circle.size(); ++at) {
    const Value before = circle[at];
    const Value after = circle[(at + 1) % circle.size()];
    if (!reasons.empty()) reasons += "; ";
    reasons += fmt::format("{} before {}, because ", quoted(before), quoted(after));
    const std::vector<Precedence> all = precedences(before, after);
    const auto newcomers = [&](const Precedence& precedence) {
      const auto is_new = [&](Value session) {
        return std::find(circle.begin(), circle.end(), session) == circle.end() ? 1 : 0;
      };
      return is_new(precedence.before.session) + is_new(precedence.after.session);
    };
    const Precedence& shown = *std::min_element(
        all.begin(), all.end(),
        [&](const Precedence& a, const Precedence& b) { return newcomers(a) < newcomers(b); });
    if (!shown.by_time()) {
      reasons += fmt::format("{} stored the one and then was sent the other", who(before));
      if (!finding) finding = start(FindingKind::order_conflict, "3.4", before);
      continue;
    }
    reasons += fmt::format("it was there by {} and the other after {}",
                           time(shown.before.interval.end_ns), time(shown.after.interval.begin_ns));
    involved.push_back(shown.before.session);
    involved.push_back(shown.after.session);
  }
  for (const Value session : involved) add(*finding, session);
  finding->sentence = "no order of the stores explains the replies: " + reasons;
  return *finding;
}

}  // namespace lastword
