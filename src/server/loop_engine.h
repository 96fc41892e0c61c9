#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "server/loop.h"
#include "server/server_options.h"
#include "server/stop.h"

namespace lastword {

enum class LoopKind { epoll, uring };

/// Event loops, a thread each, that share the listeners: the loop that accepts a connection serves
/// it to its end. The calling thread only waits for signals.
class LoopEngine final : private Stopping {
 public:
  /// `loops` of them, at least 1. Keeps references to the rest.
  /// Throws std::system_error where the machine can't give what it needs at start.
  LoopEngine(LoopKind kind, std::size_t loops, const ServerOptions& options, Slot& slot,
             Observer& observer, StopSignals& signals);
  ~LoopEngine() override;

  /// Serves until the count is reached or a signal comes, closes the listeners, and returns when
  /// the sessions have ended. Unless `finished`, the process must end without destroying the
  /// engine.
  Stopped run(std::vector<Listener> listeners);

 private:
  void start_threads();
  void stop_all(Stop stop) override;
  void stop_listening();
  void wake_all();

  const Service service_;
  AcceptGate gate_;
  std::vector<Listener> listeners_;
  std::atomic<Stop> stop_{Stop::none};
  LoopShared shared_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::atomic<std::size_t> running_{0};
  std::vector<std::thread> threads_;
};

}  // namespace lastword
