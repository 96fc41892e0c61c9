#include "check/selection.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lastword {
namespace {

CheckSettings with(std::vector<std::string> rules, std::vector<std::string> excluded = {}) {
  CheckSettings settings;
  settings.rules = std::move(rules);
  settings.excluded = std::move(excluded);
  return settings;
}

TEST(Check_Selection, TakesSectionsRulesAndCases) {
  EXPECT_EQ(selected_cases(with({}))->size(), all_cases().size());
  const auto section = selected_cases(with({"4"}));
  ASSERT_TRUE(section.has_value());
  EXPECT_TRUE(std::all_of(section->begin(), section->end(),
                          [](const Case& one) { return one.id.starts_with("4."); }));
  EXPECT_EQ(selected_cases(with({"2.1/lf"}))->size(), 1u);
  EXPECT_EQ(selected_cases(with({"2.1"}))->size(), selected_cases(with({"2.1/lf"}))->size() + 4);
}

TEST(Check_Selection, LeavesOutWhatIsExcluded) {
  const auto cases = selected_cases(with({"2"}, {"2.4", "2.1/lf"}));
  ASSERT_TRUE(cases.has_value());
  EXPECT_TRUE(std::none_of(cases->begin(), cases->end(), [](const Case& one) {
    return one.rule() == "2.4" || one.id == "2.1/lf";
  }));
}

TEST(Check_Selection, NothingAndNonsenseAreErrors) {
  EXPECT_FALSE(selected_cases(with({"4"}, {"4"})).has_value());
  EXPECT_FALSE(selected_cases(with({"4.7"})).has_value());
  EXPECT_FALSE(selected_cases(with({}, {"six"})).has_value());
}

TEST(Check_Selection, TheRerunCommandIsOneAShellUnderstands) {
  CheckSettings settings;
  settings.command = {"./my server", "it's"};
  settings.hold = std::chrono::milliseconds(200);
  EXPECT_EQ(rerun_command(settings, "2.1/lf"),
            "lastword-check --rule 2.1/lf --hold 200ms --seed 1 -- './my server' 'it'\\''s'");
}

}  // namespace
}  // namespace lastword
