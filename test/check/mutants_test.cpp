#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "check/checker.h"
#include "check/own_network.h"
#include "check/server_process.h"

namespace lastword {
namespace {

using namespace std::chrono_literals;

CheckSettings settings_for(const std::string& mutant) {
  CheckSettings settings;
  settings.command = {LASTWORD_MUTANTS "/" + mutant};
  settings.hold = std::chrono::milliseconds(LASTWORD_MUTANT_HOLD_MS);
  settings.read_timeout = 500ms;
  settings.seed = static_cast<std::uint64_t>(getpid());
  return settings;
}

std::set<std::string> ids_with(const CheckReport& report, CaseOutcome outcome) {
  std::set<std::string> ids;
  for (const CaseResult& result : report.cases) {
    if (result.outcome == outcome) ids.insert(result.id);
  }
  return ids;
}

std::string story_of(const CheckReport& report) {
  std::string story;
  for (const CaseResult& result : report.cases) {
    if (result.outcome == CaseOutcome::pass || result.outcome == CaseOutcome::skipped) continue;
    story += "\n" + result.id + " " + std::string(name_of(result.outcome)) + ": " + result.reason;
    for (const std::string& line : result.evidence) story += "\n    " + line;
  }
  return story;
}

CheckReport checked(const CheckSettings& settings) {
  const auto cases = selected_cases(settings);
  EXPECT_TRUE(cases.has_value());
  return check(settings, *cases);
}

class WithNetworks : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    prepare_own_networks();
    adopt_strays();
  }
};

/// A wrong server, the cases of which at least one must fail, and those that may fail with it
/// because they look at the same defect from another side.
struct Mutant {
  std::string name;
  std::set<std::string> caught_by;
  std::set<std::string> also = {};
  CaseOutcome outcome = CaseOutcome::fail;

  friend std::ostream& operator<<(std::ostream& out, const Mutant& m) { return out << m.name; }
};

class Mutants : public WithNetworks, public testing::WithParamInterface<Mutant> {};

TEST_P(Mutants, AreCaughtByTheRightRule) {
  const Mutant& mutant = GetParam();
  CheckSettings settings = settings_for(mutant.name);
  if (mutant.name.starts_with("endless")) settings.accepts = 0;
  const CheckReport report = checked(settings);
  SCOPED_TRACE(story_of(report));
  const auto failed = ids_with(report, CaseOutcome::fail);
  const auto found = ids_with(report, mutant.outcome);
  EXPECT_TRUE(std::any_of(mutant.caught_by.begin(), mutant.caught_by.end(),
                          [&](const std::string& id) { return found.contains(id); }))
      << "the mutant survives";
  for (const std::string& id : failed) {
    EXPECT_TRUE(mutant.caught_by.contains(id) || mutant.also.contains(id)) << "wrong rule: " << id;
  }
  EXPECT_EQ(exit_code_of(report), mutant.outcome == CaseOutcome::fail ? 1 : 0);
}

const auto name_of_row = [](const auto& row) { return row.param.name; };
const auto name_of_engine_scope_and_accepts = [](const auto& row) {
  const auto& [engine, scope, accepts] = row.param;
  return engine + "_" + scope + "_" + std::to_string(accepts);
};

const std::set<std::string> any_history{"3.4/course", "3.4/silent", "3.4/vanish", "3.4/together"};

