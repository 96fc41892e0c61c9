#include "check/run.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <map>
#include <thread>

#include "check/interrupt.h"
#include "check/player.h"
#include "check/socket_table.h"
#include "net/endpoint.h"
#include "net/fd.h"

namespace lastword {
namespace {

using namespace std::chrono_literals;

constexpr auto start_limit = 10s;

/// Looks at the kernel's table of sockets all through a run, in a thread of its own. What it reads
/// costs the server nothing, and tells what no writer can see: which connections were accepted.
class Lookout {
 public:
  /// `server` is the process to watch; null: none. The table shows nothing of a server that is
  /// not `here`, on this machine.
  Lookout(std::uint16_t port, const ServerProcess* server, bool here)
      : port_(port), server_(server), here_(here), thread_([this] { look_on(); }) {}
  ~Lookout() { stop(); }

  void stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }

  /// Only after stop().
  void tell(RunSight& sight) const {
    sight.watched = watched_;
    sight.listener_gone = listener_gone_;
    sight.lag = lag_;
    sight.blind = blind_;
    sight.gone = gone_;
    for (Played& writer : sight.writers) {
      const auto found = owned_.find(writer.own_port);
      if (found == owned_.end() || writer.own_port == 0) continue;
      // Accepted only after the writer had gone is not served.
      if (found->second.first > writer.ended) continue;
      writer.accepted = found->second.first;
      writer.last_owned = found->second.second;
    }
  }

 private:
  void look_on() {
    auto last = Clock::now();
    while (!stopping_) {
      const auto begun = Clock::now();
      blind_ = std::max<Clock::duration>(blind_, begun - last);
      last = begun;
      glance();
      // A glance takes a millisecond on a big machine: it must not slow down what it looks at.
      const auto due = Clock::now() + std::max<Clock::duration>(5ms, 20 * (Clock::now() - begun));
      std::this_thread::sleep_until(std::min(due, begun + 100ms));
      lag_ = std::max<Clock::duration>(lag_, Clock::now() - due);
    }
  }

  void glance() {
    const auto now = Clock::now();
    if (server_ != nullptr && !gone_ && server_->is_gone()) gone_ = now;
    if (!here_) return;
    bool listening = false;
    for (const SocketEntry& entry : read_socket_table()) {
      if (entry.port != port_) continue;
      listening = listening || entry.state == SocketEntry::State::listening;
      // A connection that waits to be accepted has no inode yet.
      if (entry.state == SocketEntry::State::listening || entry.inode == 0) continue;
      const auto [place, is_new] = owned_.try_emplace(entry.peer_port, now, now);
      place->second.second = now;
    }
    watched_ = watched_ || listening;
    if (watched_ && !listening && !listener_gone_) listener_gone_ = now;
    if (listening) listener_gone_.reset();
  }

