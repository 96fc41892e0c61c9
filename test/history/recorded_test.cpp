// Histories recorded from servers good and bad, and some by hand. A file's name begins with the
// verdict that it must get; its first line says what it shows.
#include <gtest/gtest.h>

#include <filesystem>

#include "history/history_file.h"
#include "history/verdict.h"

namespace lastword {
namespace {

const std::filesystem::path folder = LASTWORD_HISTORIES;

std::vector<std::string> all_histories() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() == ".jsonl") names.push_back(file.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class RecordedHistory : public testing::TestWithParam<std::string> {};

TEST_P(RecordedHistory, IsJudgedAsItsNameSays) {
  const auto history = read_history_file((folder / (GetParam() + ".jsonl")).string());
  ASSERT_TRUE(history) << to_string(history.error());
  EXPECT_FALSE(history->name.empty());
  const Verdict verdict = judge(*history);
  const Decision expected = GetParam().starts_with("good_")  ? Decision::linearizable
                            : GetParam().starts_with("bad_") ? Decision::not_linearizable
                                                             : Decision::inconclusive;
  EXPECT_EQ(name_of(verdict.decision), name_of(expected)) << verdict.reason;
}

INSTANTIATE_TEST_SUITE_P(Spec3_4, RecordedHistory, testing::ValuesIn(all_histories()),
                         [](const auto& row) { return row.param; });

struct Diagnosis {
  const char* name;
  FindingKind kind;
  const char* rule;
};
class RecordedDefect : public testing::TestWithParam<Diagnosis> {};

TEST_P(RecordedDefect, IsRecognised) {
  const auto history = read_history_file((folder / GetParam().name).string() + ".jsonl");
  ASSERT_TRUE(history) << to_string(history.error());
  const Verdict verdict = judge(*history);
  ASSERT_FALSE(verdict.findings.empty());
  EXPECT_EQ(name_of(verdict.findings.front().kind), name_of(GetParam().kind)) << verdict.reason;
  EXPECT_EQ(verdict.findings.front().rule, GetParam().rule);
}

INSTANTIATE_TEST_SUITE_P(Spec3_4, RecordedDefect,
                         testing::Values(Diagnosis{"bad_local", FindingKind::stale_read, "3.4"},
                                         Diagnosis{"bad_drop", FindingKind::stale_read, "3.4"},
                                         Diagnosis{"bad_stale", FindingKind::stale_read, "3.4"},
                                         Diagnosis{"bad_torn", FindingKind::torn_mixture, "3.1"},
                                         Diagnosis{"bad_invented", FindingKind::invented_value,
                                                   "3.1"},
                                         Diagnosis{"bad_swapped", FindingKind::stale_read, "3.4"},
                                         Diagnosis{"bad_early", FindingKind::early_reply, "4.1"}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace lastword
