#pragma once

#include "server/loop.h"

namespace lastword {

/// The loop of engine `epoll`: it tries accept, receive and send before it waits, so that a writer
/// whose message is there already costs no registration.
class EpollLoop final : public Loop {
 public:
  explicit EpollLoop(LoopShared& shared);

  void run() override;

 private:
  bool receive(LoopConnection& connection, Receive& receive) override;
  bool send(LoopConnection& connection, Send& send) override;
  bool cancel(LoopConnection&) override { return true; }
  bool watch_listener(std::size_t index) override;
  void unwatch_listener(std::size_t index) override;

  void watch(LoopConnection& connection, std::uint32_t events);
  void take_event(LoopConnection& connection);

  Fd epoll_;
};

}  // namespace lastword
