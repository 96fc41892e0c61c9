#include "net/socket.h"

#include <sys/socket.h>
#include <sys/time.h>

namespace lastword {

void set_receive_timeout(int fd, std::chrono::nanoseconds timeout) {
  const auto us = std::chrono::ceil<std::chrono::microseconds>(timeout).count();
  const timeval value{us / 1'000'000, us % 1'000'000};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &value, sizeof value);
}

}  // namespace lastword
