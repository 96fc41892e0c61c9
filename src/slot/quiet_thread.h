#pragma once

#include <csignal>
#include <thread>
#include <utility>

namespace lastword {

/// A thread that takes no signals: those of the process go to whoever waits for them, and writing
/// to a connection that has gone is an error and not its death.
template <class Run>
std::thread quiet_thread(Run run) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(run));  // inherits the mask
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace lastword
