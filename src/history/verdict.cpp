#include "history/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "history/explanation.h"
#include "history/operations.h"
#include "history/read_fault.h"
#include "history/zones.h"
#include "protocol/escape.h"

namespace lastword {
namespace {

/// How many conflicts are explained, to choose the smallest of.
constexpr std::size_t most_explained = 200;

class Judge {
 public:
  explicit Judge(const History& history)
      : history_(history),
        operations_(operations_of(history)),
        faults_(read_faults(operations_)),
        usable_(usable_reads(faults_)) {}

  Verdict verdict() {
    count_operations();
    find_faulty_reads();
    const bool unique = !operations_.duplicate;
    if (unique) find_conflicts();
    if (verdict_.finding_count > 0) {
      order_findings();
      verdict_.decision = Decision::not_linearizable;
      verdict_.reason = verdict_.findings.front().sentence;
    } else if (!unique) {
      verdict_.reason = about_the_duplicate();
    } else if (reads_ == 0) {
      verdict_.reason = "no session was sent a reply, so there is nothing to judge";
    } else {
      verdict_.decision = Decision::linearizable;
      verdict_.reason = reads_ == 1
                            ? "one atomic register explains the one reply"
                            : fmt::format("one atomic register explains all {} replies", reads_);
    }
    return std::move(verdict_);
  }

 private:
  void count_operations() {
    verdict_.sessions = history_.sessions.size();
    for (const SessionOperations& session : operations_.sessions) {
      verdict_.operations += (session.may_have_written ? 1 : 0) + (session.has_read ? 1 : 0);
      reads_ += session.has_read ? 1 : 0;
    }
  }

  void find_faulty_reads() {
    const Explanation explain(history_, operations_, usable_);
    for (Value index = 0; index < operations_.sessions.size(); ++index) {
      if (operations_.sessions[index].early) {
        report("4.1", [&] { return explain.early_reply(index); });
      }
      // With duplicates it is unknown whose message was read; that nobody's was, is known even so.
      if (operations_.duplicate && faults_[index] != ReadFault::invented) continue;
      switch (faults_[index]) {
        case ReadFault::unread:
        case ReadFault::none: break;
        case ReadFault::invented:
          report("3.1", [&] { return explain.invented_value(index); });
          break;
        case ReadFault::refused: report("2.3", [&] { return explain.refused_value(index); }); break;
        case ReadFault::before_write:
          report("3.1", [&] { return explain.read_before_write(index); });
          break;
        case ReadFault::initial_after_own:
          report("3.4", [&] { return explain.own_value_lost(index); });
          break;
      }
    }
  }

  void find_conflicts() {
    const std::vector<Zone> zones = zones_of(operations_, usable_);
    const Explanation explain(history_, operations_, usable_);
    const auto add = [&](const Conflicts& conflicts) {
      for (const Conflict& pair : conflicts.found) {
        verdict_.findings.push_back(explain.conflicting_pair(pair[0], pair[1]));
      }
      verdict_.finding_count += conflicts.count;
      if (conflicts.count > 0) verdict_.broken_rules.insert("3.4");
      return conflicts.count;
    };
    const std::size_t by_time = add(conflicting_zones(zones, most_explained));
    const std::size_t by_order =
        add(conflicting_sessions(zones, operations_, usable_, most_explained));
    if (by_time + by_order > 0) return;
    if (const auto circle = conflicting_circle(zones, operations_, usable_)) {
      report("3.4", [&] { return explain.conflicting_circle(*circle); });
    }
  }

  void report(const char* rule, const std::function<Finding()>& explained) {
    verdict_.broken_rules.insert(rule);
    if (++verdict_.finding_count <= Verdict::most_findings) {
      verdict_.findings.push_back(explained());
    }
  }

  void order_findings() {
    auto& findings = verdict_.findings;
    std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
      if (a.sessions.size() != b.sessions.size()) return a.sessions.size() < b.sessions.size();
      return a.at_ns < b.at_ns;
    });
    if (findings.size() > Verdict::most_findings) findings.resize(Verdict::most_findings);
  }

  std::string about_the_duplicate() const {
    const auto [one, other] = *operations_.duplicate;
    const SessionRecord& first = history_.sessions[one];
    if (one == other) {
      return fmt::format(
          "writer {} sent '{}', which the slot held at first: a reply can't tell them apart",
          first.number, escaped(first.message));
    }
    return fmt::format(
        "writers {} and {} both sent '{}': a reply can't tell whose it is, and only "
        "unique messages can be decided",
        first.number, history_.sessions[other].number, escaped(first.message));
  }

  const History& history_;
  const Operations operations_;
  const std::vector<ReadFault> faults_;
  const UsableReads usable_;
  std::size_t reads_ = 0;
  Verdict verdict_;
};

}  // namespace

std::int64_t origin_of(const History& history) {
  std::int64_t origin = never_ns;
  for (const SessionRecord& record : history.sessions) {
    for (const auto& time : {record.connected_ns, record.sent_ns, record.first_byte_ns}) {
      if (time) origin = std::min(origin, *time);
    }
    origin = std::min(origin, record.ended_ns);
  }
  return history.sessions.empty() ? 0 : origin;
}

std::string time_text(const History& history, std::int64_t origin_ns, std::int64_t at_ns) {
  constexpr std::int64_t long_hold_ns = 500'000'000;
  const double seconds = static_cast<double>(at_ns - origin_ns) / 1e9;
  return history.hold_ns >= long_hold_ns ? fmt::format("{:.3f} s", seconds)
                                         : fmt::format("{:.6f} s", seconds);
}

Verdict judge(const History& history) { return Judge(history).verdict(); }

bool breaks(const Verdict& verdict, const std::string& rule) {
  return verdict.broken_rules.contains(rule);
}

std::string_view name_of(Decision decision) {
  switch (decision) {
    case Decision::linearizable: return "linearizable";
    case Decision::not_linearizable: return "not linearizable";
    case Decision::inconclusive: return "inconclusive";
  }
  return "";
}

std::string_view name_of(FindingKind kind) {
  switch (kind) {
    case FindingKind::early_reply: return "early reply";
    case FindingKind::invented_value: return "invented value";
    case FindingKind::torn_mixture: return "torn mixture";
    case FindingKind::refused_value: return "refused value";
    case FindingKind::read_before_write: return "read before its write";
    case FindingKind::stale_read: return "stale read";
    case FindingKind::own_value_lost: return "own value lost";
    case FindingKind::order_conflict: return "order conflict";
  }
  return "";
}

}  // namespace lastword
