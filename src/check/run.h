#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "check/script.h"
#include "check/server_process.h"
#include "net/error.h"

namespace lastword {

/// What is looked at, or done, around the writers of a run.
enum class Around {
  nothing,
  exit_and_restart,  ///< waits for the server's exit, then starts it again at once
  stop_signal,       ///< sends SIGTERM while the sessions hold
  few_descriptors,   ///< the server may open only a few
};

/// One run of a server: its writers, and what is done around them.
struct Scenario {
  std::string_view name;
  std::string_view purpose;
  Around around = Around::nothing;
  bool recorded = false;  ///< all its messages are plain ones: its history can be judged
  bool needs_command = false;
  bool (*applies)(const CheckSettings&) = nullptr;
  std::vector<Script> (*scripts)(const CheckSettings&, std::uint64_t seed) = nullptr;
};

/// A socket that the server listened on, as the kernel's table shows it.
struct Listening {
  bool ipv6 = false;
  bool wildcard = false;
};

/// All that was seen of one run.
struct RunSight {
  std::optional<Error> could_not_start;
  int patience = 1;  ///< the factor by which every wait was stretched
  std::vector<Played> writers;
  bool with_process = false;  ///< the checker started the server, and so sees how it ends
  bool watched = false;       ///< the kernel's table showed the server's sockets
  std::vector<Listening> listening;
  std::optional<Clock::time_point> listener_gone;  ///< first seen without a listening socket
  std::optional<Clock::time_point> gone;  ///< when its process was first seen to have ended
  std::optional<ProcessEnd> end;          ///< by itself, before the checker ended it
  std::string output;
  std::optional<Result<void>> restarted;
  bool restart_ended = false;  ///< where it did not listen then: because it ended
  bool time_wait = false;      ///< the port was in TIME_WAIT when the server was started again
  std::optional<Clock::time_point> signalled;
  std::chrono::duration<double> processor_time{0};  ///< that the server used during the run
  Clock::duration lag{0};    ///< how late the checker itself was at most: the machine's load
  Clock::duration blind{0};  ///< the longest time between two looks at the kernel's table
  Clock::time_point began;
  Clock::time_point finished;
};

/// Plays `scenario` once, in the calling thread's network: starts the server where there is a
/// command, plays the writers, ends the server. `patience` stretches every wait for what may never
/// come.
RunSight run_once(const CheckSettings& settings, const Scenario& scenario, std::uint64_t seed,
                  int patience);

}  // namespace lastword