  const std::uint16_t port_;
  const ServerProcess* server_;
  const bool here_;
  std::optional<Clock::time_point> gone_;
  bool watched_ = false;
  std::optional<Clock::time_point> listener_gone_;
  Clock::duration lag_{0};
  Clock::duration blind_{0};
  std::map<std::uint16_t, std::pair<Clock::time_point, Clock::time_point>> owned_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

std::vector<Listening> listening_on(std::uint16_t port) {
  std::vector<Listening> sockets;
  for (const SocketEntry& entry : read_socket_table()) {
    if (entry.port == port && entry.state == SocketEntry::State::listening) {
      sockets.push_back({entry.ipv6, entry.wildcard});
    }
  }
  return sockets;
}

/// Whether every address of `host` is one that a socket here can have.
bool is_of_this_machine(const std::string& host) {
  const auto addresses = resolve({host, 0}, Purpose::connect);
  if (!addresses) return false;
  return std::all_of(addresses->begin(), addresses->end(), [](const SocketAddress& address) {
    const Fd fd(socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    return fd && bind(fd.get(), address.get(), address.size) == 0;
  });
}

bool has_time_wait(std::uint16_t port) {
  const auto entries = read_socket_table();
  return std::any_of(entries.begin(), entries.end(), [&](const SocketEntry& entry) {
    return entry.port == port && entry.state == SocketEntry::State::time_wait;
  });
}

void await_end(ServerProcess& server, Clock::time_point deadline) {
  while (!server.end() && Clock::now() < deadline) {
    if (!sleep_until(Clock::now() + 2ms)) return;
  }
}

/// Starts the server once more where the first has just gone.
Result<void> restart(const CheckSettings& settings, RunSight& sight, int patience) {
  sight.time_wait = has_time_wait(settings.port);
  auto again = ServerProcess::start(settings.command, {});
  if (!again) return tl::unexpected(again.error());
  auto listens = again->wait_until_listening(settings.port, Clock::now() + start_limit * patience);
  sight.restart_ended = again->end().has_value();
  return listens;
}

/// The processor time of a process so far, in seconds; 0 where it can't be read.
double processor_seconds(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string stat((std::istreambuf_iterator<char>(file)), {});
  const auto behind_name = stat.rfind(')');
  if (behind_name == std::string::npos) return 0;
  unsigned long user = 0;
  unsigned long system = 0;
  if (std::sscanf(stat.c_str() + behind_name + 1,
                  " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2) {
    return 0;
  }
  return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

/// Sends SIGTERM a quarter of a hold after the run began, while the sessions hold.
std::thread signal_later(const CheckSettings& settings, ServerProcess& server, RunSight& sight) {
  return std::thread([&] {
    if (!sleep_until(sight.began + settings.hold / 2)) return;
    ::kill(server.pid(), SIGTERM);
    sight.signalled = Clock::now();
  });
}

/// Whether the server ended a connection that should have had a reply.
bool lost_a_session(const RunSight& sight) {
  return std::any_of(sight.writers.begin(), sight.writers.end(), [](const Played& writer) {
    return !writer.answered() && !writer.script.message.empty() &&
           (writer.end == Played::End::closed || writer.end == Played::End::reset ||
            writer.end == Played::End::not_connected);
  });
}

void play_with(const CheckSettings& settings, const Scenario& scenario,
               const std::vector<Script>& scripts, ServerProcess* server, bool here, int patience,
               RunSight& sight) {
  Lookout lookout(settings.port, server, here);
  sight.began = Clock::now();
  const double processor_before = server == nullptr ? 0 : processor_seconds(server->pid());
  std::thread signaller;
  if (server != nullptr && scenario.around == Around::stop_signal) {
    signaller = signal_later(settings, *server, sight);
  }
  sight.writers = play(settings, scripts);
  if (signaller.joinable()) signaller.join();
  sight.finished = Clock::now();
  if (server != nullptr) {
    sight.processor_time =
        std::chrono::duration<double>(processor_seconds(server->pid()) - processor_before);
    const bool ends_by_itself =
        (scenario.around == Around::exit_and_restart && settings.accepts != 0) ||
        scenario.around == Around::stop_signal;
    if (ends_by_itself) {
      await_end(*server, sight.finished + settings.settle() * patience);
    } else if (lost_a_session(sight)) {
      // The process that took its connections with it may not quite have ended yet.
      await_end(*server, sight.finished + settings.settle());
    }
  }
  lookout.stop();
  lookout.tell(sight);
}

}  // namespace

RunSight run_once(const CheckSettings& settings, const Scenario& scenario, std::uint64_t seed,
                  int patience) {
  RunSight sight;
  sight.patience = patience;
  sight.began = sight.finished = Clock::now();
  auto scripts = scenario.scripts(settings, seed);
  for (std::size_t index = 0; index < scripts.size(); ++index) {
    scripts[index].patience *= patience;
    // A repetition leaves each its place in a short queue of connections, as with listen(fd, 0).
    if (patience > 1 && scripts[index].connect.after.empty()) {
      scripts[index].connect.delay += 30ms * index;
    }
  }

  if (!settings.has_command()) {
    const bool here = is_of_this_machine(settings.host);
    if (here) sight.listening = listening_on(settings.port);
    play_with(settings, scenario, scripts, nullptr, here, patience, sight);
    return sight;
  }
  if (!listening_on(settings.port).empty()) {
    sight.could_not_start =
        Error{"another process listens on port " + std::to_string(settings.port) + " already"};
    return sight;
  }
  sight.with_process = true;
  ServerProcess::Limits limits;
  if (scenario.around == Around::few_descriptors) limits.descriptors = 24;
  auto server = ServerProcess::start(settings.command, limits);
  if (!server) {
    sight.could_not_start = server.error();
    return sight;
  }
  const auto listens =
      server->wait_until_listening(settings.port, Clock::now() + start_limit * patience);
  if (!listens) {
    sight.could_not_start = listens.error();
    return sight;
  }
  sight.listening = listening_on(settings.port);
  play_with(settings, scenario, scripts, &*server, true, patience, sight);
  sight.end = server->end();
  if (sight.end && sight.gone) sight.end->seen = std::min(sight.end->seen, *sight.gone);
  sight.output = server->output();
  if (!sight.end) server->kill();
  if (scenario.around == Around::exit_and_restart && sight.end && !stop_requested()) {
    sight.restarted = restart(settings, sight, patience);
  }
  return sight;
}

}  // namespace lastword
