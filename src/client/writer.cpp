#include "client/writer.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace lastword {
namespace {

/// Whether `fd` was ready for `events` by the deadline; a failed connection counts as ready.
bool wait_for(int fd, short events, Deadline deadline) {
  for (;;) {
    const auto left = deadline - std::chrono::steady_clock::now();
    const auto left_ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    pollfd entry{fd, events, 0};
    const int ready = poll(&entry, 1, static_cast<int>(std::clamp<long>(left_ms, 0, 86'400'000)));
    if (ready > 0) return true;
    if (ready == 0 && left_ms <= 0) return false;
  }
}

/// 0, or the errno of the attempt.
int connect_by(int fd, const SocketAddress& address, Deadline deadline) {
  if (::connect(fd, address.get(), address.size) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (!wait_for(fd, POLLOUT, deadline)) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

}  // namespace

Result<Writer> Writer::connect(const Endpoint& endpoint, Deadline deadline) {
  const auto addresses = resolve(endpoint, Purpose::connect);
  if (!addresses) return tl::unexpected(addresses.error());
  std::string tried;
  for (std::size_t i = 0; i < addresses->size(); ++i) {
    const SocketAddress& address = (*addresses)[i];
    Fd fd(socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    // An address that never answers leaves their share of the time to those behind it.
    const auto now = std::chrono::steady_clock::now();
    const auto share = (deadline - now) / static_cast<long>(addresses->size() - i);
    const int error = fd ? connect_by(fd.get(), address, now + share) : errno;
    if (error == 0) return Writer(std::move(fd));
    tried += fmt::format("{}{}: {}", tried.empty() ? "" : "; ", to_string(address),
                         describe_errno(error));
  }
  return failure("cannot connect to " + tried);
}

Result<void> Writer::send(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN && errno != EINTR) {
      return failure("cannot send: " + describe_errno(errno));
    } else if (!wait_for(fd_.get(), POLLOUT, deadline)) {
      return failure("cannot send: the server takes no more bytes");
    }
  }
  return {};
}

void Writer::half_close() { ::shutdown(fd_.get(), SHUT_WR); }

Result<Writer::Piece> Writer::receive(Deadline deadline, std::size_t limit) {
  Piece piece;
  piece.bytes.resize(limit);
  for (;;) {
    const auto got = ::recv(fd_.get(), piece.bytes.data(), limit, 0);
    if (got >= 0) {
      piece.bytes.resize(static_cast<std::size_t>(got));
      piece.closed = got == 0;
      return piece;
    }
    if (errno != EAGAIN && errno != EINTR) {
      return failure("cannot receive: " + describe_errno(errno));
    }
    if (!wait_for(fd_.get(), POLLIN, deadline)) {
      piece.bytes.clear();
      piece.timed_out = true;
      return piece;
    }
  }
}

}  // namespace lastword
