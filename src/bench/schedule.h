#pragma once

#include <cstdint>
#include <random>

namespace lastword {

/// How the sessions of an open loop arrive.
enum class Arrivals {
  poisson,   ///< independently of each other, as many unrelated writers do
  constant,  ///< evenly
};

/// When the sessions of one process are planned to start: nanoseconds from the run's begin, never
/// falling. All processes together plan `rate` sessions per second. The same arguments give the
/// same times. Pure.
class Schedule {
 public:
  /// `rate` > 0 is that of the whole run; this is process `worker` of `workers`.
  Schedule(Arrivals arrivals, double rate, std::uint32_t worker, std::uint32_t workers,
           std::uint64_t seed);

  /// When the next session starts.
  std::int64_t next_ns() const { return next_ns_; }
  /// Goes on to the one after it.
  void advance();

 private:
  double gap();

  Arrivals arrivals_;
  double mean_gap_ns_;
  double offset_ns_;  ///< of the first, where arrivals are constant
  std::uint64_t done_ = 0;
  double at_ns_ = 0;
  std::int64_t next_ns_ = 0;
  std::mt19937_64 random_;
};

}  // namespace lastword
