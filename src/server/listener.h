#pragma once

#include <string>
#include <vector>

#include "net/endpoint.h"
#include "net/error.h"
#include "net/fd.h"
#include "server/observer.h"

namespace lastword {

/// Whether several servers may listen on one port. Only such as all ask for it, and are the same
/// user's; the kernel then spreads the connections over them.
enum class PortUse { alone, shared };

/// A socket that listens on one address (SPEC 1.1, 1.2). Non-blocking; what it accepts blocks.
class Listener {
 public:
  /// Listens on every address that `endpoint` stands for. An empty host, "*" and "::" are all of
  /// IPv6 and IPv4; where the machine has no IPv6, all of IPv4.
  ///
  /// `receive_timeout` becomes SO_RCVTIMEO of every accepted socket, which inherits it.
  static Result<std::vector<Listener>> open(const Endpoint& endpoint,
                                            Clock::duration receive_timeout,
                                            PortUse use = PortUse::alone);

  int fd() const { return fd_.get(); }

  /// Where it listens, with the port that the kernel picked for port 0.
  const SocketAddress& address() const { return address_; }

 private:
  Listener(Fd fd, const SocketAddress& address) : fd_(std::move(fd)), address_(address) {}
  static Result<Listener> open(const SocketAddress& address, Clock::duration receive_timeout,
                               PortUse use);

  Fd fd_;
  SocketAddress address_;
};

/// Writes the listeners' ports to `path`, a line each. A file is replaced whole, so that nobody
/// ever reads half of it.
Result<void> write_port_file(const std::string& path, const std::vector<Listener>& listeners);

}  // namespace lastword
