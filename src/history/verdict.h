#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "history/history.h"

namespace lastword {

enum class Decision {
  linearizable,      ///< some order of the operations explains every reply
  not_linearizable,  ///< none does: the findings say why
  inconclusive,      ///< the history does not let it be decided: the reason says why
};

/// What is wrong with a reply. The kinds after the first two blame the slot's order (SPEC 3.4).
enum class FindingKind {
  early_reply,        ///< it came before the hold was over (SPEC 4.1)
  invented_value,     ///< nobody stored it (SPEC 3.1)
  torn_mixture,       ///< nobody stored it, and it looks like pieces of stored ones (SPEC 3.1)
  refused_value,      ///< its writer was told that it was not stored (SPEC 2.3)
  read_before_write,  ///< it was loaded before its writer had sent it
  stale_read,         ///< it had been replaced by then, and nobody stored it again
  own_value_lost,     ///< older than the reader's own message, which nothing but itself replaced
  order_conflict,     ///< no order of the stores explains these replies together
};

/// One proof that a history is not linearizable.
struct Finding {
  FindingKind kind = FindingKind::order_conflict;
  std::string rule;                     ///< of SPEC.md that it breaks, such as "3.4"
  std::vector<std::uint64_t> sessions;  ///< that refute, by number, the misled reader first
  std::int64_t at_ns = 0;               ///< when the reply showed it
  std::string sentence;                 ///< printable ASCII; times count from the history's origin
};

struct Verdict {
  Decision decision = Decision::inconclusive;
  std::string reason;                  ///< one sentence, printable ASCII
  std::vector<Finding> findings;       ///< the first is the smallest; at most `most_findings`
  std::size_t finding_count = 0;       ///< also of those that `findings` has no room for
  std::set<std::string> broken_rules;  ///< by all of them
  std::size_t sessions = 0;
  std::size_t operations = 0;  ///< that were judged: writes and reads

  static constexpr std::size_t most_findings = 20;
};

/// The time that reports count from: the least in the history; 0 where it is empty.
std::int64_t origin_of(const History& history);

/// "2.004 s": `at_ns` counted from `origin_ns`, in milliseconds, or in microseconds where the hold
/// is so short that they matter.
std::string time_text(const History& history, std::int64_t origin_ns, std::int64_t at_ns);

/// Decides whether one atomic register explains `history`. Exact for histories whose messages are
/// unique; inconclusive, never a guess, for the others. Takes n log n time. See zones.cpp for the
/// theorem.
Verdict judge(const History& history);

/// Whether any finding breaks `rule` of SPEC.md, such as "3.4".
bool breaks(const Verdict& verdict, const std::string& rule);

std::string_view name_of(Decision decision);  ///< such as "not linearizable"
std::string_view name_of(FindingKind kind);   ///< such as "stale read"

}  // namespace lastword
