#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "history/operations.h"

namespace lastword {

/// The write of a value and the reads of it must follow each other in any order that explains them,
/// with no other value's between: a cluster. Its zone lies between the earliest end and the latest
/// begin of its operations.
struct Zone {
  Value value = nobodys_value;
  std::int64_t first_end_ns = never_ns;
  std::int64_t last_begin_ns = always_ns;

  /// Forward: the slot held the value throughout the zone. Backward: at some time within it.
  bool is_forward() const { return first_end_ns < last_begin_ns; }

  /// Whether some operation of this cluster precedes one of the other.
  bool precedes(const Zone& other) const { return first_end_ns < other.last_begin_ns; }
};

/// A read counts in the zone of its value only where this says so, by session.
using UsableReads = std::vector<bool>;

/// The zones of all values that were certainly written, or usably read.
std::vector<Zone> zones_of(const Operations& operations, const UsableReads& usable);

/// Values that can't all be explained: each one's cluster must precede that of the next, and the
/// last one's that of the first.
using Conflict = std::vector<Value>;

struct Conflicts {
  std::vector<Conflict> found;  ///< the first ones in time
  std::size_t count = 0;        ///< also of those that `found` has no room for
};

/// Pairs of zones that refute the history, by the theorem of Gibbons and Korach; none where the
/// order of intervals alone allows an explanation. At most `most` are kept.
Conflicts conflicting_zones(std::vector<Zone> zones, std::size_t most);

/// Pairs of values that conflict only because each session writes before it reads, which intervals
/// don't say where the session had to wait. At most `most` are kept.
Conflicts conflicting_sessions(const std::vector<Zone>& zones, const Operations& operations,
                               const UsableReads& usable, std::size_t most);

/// A longer circle of that kind; nothing where there is none, so that the history is explained.
/// Neither zones nor sessions conflict in pairs.
std::optional<Conflict> conflicting_circle(const std::vector<Zone>& zones,
                                           const Operations& operations, const UsableReads& usable);

}  // namespace lastword
