#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "server/accept_gate.h"
#include "server/block_pool.h"
#include "server/listener.h"
#include "server/loop_connection.h"
#include "server/wait_queues.h"

namespace lastword {

/// What the loops of a server share. Outlives them.
struct LoopShared {
  const Service& service;
  AcceptGate& gate;
  const std::vector<Listener>& listeners;
  const std::atomic<Stop>& stop;
  /// Called, from any loop, once the last connection has been accepted.
  std::function<void()> on_complete;
};

/// An event loop: one thread that accepts connections and serves each to its end. What waiting for
/// a socket means is up to the engine, which derives from this.
class Loop {
 public:
  /// Throws std::system_error where the machine can't give what it needs.
  explicit Loop(LoopShared& shared);
  Loop(const Loop&) = delete;
  virtual ~Loop() = default;

  /// Serves on the calling thread until accepting has ended and no session is left.
  virtual void run() = 0;

  /// The loop that runs on the calling thread, which there must be.
  static Loop& of_this_thread() { return *of_this_thread_; }
  bool is_of_this_thread() const { return of_this_thread_ == this; }

  /// Has it look again at what other threads changed. From any thread.
  void wake() noexcept;

  /// The time at the beginning of this round: what is begun now is due so much later at most.
  Clock::time_point now() const { return now_; }

 protected:
  friend class LoopConnection;
  using Receive = LoopConnection::Receive;
  using Send = LoopConnection::Send;
  using Told = LoopConnection::Told;
  using Waits = LoopConnection::Waits;

  /// Begins it; gives whether it was done at once. Otherwise end_wait() is called when it is.
  virtual bool receive(LoopConnection& connection, Receive& receive) = 0;
  virtual bool send(LoopConnection& connection, Send& send) = 0;

  /// Ends a receive or send that is under way; `outcome` is what a receive gives then. True where
  /// it is over now; otherwise end_wait() is called when it is.
  virtual bool cancel(LoopConnection& connection) = 0;

  /// Begins and ends to accept from the listener of that index.
  /// The first may find that there is no memory for it, and then gives false.
  virtual bool watch_listener(std::size_t index) = 0;
  virtual void unwatch_listener(std::size_t index) = 0;

  // For run().
  void begin();
  /// Once events have come.
  void begin_round();
  bool is_finished() const { return !accepts_ && live_ == 0 && armed_ == 0; }
  int wake_fd() const { return wake_.get(); }
  void take_wake();
  /// When to go on at the latest; nothing where only an event can bring news.
  std::optional<Clock::time_point> wait_at_most_until();
  /// All that is to be done besides the events that came: what other threads set, what is due, a
  /// stop, the end of a pause.
  void look_around();

  /// Accepts who waits, with accept4(2) and `flags` for it.
  void accept_from(std::size_t index, int flags);
  /// Begins the session of an accepted socket. Where there is no memory for it, the writer is told.
  void begin_session(Fd socket, const PeerAddress& peer);
  /// A limit was met at that listener: pauses accepting, if that costs somebody anything. Gives
  /// whether it does.
  bool pause_if_needed(std::size_t index, Resource resource);
  bool is_paused() const { return accept_again_at_.has_value(); }

  /// The wait is over: resumes the session, and ends it if that was its last.
  void end_wait(LoopConnection& connection);

  LoopShared& shared_;
  std::size_t armed_ = 0;  ///< what the engine still waits for before it may end

 private:
  /// Whether no more connections are to be accepted: a stop, or all that were asked for have come.
  bool is_enough() const;
  void stop_accepting();
  void watch_listeners();
  void pause(Resource resource);
  bool prepare();
  void refuse_for_memory(int socket, const SessionInfo& info);
  void end_session(LoopConnection& connection);
  void tell_of_memory(LoopConnection& connection);
  void resume_those_set();
  void resume_those_due();
  void heed_stop();
  /// Those that were set stand in a list until the loop sees them.
  void push(Told& told) noexcept;
  Told* take_list();
  void take_from_list(const Told& taken);

  static inline constinit thread_local Loop* of_this_thread_ = nullptr;

  SpareFrames frames_;
  BlockPool<LoopConnection> pool_;
  WaitQueues waits_;
  Fd wake_;                          // an eventfd
  std::atomic<Told*> set_{nullptr};  // the last first
  std::uint64_t live_ = 0;
  Stop heeded_ = Stop::none;
  bool accepts_ = false;
  Clock::time_point now_;
  std::optional<Clock::time_point> accept_again_at_;
  std::unique_ptr<LoopConnection> spare_;  // made before its socket is accepted
};

}  // namespace lastword
