#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "net/endpoint.h"
#include "net/error.h"
#include "net/fd.h"

namespace lastword {

using Deadline = std::chrono::steady_clock::time_point;

/// A writer's end of one connection: connect, send, receive. Every call ends by its deadline, but
/// looking up a name takes as long as the machine's resolver does. SIGPIPE is never raised.
class Writer {
 public:
  /// Connects to the first address of `endpoint` that answers. The error names each address tried
  /// and what it said.
  static Result<Writer> connect(const Endpoint& endpoint, Deadline deadline);

  /// Sends all of `bytes`.
  Result<void> send(std::string_view bytes, Deadline deadline);

  /// Tells the server that no more bytes come (one of the ends of a message, SPEC 2.1).
  void half_close();

  /// What one receive gave.
  struct Piece {
    std::string bytes;       ///< empty where the deadline passed first, or the server closed
    bool closed = false;     ///< the server closed the connection in good order
    bool timed_out = false;  ///< nothing came by the deadline
  };

  /// The next bytes, at most `limit`. A reset is an error.
  Result<Piece> receive(Deadline deadline, std::size_t limit = 4096);

  int fd() const { return fd_.get(); }

 private:
  explicit Writer(Fd fd) : fd_(std::move(fd)) {}

  Fd fd_;
};

}  // namespace lastword
