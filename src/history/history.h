#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "history/session_record.h"

namespace lastword {

/// What writers saw of one slot, from its first content on: every session that may have stored into
/// it is in here, else its message would look invented to those who read it.
struct History {
  std::string name;          ///< what this history shows, for people; may be empty
  std::int64_t hold_ns = 0;  ///< at least so long lies between a session's store and its load
  std::int64_t slack_ns =
      0;                ///< the hold may look so much shorter, as two clocks never quite agree
  std::string initial;  ///< what the slot held at first; the empty message by default
  std::vector<SessionRecord> sessions;
};

}  // namespace lastword
