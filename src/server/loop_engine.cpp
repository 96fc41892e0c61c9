#include "server/loop_engine.h"

#include <sys/socket.h>

#include <cassert>
#include <system_error>

#include "server/epoll_loop.h"
#include "server/uring_loop.h"

namespace lastword {
namespace {

std::unique_ptr<Loop> new_loop(LoopKind kind, LoopShared& shared) {
  if (kind == LoopKind::uring) return std::make_unique<UringLoop>(shared);
  return std::make_unique<EpollLoop>(shared);
}

}  // namespace

LoopEngine::LoopEngine(LoopKind kind, std::size_t loops, const ServerOptions& options, Slot& slot,
                       Observer& observer, StopSignals& signals)
    : Stopping(signals, options.grace),
      service_{slot, options.session, observer},
      gate_(options, observer),
      shared_{service_, gate_, listeners_, stop_, [this] {
                stop_listening();
                wake_all();
              }} {
  assert(loops > 0);
  for (std::size_t i = 0; i < loops; ++i) loops_.push_back(new_loop(kind, shared_));
}

LoopEngine::~LoopEngine() { assert(threads_.empty()); }

Stopped LoopEngine::run(std::vector<Listener> listeners) {
  listeners_ = std::move(listeners);
  start_threads();
  const Stopped stopped = finish(false);
  if (stopped != Stopped::finished) return stopped;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  listeners_.clear();
  return stopped;
}

void LoopEngine::start_threads() {
  running_ = loops_.size();
  try {
    for (const auto& loop : loops_) {
      threads_.emplace_back([this, &loop = *loop] {
        loop.run();
        if (--running_ == 0) tell_idle();
      });
    }
  } catch (const std::system_error&) {
    stop_all(Stop::cut);
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    throw;
  }
}

void LoopEngine::stop_all(Stop stop) {
  stop_ = stop;
  stop_listening();
  wake_all();
}

void LoopEngine::stop_listening() {
  // Not closed: a loop may be about to use them. Whoever connects from now on is turned away.
  for (const Listener& listener : listeners_) ::shutdown(listener.fd(), SHUT_RDWR);
}

void LoopEngine::wake_all() {
  for (const auto& loop : loops_) loop->wake();
}

}  // namespace lastword
