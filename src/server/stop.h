#pragma once

#include <optional>

#include "server/observer.h"
#include "server/signals.h"

namespace lastword {

/// How far the server's stop has come (SPEC 5.3).
enum class Stop {
  none,
  receiving,  ///< a session that still waits for its message gets no more of it
  cut,        ///< the grace time is over: every wait ends
};

/// How a server's run ended.
enum class Stopped {
  finished,     ///< every session has ended
  overdue,      ///< sessions outlived the grace time; their threads still run
  interrupted,  ///< a second signal came; threads may still run
};

/// The end of a server's run, the same for every engine: wait for the sessions; at a signal go
/// through the steps of a stop, each with its time.
class Stopping {
 public:
  /// Throws std::system_error where there is no descriptor to be had.
  Stopping(StopSignals& signals, Clock::duration grace);
  virtual ~Stopping() = default;

 protected:
  /// Waits until the sessions have ended, as long as it takes or, once a signal has come, for the
  /// time that a stop gives them.
  Stopped finish(bool signalled);

  /// To be called, from any thread, once no session is left and none will come.
  void tell_idle();

  /// Has every session end the waits that `stop` ends, and begin no more of them. All sessions must
  /// know of it before any of them goes on: or the first to end would pass its turn to one that
  /// knows nothing of the stop yet, and that one would store.
  virtual void stop_all(Stop stop) = 0;

 private:
  enum class Wait { idle, signalled, timed_out };
  Wait wait_until_idle(std::optional<Clock::time_point> until);

  StopSignals& signals_;
  Clock::duration grace_;
  Fd idle_;  // an eventfd: readable once no session is left
};

}  // namespace lastword
