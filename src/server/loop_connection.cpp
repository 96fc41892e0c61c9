#include "server/loop_connection.h"

#include <sys/socket.h>

#include <cerrno>

#include "server/loop.h"

namespace lastword {
namespace {

using namespace std::chrono_literals;

/// A reply fits into the send buffer of a fresh connection; that it does not means that the machine
/// has no memory for it, and a session does not wait for that for ever.
constexpr Clock::duration send_patience = 10s;

}  // namespace

bool LoopConnection::Receive::await_ready() {
  const bool only_looks = patience == 0s;
  if (only_looks) {
    const int fd = connection.socket_.get();
    const auto got = ::recv(fd, buffer.data(), buffer.size(), flags | MSG_DONTWAIT);
    take(got < 0 ? -errno : got);
    return true;
  }
  if (Loop::of_this_thread().shared_.stop < ended_by) return false;
  received.kind = Received::Kind::stopping;
  return true;
}

bool LoopConnection::Receive::await_suspend(std::coroutine_handle<> its_session) {
  session = its_session;
  if (Loop::of_this_thread().receive(connection, *this)) return false;
  connection.suspend(*this, Waits::to_receive, patience, Loop::of_this_thread().now() + patience);
  return true;
}

void LoopConnection::Receive::take(long result) {
  if (result == -ECANCELED) return;  // whoever cancelled it has said what that means
  if (result > 0) {
    received = {Received::Kind::bytes, static_cast<std::size_t>(result)};
  } else if (result == 0) {
    received = {Received::Kind::end};
  } else {
    received = {result == -EAGAIN ? Received::Kind::timeout : Received::Kind::broken};
  }
}

bool LoopConnection::Send::await_suspend(std::coroutine_handle<> its_session) {
  session = its_session;
  connection.is_answered_ = true;
  if (Loop::of_this_thread().send(connection, *this)) return false;
  connection.suspend(*this, Waits::to_send, send_patience,
                     Loop::of_this_thread().now() + send_patience);
  return true;
}

void LoopConnection::Hold::await_suspend(std::coroutine_handle<> its_session) {
  session = its_session;
  const auto length = connection.service().options.hold;
  connection.suspend(*this, Waits::to_hold, length, connection.held_until());
}

LoopConnection::Told::Told(LoopConnection& connection)
    : loop_(Loop::of_this_thread()), connection_(connection) {}

LoopConnection::Told::~Told() {
  if (is_in_list_) loop_.take_from_list(*this);
}

void LoopConnection::Told::set() noexcept {
  const bool is_own_thread = loop_.is_of_this_thread();
  if (is_own_thread && !is_awaited_) {
    is_set_ = true;  // the session goes on without having waited
    return;
  }
  is_in_list_ = true;
  loop_.push(*this);
}

bool LoopConnection::Told::Wait::await_ready() const { return told.is_set_ || is_cut(); }

void LoopConnection::Told::Wait::await_suspend(std::coroutine_handle<> its_session) {
  session = its_session;
  told.is_awaited_ = true;
  told.connection_.suspend(*this, Waits::to_be_told, WaitQueues::for_ever,
                           Clock::time_point::max());
}

bool LoopConnection::Told::Wait::await_resume() const {
  told.is_awaited_ = false;
  told.is_set_ = false;
  // A turn that those who were cut passed on comes too late.
  return !is_cut();
}

std::array<Clock::duration, 6> LoopConnection::lengths_of_waits(const SessionOptions& options) {
  return {options.hold,  options.read_timeout, options.quiet_gap,
          Linger::quiet, send_patience,        WaitQueues::for_ever};
}

LoopConnection::Receive LoopConnection::discard(Clock::duration patience) {
  constexpr std::size_t any = 1 << 20;
  // For TCP, MSG_TRUNC throws bytes away without copying them: tcp(7).
  return {*this, {static_cast<char*>(nullptr), any}, MSG_TRUNC, patience, Stop::cut};
}

const Service& LoopConnection::service() const { return Loop::of_this_thread().shared_.service; }

void LoopConnection::shut_sending() { ::shutdown(socket_.get(), SHUT_WR); }

void* LoopConnection::operator new(std::size_t) { return Loop::of_this_thread().pool_.take(); }

void LoopConnection::operator delete(void* room) noexcept {
  Loop::of_this_thread().pool_.give_back(room);
}

bool LoopConnection::is_cut() { return Loop::of_this_thread().shared_.stop == Stop::cut; }

Task<> LoopConnection::begin() {
  const FrameMemory frame(frame_);
  return serve(*this);
}

void LoopConnection::end() {
  const FrameMemory frame(frame_);
  task_.destroy();
}

void LoopConnection::suspend(Awaiting& awaiting, Waits waits, Clock::duration length,
                             Clock::time_point end) {
  awaiting_ = &awaiting;
  waits_ = waits;
  Loop::of_this_thread().waits_.add(*this, length, end);
}

}  // namespace lastword
