#pragma once

#include <cstdint>
#include <functional>

#include "bench/dialogue.h"
#include "bench/measured.h"
#include "bench/settings.h"
#include "net/error.h"

namespace lastword {

/// How far a run is, all processes together.
struct FleetProgress {
  double seconds = 0;  ///< since its begin
  std::uint64_t started = 0;
  std::uint64_t answered = 0;
  std::uint64_t errors = 0;
  std::uint64_t held = 0;
};

/// How many processes a run needs so that its sessions at once fit into `descriptors` each. In an
/// open loop a second's arrivals more than the hold's are reckoned with. At least 1; in a closed
/// loop no more than sessions at once.
std::uint32_t processes_for(const BenchSettings& settings, std::uint64_t descriptors);

/// Runs it all: forks the processes, each of which plays its share of `dialogue`, and merges what
/// they saw. The calling process must have one thread. `on_progress` is called some times a second.
///
/// - The limit of descriptors is raised to the hard one.
/// - Ends early, with what was measured, after SIGINT or SIGTERM (bench/interrupt.h).
/// - The peak of sessions held at once is exact for one process; for more it is the highest sum
///   seen at tenths of a second.
/// - An error says why nothing could be started, such as an unknown host.
Result<Measured> run_bench(const BenchSettings& settings, Dialogue& dialogue,
                           const std::function<void(const FleetProgress&)>& on_progress);

}  // namespace lastword
