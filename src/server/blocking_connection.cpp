#include "server/blocking_connection.h"

#include <sys/socket.h>

#include <cerrno>

#include "net/socket.h"

namespace lastword {

using namespace std::chrono_literals;

Ready<Received> BlockingConnection::receive(std::span<char> buffer, Clock::duration patience) {
  return {receive_by(buffer.data(), buffer.size(), 0, patience, Stop::receiving)};
}

Ready<Received> BlockingConnection::discard(Clock::duration patience) {
  constexpr std::size_t any = 1 << 20;
  // For TCP, MSG_TRUNC throws bytes away without copying them: tcp(7).
  return {receive_by(nullptr, any, MSG_TRUNC, patience, Stop::cut)};
}

Received BlockingConnection::receive_by(char* buffer, std::size_t size, int flags,
                                        Clock::duration patience, Stop ended_by) {
  const bool only_looks = patience == 0s;
  {
    const std::lock_guard lock(mutex_);
    if (stop_ >= ended_by && !only_looks) return {Received::Kind::stopping};
    receive_ended_by_ = ended_by;
  }
  if (only_looks) {
    flags |= MSG_DONTWAIT;
  } else if (patience != receive_timeout_) {
    set_receive_timeout(socket_.get(), patience);
    receive_timeout_ = patience;
  }
  ssize_t got = -1;
  do {
    got = ::recv(socket_.get(), buffer, size, flags);
  } while (got < 0 && errno == EINTR);
  const int error = errno;

  const std::lock_guard lock(mutex_);
  receive_ended_by_ = Stop::none;
  if (got > 0) return {Received::Kind::bytes, static_cast<std::size_t>(got)};
  // wake() makes recv return 0 as a half-close does, and must not be taken for one.
  if (stop_ >= ended_by) return {Received::Kind::stopping};
  if (got == 0) return {Received::Kind::end};
  return {error == EAGAIN ? Received::Kind::timeout : Received::Kind::broken};
}

Ready<bool> BlockingConnection::send(std::string_view bytes) {
  answered_ = true;
  ssize_t sent = -1;
  do {
    sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return {sent == static_cast<ssize_t>(bytes.size())};
}

Ready<bool> BlockingConnection::send_and_close(std::string_view bytes) {
  const auto sent = send(bytes);
  close();
  return sent;
}

Ready<bool> BlockingConnection::hold() {
  if (held_until_ <= Clock::now()) return {true};
  std::unique_lock lock(mutex_);
  return {!woken_.wait_until(lock, held_until_, [this] { return stop_ == Stop::cut; })};
}

Ready<bool> BlockingConnection::Told::wait() {
  std::unique_lock lock(connection_.mutex_);
  const auto is_cut = [this] { return connection_.stop_ == Stop::cut; };
  connection_.woken_.wait(lock, [&] { return is_set_ || is_cut(); });
  is_set_ = false;
  return {!is_cut()};
}

void BlockingConnection::Told::set() noexcept {
  const std::lock_guard lock(connection_.mutex_);
  is_set_ = true;
  connection_.woken_.notify_one();
}

void BlockingConnection::shut_sending() { ::shutdown(socket_.get(), SHUT_WR); }

void BlockingConnection::mark(Stop stop) {
  const std::lock_guard lock(mutex_);
  stop_ = stop;
}

void BlockingConnection::wake() {
  const std::lock_guard lock(mutex_);
  const bool receives = receive_ended_by_ != Stop::none;
  if (receives && stop_ >= receive_ended_by_) ::shutdown(socket_.get(), SHUT_RD);
  woken_.notify_one();
}

}  // namespace lastword
