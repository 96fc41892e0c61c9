#pragma once

#include <string>

#include "bench/fleet.h"

namespace lastword {

/// Says on stderr how far a run is, in one line that changes; nothing where stderr is no terminal.
class BenchProgress {
 public:
  BenchProgress();
  BenchProgress(const BenchProgress&) = delete;
  BenchProgress& operator=(const BenchProgress&) = delete;
  ~BenchProgress();  ///< leaves an empty line

  /// Draws, but no more than some times a second.
  void show(const FleetProgress& progress);

 private:
  const bool on_terminal_;
  double drawn_at_s_ = -1;
  double rate_since_s_ = 0;
  std::uint64_t answered_then_ = 0;
  double rate_ = 0;
};

/// "12.3 s: 24600 started, 20600 answered (2000/s), 4000 held, 0 errors".
std::string line_of(const FleetProgress& progress, double answered_per_s);

}  // namespace lastword
