// The bare epoll server: epoll_floor [HOLD_MS [wait]]. Prints its port. It tries to receive at
// once, which is cheaper than the textbook's way, to wait first (`wait`).
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>

#include "floor.h"

struct Held {
  long until_ns;
  int fd;
};

int main(int argc, char** argv) {
  const long hold_ns = hold_ms(argc, argv) * 1'000'000;
  const bool waits = argc > 2;
  const int listener = listen_on_free_port(SOCK_NONBLOCK);
  const int epoll = epoll_create1(0);
  epoll_event entry{EPOLLIN, {.fd = listener}};
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &entry);
  Slot slot;
  std::deque<Held> held;  // all hold equally long: the first to come is the first to go

  const auto answer = [&](int fd) {
    send(fd, slot.bytes, static_cast<size_t>(slot.size), MSG_NOSIGNAL);
    close(fd);
  };
  // False where nothing has come yet.
  const auto receive = [&](int fd) {
    char buffer[32];
    const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EAGAIN) return false;
    if (got > 0) slot.store(buffer, static_cast<int>(got));
    hold_ns == 0 ? answer(fd) : held.push_back({now_ns() + hold_ns, fd});
    return true;
  };
  epoll_event events[256];
  for (;;) {
    const long wait_ns = held.empty() ? 0 : std::max(held.front().until_ns - now_ns(), 0L);
    const timespec wait{wait_ns / 1'000'000'000, wait_ns % 1'000'000'000};
    const int ready = epoll_pwait2(epoll, events, 256, held.empty() ? nullptr : &wait, nullptr);
    for (int i = 0; i < ready; ++i) {
      if (events[i].data.fd != listener) {
        receive(events[i].data.fd);
        continue;
      }
      for (int fd; (fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
        if (!waits && receive(fd)) continue;
        entry = {EPOLLIN | EPOLLONESHOT, {.fd = fd}};
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &entry);
      }
    }
    for (; !held.empty() && held.front().until_ns <= now_ns(); held.pop_front()) {
      answer(held.front().fd);
    }
  }
}
