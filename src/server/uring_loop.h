#pragma once

#include <liburing.h>

#include <vector>

#include "net/error.h"
#include "server/loop.h"

namespace lastword {

/// Whether this machine lets this process use io_uring as UringLoop does; if not, why.
Result<void> try_uring();

/// The loop of engine `uring`: what sessions ask for is handed to the kernel together, once per
/// round, and a reply and the close behind it are one request.
///
/// Where connections are counted (-n, --max-sessions), or descriptors have run out, it accepts one
/// at a time; else the kernel accepts by itself.
class UringLoop final : public Loop {
 public:
  explicit UringLoop(LoopShared& shared);
  ~UringLoop() override;

  void run() override;

 private:
  /// What is asked of the kernel for one listener.
  struct Accepting {
    bool is_wanted = false;
    bool is_armed = false;     ///< a request is under way
    bool polls_first = false;  ///< it asks whether somebody waits, and not for the connection
  };

  bool receive(LoopConnection& connection, Receive& receive) override;
  bool send(LoopConnection& connection, Send& send) override;
  bool cancel(LoopConnection& connection) override;
  bool watch_listener(std::size_t index) override;
  void unwatch_listener(std::size_t index) override;

  io_uring_sqe* next_request();
  void cancel(std::uint64_t about);
  void arm_wake();
  void arm(std::size_t index);
  void take(std::uint64_t about, int result, bool is_last);
  void take_accept(std::size_t index, int result, bool is_last);
  void take_connection(Fd socket);

  io_uring ring_{};
  std::vector<Accepting> accepting_;
};

}  // namespace lastword
