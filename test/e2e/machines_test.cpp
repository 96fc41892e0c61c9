// Many machines with one slot, and what happens to them under way. Every session is recorded, and
// the history judged.
//
// LASTWORD_FAULT_RUNS=20 repeats each fault on the same machines; LASTWORD_FAULT_SEED=N begins with
// that seed; LASTWORD_FAULT_SERVER=FILE judges another server.

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "e2e/faults.h"

namespace lastword::test {
namespace {

std::uint32_t number_from(const char* variable, std::uint32_t otherwise) {
  const char* value = std::getenv(variable);
  return value == nullptr ? otherwise : static_cast<std::uint32_t>(std::stoul(value));
}

class MachinesUnderFaults : public testing::TestWithParam<Fault> {};

TEST_P(MachinesUnderFaults, AreOneRegister_Spec3_3_Spec3_4_Spec5_4) {
  const char* server = std::getenv("LASTWORD_FAULT_SERVER");
  const auto trial =
      Trial::begin(GetParam(), server == nullptr ? program("lastword-server") : server);
  if (!trial) GTEST_SKIP() << trial.error().text;
  const std::uint32_t first_seed = number_from("LASTWORD_FAULT_SEED", std::random_device()());
  const std::uint32_t runs = number_from("LASTWORD_FAULT_RUNS", 1);
  for (std::uint32_t run = 0; run < runs; ++run) {
    const std::string wrong = (*trial)->run(first_seed + run);
    const Outcomes all = outcomes_of((*trial)->history());
    std::cout << GetParam() << " run " << run + 1 << " seed " << first_seed + run << ": so far "
              << all.replied << " replied, " << all.others << " of them with another's words, "
              << all.refused << " refused, " << all.unknown
              << " unknown: " << (wrong.empty() ? "one register" : "WRONG") << std::endl;
    ASSERT_EQ(wrong, "");
  }
}

INSTANTIATE_TEST_SUITE_P(All, MachinesUnderFaults, testing::ValuesIn(all_faults()),
                         [](const auto& fault) { return fault.param.name; });

}  // namespace
}  // namespace lastword::test
