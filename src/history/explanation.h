#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "history/history.h"
#include "history/operations.h"
#include "history/verdict.h"
#include "history/zones.h"

namespace lastword {

/// Puts what refutes a history into sentences, with the fewest sessions that refute it by
/// themselves. (Where sessions had to wait longer than two holds, a circle of more values may take
/// fewer yet.) Messages are escaped; times count from the history's origin. Outlived by what it was
/// made of.
class Explanation {
 public:
  Explanation(const History& history, const Operations& operations, const UsableReads& usable);

  // Of one session, by index.
  Finding early_reply(std::size_t reader) const;
  Finding invented_value(std::size_t reader) const;  ///< or a torn mixture, where it looks like one
  Finding refused_value(std::size_t reader) const;
  Finding read_before_write(std::size_t reader) const;
  Finding own_value_lost(std::size_t reader) const;  ///< to what the slot held at first

  /// Two values whose zones conflict.
  Finding conflicting_pair(Value one, Value other) const;

  /// Values whose clusters each must come before the next, in a circle, by a session's own order.
  Finding conflicting_circle(const Conflict& circle) const;

 private:
  /// An operation of a cluster. The write of the initial value belongs to no session.
  struct Step {
    Value session = initial_value;
    bool is_read = false;
    Interval interval;
  };
  /// One step of a cluster ends before one of another begins; or is the same session's write.
  struct Precedence {
    Step before;
    Step after;
    bool by_time() const { return before.interval.end_ns < after.interval.begin_ns; }
  };

  const std::vector<Step>& steps_of(Value value) const;
  std::vector<Step> find_steps_of(Value value) const;
  std::vector<Precedence> precedences(Value before, Value after) const;
  Finding stale_read(Value stale, Value newer, const Precedence& replaced) const;
  Finding one_of_two_stale(Value one, Value other, const Precedence& one_later,
                           const Precedence& other_later) const;

  Finding start(FindingKind kind, const char* rule, std::size_t reader) const;
  void add(Finding& finding, Value session) const;
  std::string who(std::size_t index) const;  ///< "writer 12"
  std::string quoted(Value value) const;     ///< "'b'", or "the empty message"
  std::string reply_of(std::size_t index) const;
  std::string time(std::int64_t at_ns) const;  ///< "2.004 s"

  const History& history_;
  const Operations& operations_;
  const std::int64_t origin_ns_;
  const UsableReads& usable_;
  std::vector<std::pair<Value, Value>> readers_;      // value and reader, sorted
  mutable std::map<Value, std::vector<Step>> steps_;  // found so far: the same value often recurs
};

}  // namespace lastword
