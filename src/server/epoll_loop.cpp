#include "server/epoll_loop.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <new>
#include <system_error>

#include "server/poll.h"

namespace lastword {
namespace {

/// What an event is about: the address of a connection, or one of these small numbers.
constexpr std::uint64_t about_wake = 0;
constexpr std::uint64_t about_first_listener = 1;

}  // namespace

EpollLoop::EpollLoop(LoopShared& shared) : Loop(shared), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  epoll_event event{EPOLLIN, {.u64 = about_wake}};
  if (!epoll_ || epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_fd(), &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll");
  }
  const timespec no_time{};
  if (epoll_pwait2(epoll_.get(), &event, 1, &no_time, nullptr) < 0) {
    throw std::system_error(errno, std::generic_category(),
                            "engine epoll: epoll_pwait2, which takes Linux 5.11 (--engine threads "
                            "works without)");
  }
}

void EpollLoop::run() {
  begin();
  std::array<epoll_event, 256> events;
  const std::uint64_t about_first_connection = about_first_listener + shared_.listeners.size();
  for (look_around(); !is_finished(); look_around()) {
    const auto until = wait_at_most_until();
    timespec left{};
    if (until) left = time_left(*until, Clock::now());
    const int ready =
        epoll_pwait2(epoll_.get(), events.data(), events.size(), until ? &left : nullptr, nullptr);
    begin_round();
    for (int i = 0; i < ready; ++i) {
      const std::uint64_t about = events[static_cast<std::size_t>(i)].data.u64;
      if (about == about_wake) {
        take_wake();
      } else if (about < about_first_connection) {
        accept_from(about - about_first_listener, SOCK_NONBLOCK);
      } else {
        take_event(*reinterpret_cast<LoopConnection*>(about));
      }
    }
  }
}

bool EpollLoop::receive(LoopConnection& connection, Receive& receive) {
  const int flags = receive.flags | MSG_DONTWAIT;
  const auto got =
      ::recv(connection.socket_.get(), receive.buffer.data(), receive.buffer.size(), flags);
  if (got < 0 && errno == EAGAIN) {
    watch(connection, EPOLLIN);
    return false;
  }
  receive.take(got < 0 ? -errno : got);
  return true;
}

bool EpollLoop::send(LoopConnection& connection, Send& send) {
  const auto sent = ::send(connection.socket_.get(), send.bytes.data(), send.bytes.size(),
                           MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno == EAGAIN) {
    connection.is_watched_ = false;  // for this, anew
    watch(connection, EPOLLIN | EPOLLOUT);
    return false;
  }
  send.take(sent);
  if (send.then_close) connection.socket_.close();
  return true;
}

/// Edge-triggered, and once for all the waits of a connection: each waits only after it has tried.
void EpollLoop::watch(LoopConnection& connection, std::uint32_t events) {
  if (connection.is_watched_) return;
  connection.is_watched_ = true;
  epoll_event event{events | EPOLLRDHUP | EPOLLET,
                    {.u64 = reinterpret_cast<std::uint64_t>(&connection)}};
  const int fd = connection.socket_.get();
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0) return;
  if (errno == EEXIST && epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0) return;
  assert(errno == ENOMEM || errno == ENOSPC);
  throw std::bad_alloc();
}

void EpollLoop::take_event(LoopConnection& connection) {
  if (connection.waits_ == Waits::to_receive) {
    if (receive(connection, *static_cast<Receive*>(connection.awaiting_))) end_wait(connection);
  } else if (connection.waits_ == Waits::to_send) {
    if (send(connection, *static_cast<Send*>(connection.awaiting_))) end_wait(connection);
  }
}

bool EpollLoop::watch_listener(std::size_t index) {
  // Exclusive: a connection wakes one loop, and not all of them for all but one to go away again.
  epoll_event event{EPOLLIN | EPOLLEXCLUSIVE, {.u64 = about_first_listener + index}};
  const int added = epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, shared_.listeners[index].fd(), &event);
  assert(added == 0 || errno == ENOMEM);
  return added == 0;
}

void EpollLoop::unwatch_listener(std::size_t index) {
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, shared_.listeners[index].fd(), nullptr);
}

}  // namespace lastword
