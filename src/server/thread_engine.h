#pragma once

#include <list>
#include <mutex>
#include <optional>
#include <vector>

#include "server/accept_pauses.h"
#include "server/blocking_connection.h"
#include "server/listener.h"
#include "server/server_options.h"
#include "server/session.h"
#include "server/signals.h"
#include "server/stop.h"
#include "slot/slot.h"

namespace lastword {

/// The assignment's own design (SPEC 1.3): the calling thread accepts, and each accepted socket
/// gets a thread of its own, which serves it to its end with blocking calls.
class ThreadEngine final : private Stopping {
 public:
  /// Keeps references to all of these.
  /// Throws std::system_error where the machine can't give what it needs at start.
  ThreadEngine(const ServerOptions& options, Slot& slot, Observer& observer, StopSignals& signals);
  ~ThreadEngine() override;

  /// Serves until the count is reached or a signal comes, closes the listeners, and returns when
  /// the sessions have ended. Unless `finished`, the process must end without destroying the
  /// engine.
  Stopped run(std::vector<Listener> listeners);

 private:
  /// A session and all that its thread uses; made before its socket is accepted, so that memory
  /// which runs out costs no writer its connection.
  struct LiveSession;

  // The accepting thread's.
  void accept_until_stopped(std::vector<Listener>& listeners);
  void take_signal();
  void accept_from(const Listener& listener);
  bool wants_more() const;
  bool has_pending() const;
  bool start_pending();
  void pause(Resource resource);
  void stop_all(Stop stop) override;
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
};

}  // namespace lastword