INSTANTIATE_TEST_SUITE_P(
    Check, Mutants,
    testing::Values(
        Mutant{"shared_variable", {"4.2/course", "4.2/together"}},
        Mutant{"wrong_writer", {"4.2/course", "4.2/together"}},
        Mutant{"never_sent", {"4.2/course", "4.2/together"}},
        Mutant{"receives_locked", {"3.2/silent-writer"}},
        Mutant{"one_by_one", {"1.3/accepts-at-once"}},
        Mutant{"joins_each", {"1.3/accepts-at-once"}},
        Mutant{"local_copy", {"4.1/loaded-then"}, any_history}, Mutant{"early", {"4.1/not-early"}},
        Mutant{"short_hold", {"4.1/not-early"}}, Mutant{"store_after_send", any_history},
        Mutant{"fixed_15", {"2.3/nineteen"}, {"3.1/no-old-tail"}},
        Mutant{"fixed_16", {"2.3/nineteen"}, {"3.1/no-old-tail"}},
        Mutant{"fixed_20", {"3.1/no-old-tail"}}, Mutant{"fixed_30", {"4.3/exact"}},
        Mutant{"fixed_100", {"4.3/exact"}}, Mutant{"no_terminator", {"3.1/no-old-tail"}},
        Mutant{"newline", {"4.3/exact"}}, Mutant{"truncates", {"2.3/nineteen"}},
        Mutant{"overrun_neighbour", {"2.3/twenty-harmless"}},
        Mutant{"overrun_crash", {"2.3/twenty-harmless"}}, Mutant{"torn", {"3.1/whole"}},
        Mutant{"lost_update", any_history, {"4.1/loaded-then"}}, Mutant{"stale_cache", any_history},
        Mutant{"sigpipe", {"5.3/sigpipe"}}, Mutant{"reset_is_fatal", {"5.1/vanished"}},
        Mutant{"port_not_free", {"1.2/restart"}}, Mutant{"exits_early", {"1.4/finishes"}},
        Mutant{"exit_code", {"1.4/exit"}}, Mutant{"accepts_2", {"1.4/count"}},
        Mutant{"accepts_4", {"1.4/count"}}, Mutant{"waits_for_20", {"2.1/no-terminator"}},
        Mutant{"leaks_descriptors", {"4.3/closes"}, {}, CaseOutcome::warn},
        Mutant{"endless_spins", {"5.2/descriptors"}, {}, CaseOutcome::warn},
        Mutant{"endless_deaf", {"5.2/descriptors"}, {}, CaseOutcome::warn}),
    name_of_row);

struct Right {
  std::string name;
  MeasuredScope scope;

  friend std::ostream& operator<<(std::ostream& out, const Right& r) { return out << r.name; }
};

class RightServers : public WithNetworks, public testing::WithParamInterface<Right> {};

TEST_P(RightServers, AreNotFailed) {
  const CheckReport report = checked(settings_for(GetParam().name));
  SCOPED_TRACE(story_of(report));
  EXPECT_EQ(exit_code_of(report), 0);
  EXPECT_EQ(ids_with(report, CaseOutcome::fail), std::set<std::string>{});
  EXPECT_EQ(report.scope.scope, GetParam().scope);
}

INSTANTIATE_TEST_SUITE_P(Check, RightServers,
                         testing::Values(Right{"right_access", MeasuredScope::access},
                                         Right{"right_session", MeasuredScope::session},
                                         Right{"right_fixed_20", MeasuredScope::access},
                                         Right{"right_short_queue", MeasuredScope::access},
                                         Right{"right_slow_start", MeasuredScope::access},
                                         Right{"right_resets", MeasuredScope::access}),
                         name_of_row);

/// lastword's own server, which must hold every SHOULD too.
class Lastword
    : public WithNetworks,
      public testing::WithParamInterface<std::tuple<std::string, std::string, std::uint64_t>> {};

TEST_P(Lastword, PassesStrictly) {
  const auto& [engine, scope, accepts] = GetParam();
  CheckSettings settings = settings_for("");
  settings.command = {LASTWORD_SERVER, "-n",    std::to_string(accepts), "--scope", scope,
                      "--hold",        "500ms", "--log-level",           "off"};
  settings.command.insert(settings.command.end(), {"--read-timeout", "500ms", "--engine", engine});
  settings.accepts = accepts;
  settings.hold = 500ms;
  settings.strict = true;
  const CheckReport report = checked(settings);
  SCOPED_TRACE(story_of(report));
  EXPECT_EQ(exit_code_of(report), 0);
  EXPECT_EQ(name_of(report.scope.scope), scope);
}

INSTANTIATE_TEST_SUITE_P(
    Check, Lastword,
    testing::Values(std::tuple("threads", "access", 3), std::tuple("threads", "session", 3),
                    std::tuple("threads", "access", 0), std::tuple("threads", "session", 0),
                    std::tuple("threads", "access", 5), std::tuple("epoll", "access", 3),
                    std::tuple("epoll", "session", 3), std::tuple("epoll", "access", 0),
                    std::tuple("auto", "access", 3), std::tuple("auto", "session", 3),
                    std::tuple("auto", "session", 0)),
    name_of_engine_scope_and_accepts);

}  // namespace
}  // namespace lastword
