// Many machines with one slot, and what happens to them under way (SPEC 3.4). Every session is
// recorded, and the history judged.
//
// LASTWORD_FAULT_RUNS=20 repeats each fault on the same machines; LASTWORD_FAULT_SEED=N begins with
// that seed. LASTWORD_FAULT_SERVER=FILE judges another server, such as one that is wrong on
// purpose.

#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <iostream>
#include <random>

#include "e2e/machines.h"
#include "e2e/traffic.h"
#include "history/verdict.h"

namespace lastword::test {
namespace {

/// What is done to the machines meanwhile. It leaves them whole, or about to be.
struct Fault {
  std::string name;
  std::string scope;
  void (*strike)(Machines& machines, std::mt19937& random);
  friend std::ostream& operator<<(std::ostream& out, const Fault& fault) {
    return out << fault.name;
  }
};

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
  machines.cable().set(200, 5, random());
  pass(between(random, 2000, 4000));
  machines.cable().set(0, 0, 0);
}

void all_etcds_restarted(Machines& machines, std::mt19937& random) {
  for (int i = 0; i < Machines::count; ++i) machines.kill_etcd(i);
  pass(between(random, 0, 1500));
  for (int i = 0; i < Machines::count; ++i) machines.start_etcd(i);
}

/// Longer than its lease, whether it has the turn or not.
void server_frozen(Machines& machines, std::mt19937& random) {
  const int server = std::uniform_int_distribution<>(0, Machines::count - 1)(random);
  machines.server(server).signal(SIGSTOP);
  pass(between(random, 0, 500) + std::chrono::milliseconds(6 * Machines::call_timeout));
  machines.server(server).signal(SIGCONT);
}

/// The sessions that break the promise of session scope: another's words (SPEC 3.3).
std::size_t strangers_words(const History& history, const std::string& scope) {
  return scope == "session" ? outcomes_of(history).others : 0;
}

class MachinesUnderFaults : public testing::TestWithParam<Fault> {
 protected:
  /// Traffic, the fault, and traffic until all serve again. Adds to the history.
  void run_once(Machines& machines, std::uint32_t seed) {
    std::mt19937 random(seed);
    Traffic traffic(machines.writers(), 8, machines.front(), next_number_);
    pass(between(random, 200, 600));
    GetParam().strike(machines, random);
    EXPECT_TRUE(eventually([&] { return machines.etcd_is_whole(); })) << machines.last_words();
    const std::size_t before = traffic.replied();
    EXPECT_TRUE(eventually([&] { return traffic.replied() >= before + 100; }))
        << "it serves again\n"
        << machines.last_words();
    const auto sessions = traffic.stop();
    next_number_ = traffic.next_number();
    history_.sessions.insert(history_.sessions.end(), sessions.begin(), sessions.end());
  }

  History history_;
  std::uint64_t next_number_ = 1;
};

std::uint32_t number_from(const char* variable, std::uint32_t otherwise) {
  const char* value = std::getenv(variable);
  return value == nullptr ? otherwise : static_cast<std::uint32_t>(std::stoul(value));
}

TEST_P(MachinesUnderFaults, AreOneRegister_Spec3_4_Spec5_4) {
  const Fault& fault = GetParam();
  const char* server = std::getenv("LASTWORD_FAULT_SERVER");
  const auto machines =
      Machines::start(server == nullptr ? program("lastword-server") : server, fault.scope);
  if (!machines) GTEST_SKIP() << machines.error().text;
  history_.name = fault.name;
  history_.hold_ns = std::chrono::nanoseconds(Machines::hold).count();

  const std::uint32_t first_seed = number_from("LASTWORD_FAULT_SEED", std::random_device()());
  const std::uint32_t runs = number_from("LASTWORD_FAULT_RUNS", 1);
  for (std::uint32_t run = 0; run < runs; ++run) {
    const std::uint32_t seed = first_seed + run;
    run_once(**machines, seed);
    const Verdict verdict = judge(history_);
    const Outcomes all = outcomes_of(history_);
    std::cout << fault.name << " run " << run + 1 << " seed " << seed << ": so far "
              << history_.sessions.size() << " sessions, " << all.replied << " replied ("
              << all.others << " with another's words), " << all.refused << " refused, "
              << all.unknown << " unknown: " << name_of(verdict.decision) << std::endl;
    ASSERT_EQ(verdict.decision, Decision::linearizable) << verdict.reason;
    ASSERT_EQ(strangers_words(history_, fault.scope), 0u) << "in session scope";
    ASSERT_FALSE(HasFailure());
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, MachinesUnderFaults,
    testing::Values(Fault{"nothing", "access", nothing},
                    Fault{"leader_killed", "access", leader_killed},
                    Fault{"follower_killed", "access", follower_killed},
                    Fault{"leader_cut_off", "access", leader_cut_off},
                    Fault{"server_killed", "access", server_killed},
                    Fault{"link_slow_and_lossy", "access", link_slow_and_lossy},
                    Fault{"all_etcds_restarted", "access", all_etcds_restarted},
                    Fault{"server_frozen", "session", server_frozen}),
    [](const auto& fault) { return fault.param.name; });

}  // namespace
}  // namespace lastword::test
