#include "check/own_network.h"

#include <fmt/format.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "net/fd.h"

namespace lastword {
namespace {

void write_file(const char* path, const std::string& text) { std::ofstream(path) << text; }

bool bring_loopback_up() {
  const Fd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd) return false;
  ifreq request{};
  std::strncpy(request.ifr_name, "lo", IFNAMSIZ - 1);
  if (ioctl(fd.get(), SIOCGIFFLAGS, &request) != 0) return false;
  request.ifr_flags |= IFF_UP | IFF_RUNNING;
  return ioctl(fd.get(), SIOCSIFFLAGS, &request) == 0;
}

}  // namespace

void prepare_own_networks() {
  const auto user = geteuid();
  const auto group = getegid();
  if (user == 0) return;
  if (unshare(CLONE_NEWUSER) != 0) return;
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/uid_map", fmt::format("{} {} 1", user, user));
  write_file("/proc/self/gid_map", fmt::format("{} {} 1", group, group));
}

Result<void> enter_own_network() {
  // Entered twice: the second has a small table of connections, which is quick to read, because the
  // first asks for it (Linux 6.1; elsewhere nothing happens).
  if (unshare(CLONE_NEWNET) == 0) {
    write_file("/proc/sys/net/ipv4/tcp_child_ehash_entries", "256");
  }
  if (unshare(CLONE_NEWNET) != 0) {
    return failure("no network namespace: " + describe_errno(errno));
  }
  if (!bring_loopback_up()) return failure("no loopback in a new network namespace");
  return {};
}

}  // namespace lastword
