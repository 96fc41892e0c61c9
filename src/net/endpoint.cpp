#include "net/endpoint.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>

#include <array>
#include <charconv>
#include <cstring>
#include <memory>

namespace lastword {

Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return failure(
        fmt::format("'{}' has no port; write ADDRESS:PORT, such as 127.0.0.1:1050", text));
  }
  std::string_view host = text.substr(0, colon);
  const std::string_view port_text = text.substr(colon + 1);

  std::uint16_t port = 0;
  const auto* end = port_text.data() + port_text.size();
  const auto [stop, error] = std::from_chars(port_text.data(), end, port);
  if (error != std::errc{} || stop != end) {
    return failure(fmt::format("'{}' is not a port; it takes 0 to 65535", port_text));
  }

  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return failure(fmt::format("'{}': an IPv6 address needs brackets, such as [::1]:1050", text));
  }
  return Endpoint{std::string(host), port};
}

std::string to_string(const Endpoint& endpoint) {
  const bool brackets = endpoint.host.empty() || endpoint.host.find(':') != std::string::npos;
  if (!brackets) return fmt::format("{}:{}", endpoint.host, endpoint.port);
  return fmt::format("[{}]:{}", endpoint.host.empty() ? "::" : endpoint.host, endpoint.port);
}

PeerAddress PeerAddress::from(const SocketAddress& address) {
  PeerAddress peer;
  if (address.family() == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address.storage, sizeof v6);
    peer.address = v6.sin6_addr;
    peer.port = ntohs(v6.sin6_port);
  } else if (address.family() == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address.storage, sizeof v4);
    peer.address.s6_addr[10] = peer.address.s6_addr[11] = 0xff;
    std::memcpy(peer.address.s6_addr + 12, &v4.sin_addr, sizeof v4.sin_addr);
    peer.port = ntohs(v4.sin_port);
  }
  return peer;
}

std::string to_string(const PeerAddress& peer) {
  std::array<char, INET6_ADDRSTRLEN> host{};
  if (IN6_IS_ADDR_V4MAPPED(&peer.address)) {
    inet_ntop(AF_INET, peer.address.s6_addr + 12, host.data(), host.size());
    return fmt::format("{}:{}", host.data(), peer.port);
  }
  inet_ntop(AF_INET6, &peer.address, host.data(), host.size());
  return fmt::format("[{}]:{}", host.data(), peer.port);
}

std::string to_string(const SocketAddress& address) {
  return to_string(PeerAddress::from(address));
}

Result<SocketAddress> local_address(int fd) {
  SocketAddress address;
  if (getsockname(fd, address.get(), &address.size) != 0) {
    return failure(fmt::format("cannot read a socket's address: {}", describe_errno(errno)));
  }
  return address;
}

Result<std::vector<SocketAddress>> resolve(const Endpoint& endpoint, Purpose purpose) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  // "localhost" is the loopback on any machine (RFC 6761), also on one without a hosts file.
  const bool loopback = endpoint.host.empty() || endpoint.host == "localhost";
  const char* host = purpose == Purpose::connect && loopback ? nullptr : endpoint.host.c_str();
  if (purpose == Purpose::listen) {
    hints.ai_flags |= AI_PASSIVE;
    if (endpoint.host.empty()) host = "::";
  }
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host, std::to_string(endpoint.port).c_str(), &hints, &found);
  if (error != 0) {
    const std::string why = error == EAI_SYSTEM ? describe_errno(errno) : gai_strerror(error);
    return failure(
        fmt::format("'{}' is neither an address nor a known host name ({})", endpoint.host, why));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  std::vector<SocketAddress> addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    SocketAddress address;
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    address.size = entry->ai_addrlen;
    addresses.push_back(address);
  }
  return addresses;
}

}  // namespace lastword
