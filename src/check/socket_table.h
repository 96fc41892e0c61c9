#pragma once

#include <sys/types.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lastword {

/// One line of /proc/net/tcp or tcp6.
struct SocketEntry {
  enum class State { established = 1, time_wait = 6, close_wait = 8, listening = 10, other = 0 };

  bool ipv6 = false;
  bool wildcard = false;  ///< its own address is 0.0.0.0 or ::
  std::uint16_t port = 0;
  std::uint16_t peer_port = 0;
  State state = State::other;
  std::uint64_t inode = 0;  ///< 0: no process has a descriptor for it (yet, or any more)
};

/// Reads the text of such a file; lines that make no sense are left out.
std::vector<SocketEntry> parse_socket_table(std::string_view text, bool ipv6);

/// The TCP sockets of the calling thread's network. Looking disturbs nobody: no connection is made.
std::vector<SocketEntry> read_socket_table();

/// The sockets that `leader`, its process group and its descendants have open, by inode.
std::set<std::uint64_t> sockets_of(pid_t leader);

/// `leader`, its process group and its descendants, those that still run.
std::vector<pid_t> family_of(pid_t leader);

}  // namespace lastword
