#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

/// What the floors share: no more than their beginnings. A floor does the same work as a session
/// (accept, receive, store, load, send, close) and nothing else: it takes one receive for a whole
/// message, watches no timeouts or limits, reports nothing. It is what the machine itself costs.
struct Slot {
  char bytes[20];  ///< the message and its ending, as they were received
  int size = 0;

  /// Takes the first 20 bytes.
  void store(const char* from, int received) {
    size = received < 20 ? received : 20;
    memcpy(bytes, from, static_cast<size_t>(size));
  }
};

/// A listening socket on a free port of 127.0.0.1, which is printed; ends the program if there is
/// none. `flags`: SOCK_NONBLOCK or 0.
inline int listen_on_free_port(int flags) {
  const int listener = socket(AF_INET, SOCK_STREAM | flags, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, raw, size) != 0 || listen(listener, 4096) != 0 ||
      getsockname(listener, raw, &size) != 0) {
    perror("floor");
    exit(3);
  }
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

/// The hold in milliseconds: the first argument, 0 without one.
inline long hold_ms(int argc, char** argv) { return argc > 1 ? atol(argv[1]) : 0; }

/// CLOCK_MONOTONIC, in nanoseconds.
inline long now_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}
