#pragma once

#include <chrono>

namespace lastword {

/// Bounds each later receive on a blocking socket; rounded up to whole microseconds. Sockets
/// accepted from a listener inherit its bound.
void set_receive_timeout(int fd, std::chrono::nanoseconds timeout);

}  // namespace lastword
