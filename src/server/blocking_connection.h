#pragma once

#include <cassert>
#include <condition_variable>
#include <mutex>
#include <span>
#include <string_view>

#include "net/fd.h"
#include "server/session.h"
#include "server/stop.h"
#include "server/task.h"
#include "slot/completion.h"

namespace lastword {

/// A connection whose thread blocks: every wait is over when it is asked for. One thread serves it;
/// the accepting thread may only call mark() and wake().
class BlockingConnection {
 public:
  /// What other threads may set while the session waits for it.
  class Told final : public Completion {
   public:
    explicit Told(BlockingConnection& connection) : connection_(connection) {}
    void set() noexcept override;
    /// False where the grace time is over, also if it was set meanwhile: a turn that those who were
    /// cut passed on comes too late.
    Ready<bool> wait();

   private:
    BlockingConnection& connection_;
    bool is_set_ = false;  // guarded by the connection's mutex
  };

  /// The sockets of open() have the read timeout as SO_RCVTIMEO: they inherit it from their
  /// listener, so that the usual first receive costs one system call.
  explicit BlockingConnection(const Service& service)
      : service_(service), receive_timeout_(service.options.read_timeout) {}

  /// Takes an accepted, blocking socket; before all else, and once.
  void open(Fd socket, const SessionInfo& info) {
    assert(!is_open());
    socket_ = std::move(socket);
    info_ = info;
  }
  bool is_open() const { return bool(socket_); }

  /// Ends the connection, if that has not been done; a close that finds bytes unread is a reset.
  void close() { socket_.close(); }

  /// Whether a reply or a refusal was sent, or tried to.
  bool has_answered() const { return answered_; }

  // What a SessionConnection gives.
  Ready<Received> receive(std::span<char> buffer, Clock::duration patience);
  Ready<Received> discard(Clock::duration patience);
  Ready<bool> send(std::string_view bytes);
  Ready<bool> send_and_close(std::string_view bytes);
  void begin_hold(Clock::time_point until) { held_until_ = until; }
  Clock::time_point held_until() const { return held_until_; }
  Ready<bool> hold();
  void shut_sending();
  const SessionInfo& info() const { return info_; }
  const Service& service() const { return service_; }

  /// From now on no wait begins that `stop` would end.
  void mark(Stop stop);

  /// Ends the wait that goes on, if what was marked ends it.
  void wake();

 private:
  Received receive_by(char* buffer, std::size_t size, int flags, Clock::duration patience,
                      Stop ended_by);

  const Service& service_;
  SessionInfo info_;
  Fd socket_;
  Clock::duration receive_timeout_;
  Clock::time_point held_until_;
  bool answered_ = false;
  std::mutex mutex_;
  std::condition_variable woken_;
  Stop stop_ = Stop::none;              // guarded by mutex_, as the next
  Stop receive_ended_by_ = Stop::none;  // `none` while no receive goes on
};

static_assert(SessionConnection<BlockingConnection>);

}  // namespace lastword
