#include "server/poll.h"

#include <algorithm>
#include <cassert>
#include <cerrno>

namespace lastword {

timespec time_left(Clock::time_point until, Clock::time_point now) {
  const auto span = std::max<Clock::duration>(until - now, Clock::duration::zero());
  timespec left{};
  left.tv_sec = static_cast<time_t>(span / std::chrono::seconds(1));
  left.tv_nsec = (span % std::chrono::seconds(1)).count();
  return left;
}

bool poll_until(std::span<pollfd> entries, std::optional<Clock::time_point> until) {
  for (;;) {
    timespec left{};
    if (until) left = time_left(*until, Clock::now());
    const int ready = ppoll(entries.data(), entries.size(), until ? &left : nullptr, nullptr);
    if (ready >= 0) return ready > 0;
    assert(errno == EINTR);
  }
}

bool somebody_waits_at(int listener_fd) {
  pollfd entry{listener_fd, POLLIN, 0};
  return poll_until({&entry, 1}, Clock::time_point{});
}

}  // namespace lastword
