#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <vector>

#include "bench/schedule.h"
#include "net/endpoint.h"

namespace lastword {

/// What one process of a run does: its share of it. Times are nanoseconds of CLOCK_MONOTONIC.
struct Share {
  std::uint32_t worker = 0;
  std::uint32_t workers = 1;
  std::vector<SocketAddress> targets;  ///< in turn; at least one
  std::vector<in_addr> sources;        ///< in turn; empty: the kernel's choice
  double run_rate = 0;                 ///< of all processes; 0: closed loop
  std::uint64_t concurrency = 0;       ///< of this process
  std::uint64_t sessions = 0;          ///< of this process; the highest number: no end
  std::size_t descriptors = 0;         ///< this process's limit
  Arrivals arrivals = Arrivals::poisson;
  std::uint64_t seed = 1;
  std::int64_t begin_ns = 0;  ///< of the warm-up
  std::int64_t warmup_ns = 0;
  std::int64_t duration_ns = 0;  ///< behind the warm-up; 0: no end
  std::int64_t hold_ns = 0;
  std::int64_t early_slack_ns = 0;
  std::int64_t timeout_ns = 0;  ///< beyond the hold

  std::int64_t window_begin_ns() const { return begin_ns + warmup_ns; }
};

}  // namespace lastword
