#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/error.h"

namespace lastword {

/// Where to listen or connect, as a person writes it: a name or an address, and a port.
struct Endpoint {
  std::string host;  ///< without brackets; empty for every address of this machine
  std::uint16_t port = 0;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Reads `HOST:PORT`, `1.2.3.4:PORT`, `[::1]:PORT` or `:PORT`.
Result<Endpoint> parse_endpoint(std::string_view text);

/// The way `parse_endpoint` reads it; IPv6 addresses in brackets.
std::string to_string(const Endpoint& endpoint);

/// A resolved TCP address, as the socket calls take it.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
};

/// Numeric, with the port; an IPv4 address that came in over an IPv6 socket reads as IPv4.
std::string to_string(const SocketAddress& address);

/// The other end of a connection in 18 bytes, because a server keeps one for each session; an IPv4
/// address is kept as IPv6 maps it.
struct PeerAddress {
  in6_addr address{};
  std::uint16_t port = 0;

  static PeerAddress from(const SocketAddress& address);
};

std::string to_string(const PeerAddress& peer);

/// What a socket is bound to.
Result<SocketAddress> local_address(int fd);

enum class Purpose { connect, listen };

/// Every address that `endpoint` stands for, in the order in which to try them; never empty. An
/// empty host, or "localhost", is the loopback for `connect`; an empty one for `listen` is all of
/// IPv6 and IPv4 (`[::]`).
Result<std::vector<SocketAddress>> resolve(const Endpoint& endpoint, Purpose purpose);

}  // namespace lastword
