#pragma once

#include <list>
#include <mutex>
#include <optional>
#include <vector>

#include "server/accept_pauses.h"
#include "server/blocking_connection.h"
#include "server/listener.h"
#include "server/session.h"
#include "server/signals.h"
#include "slot/slot.h"

namespace lastword {

/// How many sessions a server takes, and how it stops.
struct ServerOptions {
  SessionOptions session;
  std::uint64_t connections = 0;  ///< accepts until it stops by itself; 0: no such count (SPEC 1.4)
  std::uint64_t max_sessions = 0;  ///< sessions at once; 0: as many as the machine allows
  Clock::duration grace = std::chrono::seconds(5);  ///< for the held sessions (SPEC 5.3)
};

/// How a server's run ended.
enum class Stopped {
  finished,     ///< every session has ended
  overdue,      ///< sessions outlived the grace time; their threads still run
  interrupted,  ///< a second signal came; threads may still run
};

/// The assignment's own design (SPEC 1.3): the calling thread accepts, and each accepted socket
/// gets a thread of its own, which serves it to its end with blocking calls.
class ThreadEngine {
 public:
  /// Keeps references to all of these.
  /// Throws std::system_error where the machine can't give what it needs at start.
  ThreadEngine(const ServerOptions& options, Slot& slot, Observer& observer, StopSignals& signals);
  ~ThreadEngine();

  /// Serves until the count is reached or a signal comes, closes the listeners, and returns when
  /// the sessions have ended. Unless `finished`, the process must end without destroying the
  /// engine.
  Stopped run(std::vector<Listener> listeners);

 private:
  /// A session and all that its thread uses; made before its socket is accepted, so that memory
  /// which runs out costs no writer its connection.
  struct LiveSession;

  enum class Wait { idle, signalled, timed_out };

  // The accepting thread's.
  void accept_until_stopped(std::vector<Listener>& listeners);
  void take_signal();
  void accept_from(const Listener& listener);
  bool wants_more() const;
  bool has_pending() const;
  bool start_pending();
  void pause(Resource resource);
  Stopped finish_sessions();
  Wait wait_until_idle(std::optional<Clock::time_point> until);
  std::uint64_t live_count();

  // The sessions' threads'.
  static void* thread_main(void* session);
  static void run(LiveSession& session);
  void end(LiveSession& session);

  const ServerOptions& options_;
  const Service service_;
  StopSignals& signals_;

  // Only the accepting thread uses these.
  AcceptPauses pauses_;
  std::uint64_t accepted_ = 0;
  bool signalled_ = false;
  std::list<LiveSession> pending_;  // at most one: to be accepted, or accepted and without a thread

  std::mutex mutex_;
  std::list<LiveSession> live_;  // guarded by mutex_
  bool tell_when_idle_ = false;  // guarded by mutex_
  Fd idle_;                      // an eventfd: readable once the last session has ended
};

}  // namespace lastword
