#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "bench/measured.h"
#include "bench/settings.h"

namespace lastword {

/// The percentiles that every report shows.
struct Percentile {
  double percent;
  const char* name;
  const char* key;  ///< in JSON
};
inline constexpr std::array<Percentile, 5> shown_percentiles{{{50, "50 %", "p50_ms"},
                                                              {90, "90 %", "p90_ms"},
                                                              {99, "99 %", "p99_ms"},
                                                              {99.9, "99.9 %", "p99_9_ms"},
                                                              {99.99, "99.99 %", "p99_99_ms"}}};

inline double ms(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }

/// Right answers per second of the measured time.
double sessions_per_s(const Measured& measured);

/// The generator's processor time by what it could have had: 1 is all of its processors, or one for
/// each of its processes where there are fewer of these.
double processor_share(const Measured& measured);

/// Where the generator itself held the run back: a sentence; empty where it did not. Then the
/// figures say as much of it as of the server.
std::string bottleneck_of(const BenchSettings& settings, const Measured& measured);

}  // namespace lastword
