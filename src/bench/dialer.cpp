#include "bench/dialer.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace lastword {
namespace {

bool is_shortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/// Whether it worked; else errno says why not.
bool bind_to(int fd, in_addr address) {
  // The port is chosen by connect(): one is taken only where the whole connection is not unique.
  const int yes = 1;
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  sockaddr_in source{};
  source.sin_family = AF_INET;
  source.sin_addr = address;
  return bind(fd, reinterpret_cast<const sockaddr*>(&source), sizeof source) == 0;
}

}  // namespace

Dialer::Dialed Dialer::dial() {
  const SocketAddress& target = share_.targets[next_target_++ % share_.targets.size()];
  const int fd = socket(target.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    if (!is_shortage(errno)) return {-1, ErrorKind::connect_failed, describe_errno(errno)};
    return {
        -1, ErrorKind::out_of_descriptors,
        fmt::format("{}; the limit is {} descriptors for each of {} processes: more --processes, "
                    "or a lower --rate or --concurrency, would help",
                    describe_errno(errno), share_.descriptors, share_.workers)};
  }
  const auto failed = [fd](ErrorKind kind, std::string why) {
    close(fd);
    return Dialed{-1, kind, std::move(why)};
  };
  if (!share_.sources.empty() &&
      !bind_to(fd, share_.sources[next_source_++ % share_.sources.size()])) {
    return failed(ErrorKind::connect_failed,
                  "cannot connect from a given address: " + describe_errno(errno));
  }
  if (connect(fd, target.get(), target.size) == 0 || errno == EINPROGRESS) return {fd, {}, {}};
  const int error = errno;
  if (error != EADDRNOTAVAIL) {
    return failed(ErrorKind::connect_failed,
                  fmt::format("to {}: {}", to_string(target), describe_errno(error)));
  }
  return failed(ErrorKind::out_of_ports,
                "no free port at this end: more addresses in --connections-from, or a wider "
                "net.ipv4.ip_local_port_range, would help");
}

}  // namespace lastword
