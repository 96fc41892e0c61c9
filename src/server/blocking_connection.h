#pragma once

#include <cassert>
#include <condition_variable>
#include <mutex>
#include <span>
#include <string_view>

#include "net/fd.h"
#include "server/session.h"
#include "server/task.h"
#include "slot/completion.h"

namespace lastword {

/// A connection whose thread blocks: every wait is over when it is asked for. One thread serves it;
/// the accepting thread may only call mark() and wake().
class BlockingConnection final : public Completion {
 public:
  /// `receive_timeout` is what open()'s sockets have as SO_RCVTIMEO: they inherit it from their
  /// listener, so that the usual first receive costs one system call.
  explicit BlockingConnection(Clock::duration receive_timeout)
      : receive_timeout_(receive_timeout) {}

  /// Takes an accepted, blocking socket; before all else, and once.
  void open(Fd socket) {
    assert(!is_open());
    socket_ = std::move(socket);
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
  Ready<bool> hold_until(Clock::time_point time);
  Ready<bool> completed();
  Completion& completion() { return *this; }
  void shut_sending();

  void set() noexcept override;

  /// How far the server's stop has come.
  enum class Stop {
    none,
    receiving,  ///< a session that still waits for its message gets no more of it
    cut,        ///< the grace time is over: every wait ends
  };

  /// From now on no wait begins that `stop` would end.
  void mark(Stop stop);

  /// Ends the wait that goes on, if what was marked ends it.
  void wake();

 private:
  Received receive_by(char* buffer, std::size_t size, int flags, Clock::duration patience,
                      Stop ended_by);

  Fd socket_;
  Clock::duration receive_timeout_;
  bool answered_ = false;
  std::mutex mutex_;
  std::condition_variable woken_;
  bool completed_ = false;  // guarded by mutex_, as the next two
  Stop stop_ = Stop::none;
  Stop receive_ended_by_ = Stop::none;  // `none` while no receive goes on
};

static_assert(SessionConnection<BlockingConnection>);

}  // namespace lastword
