// The track record of machines_test: servers that are wrong on purpose are caught by the same
// traffic, faults and verdict, and how fast.

#include <gtest/gtest.h>

#include <iostream>

#include "e2e/faults.h"

namespace lastword::test {
namespace {

struct WrongServer {
  std::string name;
  std::string fault;  ///< that brings it to light
  friend std::ostream& operator<<(std::ostream& out, const WrongServer& wrong) {
    return out << wrong.name;
  }
};

class WrongServers : public testing::TestWithParam<WrongServer> {};

TEST_P(WrongServers, AreCaught_Spec3_3_Spec3_4) {
  if (is_sanitized())
    GTEST_SKIP() << "how fast they are caught says something of real servers only";
  const auto trial = Trial::begin(fault_named(GetParam().fault),
                                  std::string(LASTWORD_WRONG_SERVERS) + "/" + GetParam().name);
  if (!trial) GTEST_SKIP() << trial.error().text;
  const auto begun = Clock::now();
  for (std::uint32_t run = 1; run <= 10; ++run) {
    const std::string wrong = (*trial)->run(run);
    if (wrong.empty()) continue;
    const std::chrono::duration<double> took = Clock::now() - begun;
    std::cout << GetParam() << " is caught in run " << run << " of " << GetParam().fault
              << ", within " << (*trial)->history().sessions.size() << " sessions and "
              << took.count() << " s: " << wrong << "\n";
    // Not for having stopped serving.
    EXPECT_TRUE(wrong.starts_with("writer ") || wrong.starts_with("no order") ||
                wrong.starts_with("in session scope"))
        << wrong;
    return;
  }
  FAIL() << GetParam() << " was not caught within " << (*trial)->history().sessions.size()
         << " sessions";
}

INSTANTIATE_TEST_SUITE_P(All, WrongServers,
                         testing::Values(WrongServer{"serializable_read", "etcd_lags"},
                                         WrongServer{"put_not_awaited", "link_slow_and_lossy"},
                                         WrongServer{"acknowledges_too_early", "last_server_lossy"},
                                         WrongServer{"no_fencing", "servers_frozen"}),
                         [](const auto& wrong) { return wrong.param.name; });

}  // namespace
}  // namespace lastword::test
