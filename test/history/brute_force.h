#pragma once

#include "history/history.h"

namespace lastword {

/// As a reply: it may have been any value.
inline constexpr const char* any_value = "*";

/// Whether some order of the operations explains every reply, found by trying them all (Wing and
/// Gong 1993, "Testing and Verifying Concurrent Objects"). Shares no code with what it checks.
/// Replies before the hold was over bind nothing but their own bounds. For up to 15 sessions.
bool is_linearizable_by_search(const History& history);

}  // namespace lastword
