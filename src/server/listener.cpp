#include "server/listener.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "net/socket.h"

namespace lastword {
namespace {

/// What a person can do about a bind that failed.
std::string hint_for(int error, const SocketAddress& address, PortUse use) {
  if (error == EADDRINUSE && use == PortUse::shared) {
    return " (by a server without --share-port, or of another user)";
  }
  PeerAddress other = PeerAddress::from(address);
  other.port = other.port == 65535 ? 1050 : static_cast<std::uint16_t>(other.port + 1);
  switch (error) {
    case EADDRINUSE: return fmt::format(" (another server? try --listen {})", to_string(other));
    case EADDRNOTAVAIL: return " (not an address of this machine; `ip address` lists them)";
    case EACCES: return " (a port below 1024 needs CAP_NET_BIND_SERVICE; try --listen :1050)";
    default: return "";
  }
}

tl::unexpected<Error> cannot_listen(const SocketAddress& address, int error, PortUse use) {
  return failure(fmt::format("cannot listen on {}: {}{}", to_string(address), describe_errno(error),
                             hint_for(error, address, use)));
}

/// 0, or the errno of the attempt.
///
/// What a killed server had handed to io_uring, its listener among it, the kernel lets go of some
/// milliseconds after the process has gone: an address in use may be free in a moment (SPEC 1.2).
int listen_on(int fd, const SocketAddress& address) {
  constexpr auto most = std::chrono::milliseconds(500);
  constexpr auto between = std::chrono::milliseconds(10);
  const auto until = Clock::now() + most;
  for (;;) {
    if (bind(fd, address.get(), address.size) == 0 && listen(fd, SOMAXCONN) == 0) return 0;
    if (errno != EADDRINUSE || Clock::now() >= until) return errno;
    std::this_thread::sleep_for(between);
  }
}

bool machine_has_ipv6() { return bool(Fd(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0))); }

}  // namespace

Result<std::vector<Listener>> Listener::open(const Endpoint& endpoint,
                                             Clock::duration receive_timeout, PortUse use) {
  const bool any = endpoint.host.empty() || endpoint.host == "::" || endpoint.host == "*";
  Endpoint wanted = endpoint;
  if (any) wanted.host = machine_has_ipv6() ? "::" : "0.0.0.0";
  const auto addresses = resolve(wanted, Purpose::listen);
  if (!addresses) {
    return failure(
        fmt::format("cannot listen on {}: {}", to_string(endpoint), addresses.error().text));
  }
  std::vector<Listener> listeners;
  for (const SocketAddress& address : *addresses) {
    auto listener = open(address, receive_timeout, use);
    if (!listener) return tl::unexpected(std::move(listener.error()));
    listeners.push_back(std::move(*listener));
  }
  return listeners;
}

Result<Listener> Listener::open(const SocketAddress& address, Clock::duration receive_timeout,
                                PortUse use) {
  Fd fd(socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return cannot_listen(address, errno, use);

  const int yes = 1;
  const int no = 0;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);  // SPEC 1.2
  if (use == PortUse::shared) {
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
  }
  set_receive_timeout(fd.get(), receive_timeout);
  if (address.family() == AF_INET6) {
    setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);  // SPEC 1.1
  }
  if (const int error = listen_on(fd.get(), address)) return cannot_listen(address, error, use);
  const auto bound = local_address(fd.get());
  if (!bound) return tl::unexpected(bound.error());
  return Listener(std::move(fd), *bound);
}

Result<void> write_port_file(const std::string& path, const std::vector<Listener>& listeners) {
  // Only a file can be replaced whole; a device or a pipe, such as /dev/stdout, is written to.
  std::error_code ignored;
  const auto status = std::filesystem::symlink_status(path, ignored);
  const bool replace = !std::filesystem::exists(status) || std::filesystem::is_regular_file(status);
  const std::string unfinished = replace ? path + ".new" : path;
  std::ofstream file(unfinished);
  for (const Listener& listener : listeners) {
    file << PeerAddress::from(listener.address()).port << '\n';
  }
  file.close();
  if (!file || (replace && std::rename(unfinished.c_str(), path.c_str()) != 0)) {
    const int error = errno;
    if (replace) std::remove(unfinished.c_str());
    return failure(fmt::format("cannot write the port file {}: {}", path, describe_errno(error)));
  }
  return {};
}

}  // namespace lastword
