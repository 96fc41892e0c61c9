#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "bench/errors.h"
#include "bench/histogram.h"

namespace lastword {

/// What one process of a run saw, or, merged, all of them. A session counts as measured where it
/// was planned after the warm-up. Times are nanoseconds.
struct Measured {
  Histogram latency;      ///< from the planned start to the reply's last byte, right answers only
  Histogram lateness;     ///< the part of it beyond the hold; closed loop: from when it was sent
  Histogram start_delay;  ///< from the planned start to the real one: the generator's own
  Errors errors;          ///< of all sessions, those of the warm-up too

  std::uint64_t started = 0;     ///< all sessions
  std::uint64_t answered = 0;    ///< rightly; all sessions
  std::uint64_t unfinished = 0;  ///< in flight when the run was interrupted
  std::uint64_t in_window = 0;   ///< answered rightly between the warm-up and the last start
  std::uint64_t connected = 0;   ///< sessions that have sent
  std::uint64_t peak_held = 0;   ///< sessions at once that had sent and were waiting

  std::int64_t window_ns = 0;      ///< from the end of the warm-up to the last start, or the
                                   ///< last answer where the number of sessions ends the run
  std::int64_t user_ns = 0;        ///< processor time of the generator, while it started sessions
  std::int64_t system_ns = 0;      ///< likewise, in the kernel
  std::int64_t cpu_span_ns = 0;    ///< how long that was
  std::uint64_t memory_bytes = 0;  ///< memory of the generator that no file backs
  std::uint32_t processes = 0;
  bool interrupted = false;
  std::vector<std::string> failures;  ///< of a process as a whole

  /// Of each process, how many sessions have sent; and how many, by what others were answered, it
  /// must have had.
  std::vector<std::uint64_t> sent;
  std::vector<std::uint64_t> named;

  /// Takes in what another process saw. Peaks add up: see fleet.h for the true one.
  void merge(const Measured& other);

  nlohmann::json to_json() const;
  static Measured from_json(const nlohmann::json& json);
};

}  // namespace lastword
