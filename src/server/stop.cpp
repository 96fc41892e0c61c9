#include "server/stop.h"

#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "server/poll.h"

namespace lastword {
namespace {

/// How long sessions that were cut short may take to tell their writers.
constexpr Clock::duration farewell = std::chrono::seconds(1);

}  // namespace

Stopping::Stopping(StopSignals& signals, Clock::duration grace)
    : signals_(signals), grace_(grace), idle_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!idle_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void Stopping::tell_idle() { eventfd_write(idle_.get(), 1); }

Stopped Stopping::finish(bool signalled) {
  if (!signalled && wait_until_idle(std::nullopt) == Wait::idle) return Stopped::finished;

  stop_all(Stop::receiving);
  const Wait grace = wait_until_idle(Clock::now() + grace_);
  if (grace == Wait::idle) return Stopped::finished;
  if (grace == Wait::signalled) return Stopped::interrupted;

  stop_all(Stop::cut);
  switch (wait_until_idle(Clock::now() + farewell)) {
    case Wait::idle: return Stopped::finished;
    case Wait::signalled: return Stopped::interrupted;
    case Wait::timed_out: return Stopped::overdue;
  }
  return Stopped::overdue;
}

Stopping::Wait Stopping::wait_until_idle(std::optional<Clock::time_point> until) {
  std::array<pollfd, 2> entries{{{signals_.fd(), POLLIN, 0}, {idle_.get(), POLLIN, 0}}};
  while (poll_until(entries, until)) {
    if (entries[1].revents != 0) return Wait::idle;
    if (signals_.take() != 0) return Wait::signalled;
  }
  return Wait::timed_out;
}

}  // namespace lastword
