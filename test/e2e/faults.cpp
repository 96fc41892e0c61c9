#include "e2e/faults.h"

#include <signal.h>

#include <stdexcept>

namespace lastword::test {
namespace {

std::chrono::milliseconds between(std::mt19937& random, int least_ms, int most_ms) {
  return std::chrono::milliseconds(std::uniform_int_distribution<>(least_ms, most_ms)(random));
}

void pass(std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }

int leader_of(const Machines& machines) {
  std::optional<int> leader;
  eventually([&] { return (leader = machines.etcd_leader()).has_value(); });
  return leader.value_or(0);
}

void nothing(Machines&, std::mt19937& random) { pass(between(random, 500, 1000)); }

void kill_and_restart_etcd(Machines& machines, std::mt19937& random, int member) {
  machines.kill_etcd(member);
  pass(between(random, 500, 2500));
  machines.start_etcd(member);
}

void leader_killed(Machines& machines, std::mt19937& random) {
  kill_and_restart_etcd(machines, random, leader_of(machines));
}

void follower_killed(Machines& machines, std::mt19937& random) {
  const int other = std::uniform_int_distribution<>(1, 2)(random);
  kill_and_restart_etcd(machines, random, (leader_of(machines) + other) % Machines::count);
}

void leader_cut_off(Machines& machines, std::mt19937& random) {
  const int leader = leader_of(machines);
  machines.pull_etcd(leader);
  pass(between(random, 1500, 3500));
  machines.plug_etcd(leader);
}

void server_killed(Machines& machines, std::mt19937& random) {
  const int server = std::uniform_int_distribution<>(0, Machines::count - 1)(random);
  machines.server(server).signal(SIGKILL);
  machines.server(server).wait();
  pass(between(random, 0, 1000));
  machines.start_server(server);
}

void link_slow_and_lossy(Machines& machines, std::mt19937& random) {
  machines.server_cable().set(200, 5, random());
  pass(between(random, 2000, 4000));
  machines.server_cable().set(0, 0, 0);
}

void all_etcds_restarted(Machines& machines, std::mt19937& random) {
  for (int i = 0; i < Machines::count; ++i) machines.kill_etcd(i);
  pass(between(random, 0, 1500));
  for (int i = 0; i < Machines::count; ++i) machines.start_etcd(i);
}

/// What it answers of itself is a tenth of a second old, and more.
void etcd_lags(Machines& machines, std::mt19937& random) {
  machines.etcd_cable().set(200, 0, 0);
  pass(between(random, 1000, 2000));
  machines.etcd_cable().set(0, 0, 0);
}

/// Answers to puts are sent again and again while reads are quick; nobody else stores meanwhile.
void last_server_lossy(Machines& machines, std::mt19937& random) {
  for (int i = 1; i < Machines::count; ++i) {
    machines.server(i).signal(SIGKILL);
    machines.server(i).wait();
  }
  machines.server_cable().set(0, 10, random());
  pass(between(random, 2000, 3000));
  machines.server_cable().set(0, 0, 0);
  for (int i = 1; i < Machines::count; ++i) machines.start_server(i);
}

/// Two of three, so that one of them probably has the turn; for longer than its lease.
void servers_frozen(Machines& machines, std::mt19937& random) {
  const int awake = std::uniform_int_distribution<>(0, Machines::count - 1)(random);
  for (int i = 1; i < Machines::count; ++i) {
    machines.server((awake + i) % Machines::count).signal(SIGSTOP);
  }
  pass(between(random, 2200, 3000));
  for (int i = 1; i < Machines::count; ++i) {
    machines.server((awake + i) % Machines::count).signal(SIGCONT);
  }
}

}  // namespace

const std::vector<Fault>& all_faults() {
  static const std::vector<Fault> faults{{"nothing", "access", nothing},
                                         {"leader_killed", "access", leader_killed},
                                         {"follower_killed", "access", follower_killed},
                                         {"leader_cut_off", "access", leader_cut_off},
                                         {"etcd_lags", "access", etcd_lags},
                                         {"server_killed", "access", server_killed},
                                         {"link_slow_and_lossy", "access", link_slow_and_lossy},
                                         {"last_server_lossy", "access", last_server_lossy},
                                         {"all_etcds_restarted", "access", all_etcds_restarted},
                                         {"servers_frozen", "session", servers_frozen}};
  return faults;
}

const Fault& fault_named(const std::string& name) {
  for (const Fault& fault : all_faults()) {
    if (fault.name == name) return fault;
  }
  throw std::runtime_error("no such fault: " + name);
}

Result<std::unique_ptr<Trial>> Trial::begin(const Fault& fault, const std::string& server) {
  // A turn's lease lives for five timeouts.
  auto machines = Machines::start({server, fault.scope, fault.scope == "session" ? "400ms" : "1s"});
  if (!machines) return tl::unexpected(machines.error());
  std::unique_ptr<Trial> trial(new Trial(fault, std::move(*machines)));
  trial->history_.name = fault.name;
  trial->history_.hold_ns = std::chrono::nanoseconds(Machines::hold).count();
  return trial;
}

std::string Trial::run(std::uint32_t seed) {
  std::mt19937 random(seed);
  Traffic traffic(machines_->writers(), writers_each, machines_->front(), next_number_);
  pass(between(random, 200, 600));
  fault_.strike(*machines_, random);
  bool serves = eventually([&] { return machines_->etcd_is_whole(); });
  const std::size_t before = traffic.replied();
  const std::size_t more = fault_.scope == "session" ? 20 : 100;  // one after the other takes long
  serves = serves && eventually([&] { return traffic.replied() >= before + more; });
  const auto sessions = traffic.stop();
  next_number_ = traffic.next_number();
  history_.sessions.insert(history_.sessions.end(), sessions.begin(), sessions.end());
  if (!serves) return "it does not serve again\n" + machines_->last_words();

  const Verdict verdict = judge(history_);
  if (verdict.decision != Decision::linearizable) return verdict.reason;
  if (fault_.scope == "session" && outcomes_of(history_).others > 0) {
    return "in session scope a writer was sent another's words";
  }
  return "";
}

}  // namespace lastword::test
