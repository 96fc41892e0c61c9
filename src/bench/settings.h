#pragma once

#include <netinet/in.h>

#include <chrono>
#include <cstdint>
#include <vector>

#include "bench/schedule.h"
#include "net/endpoint.h"

namespace lastword {

/// What a run does, whatever it says to the server.
struct BenchSettings {
  std::vector<Endpoint> targets{{"127.0.0.1", 1050}};  ///< in turn
  double rate = 0;                ///< open loop: sessions planned per second; 0: closed loop
  std::uint64_t concurrency = 1;  ///< closed loop: sessions at once
  Arrivals arrivals = Arrivals::poisson;
  std::chrono::nanoseconds warmup{0};    ///< first of all; checked, but not measured
  std::chrono::nanoseconds duration{0};  ///< then new sessions start for so long; 0: no end
  std::uint64_t sessions = 0;            ///< start no more than so many; 0: no end
  std::chrono::nanoseconds hold{0};      ///< the server's; lateness is what exceeds it
  std::chrono::nanoseconds timeout{std::chrono::seconds(30)};  ///< of a session, beyond the hold
  std::vector<in_addr> sources;  ///< addresses to connect from, in turn; empty: the kernel's choice
  std::uint32_t processes = 0;   ///< 0: as many as the descriptors take
  std::uint64_t seed = 1;        ///< of the arrivals
};

/// A reply may be so much early without being an error: two clocks never quite agree.
constexpr std::chrono::nanoseconds early_slack(std::chrono::nanoseconds hold) {
  return std::min<std::chrono::nanoseconds>(std::chrono::milliseconds(1), hold / 10);
}

}  // namespace lastword
