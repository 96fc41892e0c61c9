#include "check/socket_table.h"

#include <dirent.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

namespace lastword {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

SocketEntry::State state_of(unsigned number) {
  switch (number) {
    case 1: return SocketEntry::State::established;
    case 6: return SocketEntry::State::time_wait;
    case 8: return SocketEntry::State::close_wait;
    case 10: return SocketEntry::State::listening;
    default: return SocketEntry::State::other;
  }
}

template <class Action>
void for_each_name(const std::string& folder, Action action) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(folder.c_str()), closedir);
  if (!directory) return;
  while (const dirent* entry = readdir(directory.get())) action(std::string(entry->d_name));
}

struct Relations {
  pid_t parent = 0;
  pid_t group = 0;
  bool zombie = false;
};

std::map<pid_t, Relations> all_processes() {
  std::map<pid_t, Relations> processes;
  for_each_name("/proc", [&](const std::string& name) {
    const auto pid = static_cast<pid_t>(std::strtol(name.c_str(), nullptr, 10));
    if (pid <= 0) return;
    const std::string stat = read_file("/proc/" + name + "/stat");
    const auto behind_name = stat.rfind(')');  // the program's name may hold anything, ')' too
    if (behind_name == std::string::npos) return;
    char state = 0;
    int parent = 0;
    int group = 0;
    if (std::sscanf(stat.c_str() + behind_name + 1, " %c %d %d", &state, &parent, &group) != 3) {
      return;
    }
    processes[pid] = {parent, group, state == 'Z' || state == 'X'};
  });
  return processes;
}

}  // namespace

std::vector<SocketEntry> parse_socket_table(std::string_view text, bool ipv6) {
  std::vector<SocketEntry> entries;
  std::istringstream lines{std::string(text)};
  std::string line;
  while (std::getline(lines, line)) {
    std::array<char, 40> own{};
    std::array<char, 40> peer{};
    unsigned port = 0;
    unsigned peer_port = 0;
    unsigned state = 0;
    unsigned long inode = 0;
    const int found = std::sscanf(
        line.c_str(), " %*d: %39[0-9A-F]:%4X %39[0-9A-F]:%4X %2X %*x:%*x %*x:%*x %*x %*u %*u %lu",
        own.data(), &port, peer.data(), &peer_port, &state, &inode);
    if (found != 6) continue;
    SocketEntry entry;
    entry.ipv6 = ipv6;
    entry.wildcard = std::string_view(own.data()).find_first_not_of('0') == std::string_view::npos;
    entry.port = static_cast<std::uint16_t>(port);
    entry.peer_port = static_cast<std::uint16_t>(peer_port);
    entry.state = state_of(state);
    entry.inode = inode;
    entries.push_back(entry);
  }
  return entries;
}

std::vector<SocketEntry> read_socket_table() {
  auto entries = parse_socket_table(read_file("/proc/thread-self/net/tcp"), false);
  for (const auto& entry : parse_socket_table(read_file("/proc/thread-self/net/tcp6"), true)) {
    entries.push_back(entry);
  }
  return entries;
}

std::vector<pid_t> family_of(pid_t leader) {
  const auto processes = all_processes();
  const auto belongs = [&](pid_t pid) {
    // Bounded, should the table have changed into a circle while it was read.
    for (int generation = 0; generation < 100; ++generation) {
      const auto found = processes.find(pid);
      if (pid == leader) return true;
      if (found == processes.end()) return false;
      if (found->second.group == leader) return true;
      pid = found->second.parent;
    }
    return false;
  };
  std::vector<pid_t> family;
  for (const auto& [pid, relations] : processes) {
    if (!relations.zombie && belongs(pid)) family.push_back(pid);
  }
  return family;
}

std::set<std::uint64_t> sockets_of(pid_t leader) {
  std::set<std::uint64_t> inodes;
  for (const pid_t pid : family_of(leader)) {
    const std::string folder = "/proc/" + std::to_string(pid) + "/fd";
    for_each_name(folder, [&](const std::string& name) {
      std::array<char, 64> target{};
      if (readlink((folder + "/" + name).c_str(), target.data(), target.size() - 1) <= 0) return;
      unsigned long inode = 0;
      if (std::sscanf(target.data(), "socket:[%lu]", &inode) == 1) inodes.insert(inode);
    });
  }
  return inodes;
}

}  // namespace lastword
