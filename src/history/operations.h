#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "history/history.h"

namespace lastword {

/// Before and after every time of a history.
inline constexpr std::int64_t always_ns = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t never_ns = std::numeric_limits<std::int64_t>::max();

/// Somewhere within, both ends included, an operation took effect. One operation precedes another
/// only where its interval ends strictly before the other's begins: equal times order nothing.
struct Interval {
  std::int64_t begin_ns = always_ns;
  std::int64_t end_ns = never_ns;
};

/// Names a value by the index of the session whose message it is. Each is written once.
using Value = std::uint32_t;
inline constexpr Value initial_value = std::numeric_limits<Value>::max();
inline constexpr Value nobodys_value = initial_value - 1;  ///< no session's message at all

/// What one session did to the register, seen from outside.
struct SessionOperations {
  Interval write;               ///< of its message
  Interval read;                ///< of `value`
  Value value = nobodys_value;  ///< may be that of a session that did not write
  bool may_have_written = false;
  bool has_written = false;  ///< for certain; else only where somebody read it
  bool has_read = false;
  bool early = false;    ///< the reply came before the hold was over
  bool ordered = false;  ///< its write took effect before its read
};

/// The operations of a whole history; `sessions` has the history's indices.
struct Operations {
  std::vector<SessionOperations> sessions;
  /// Two sessions that may have written the same message: who read it can't be told apart.
  std::optional<std::pair<std::size_t, std::size_t>> duplicate;
};

/// Makes operations of sessions. A session that was sent its reply at `received` wrote within
/// [sent, received - hold] and read within [sent + hold, received]: the server stores after the
/// message was sent, loads before the reply comes, and holds in between (SPEC 4.1). The hold counts
/// as `hold_ns - slack_ns`, at least 0. The reply's first byte says when it was received, since the
/// load came before it.
///
/// - An unknown outcome is a write from `sent` on, which may never have happened.
/// - A refusal that says that nothing was stored is no write.
/// - A reply before the hold was over is marked `early`; both operations then lie in
///   [sent, received], in either order. Where it even came before the message was sent, the read
///   ends then, and the write is not bounded.
Operations operations_of(const History& history);

}  // namespace lastword
