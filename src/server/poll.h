#pragma once

#include <poll.h>

#include <optional>
#include <span>

#include "server/observer.h"

namespace lastword {

/// What is left until then, as the kernel takes it; never negative.
timespec time_left(Clock::time_point until, Clock::time_point now);

/// poll(2) until then, or for ever where there is no `until`. Gives whether anything was ready.
bool poll_until(std::span<pollfd> entries, std::optional<Clock::time_point> until);

/// Whether somebody waits to be accepted.
bool somebody_waits_at(int listener_fd);

}  // namespace lastword
