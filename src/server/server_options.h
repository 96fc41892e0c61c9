#pragma once

#include <cstdint>

#include "server/session.h"

namespace lastword {

/// How many sessions a server takes, and how it stops.
struct ServerOptions {
  SessionOptions session;
  std::uint64_t connections = 0;  ///< accepts until it stops by itself; 0: no such count (SPEC 1.4)
  std::uint64_t max_sessions = 0;  ///< sessions at once; 0: as many as the machine allows
  Clock::duration grace = std::chrono::seconds(5);  ///< for the held sessions (SPEC 5.3)
};

}  // namespace lastword
