#include "check/interrupt.h"

#include <atomic>
#include <csignal>
#include <thread>

namespace lastword {
namespace {

// Set by a signal handler and read by every thread: atomic, and without a lock.
std::atomic<bool> signal_came = false;
static_assert(std::atomic<bool>::is_always_lock_free);
std::atomic<bool> stop = false;

}  // namespace

void install_interrupt_handlers() {
  struct sigaction action {};
  action.sa_handler = [](int) { signal_came = true; };
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaction(number, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // a report into a closed pipe is an error, not a death
}

bool interrupted() { return signal_came; }
void request_stop() { stop = true; }
bool stop_requested() { return stop || interrupted(); }

bool sleep_until(Clock::time_point time) {
  // In steps, because a signal wakes one thread only.
  static constexpr auto step = std::chrono::milliseconds(20);
  for (;;) {
    if (stop_requested()) return false;
    const auto now = Clock::now();
    if (now >= time) return true;
    std::this_thread::sleep_until(std::min(time, now + step));
  }
}

}  // namespace lastword
