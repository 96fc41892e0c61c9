#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "history/history.h"
#include "history/verdict.h"

namespace lastword {

/// How much a rule asks.
enum class Level { must, should };

enum class CaseOutcome {
  pass,
  fail,
  warn,            ///< a SHOULD does not hold
  skipped,         ///< not tried, for `reason`
  inconclusive,    ///< tried, and what was seen does not decide
  could_not_test,  ///< the server could not be started or reached
};

/// What one case saw. Texts may hold any bytes, those of the wire too: reporters escape them.
struct CaseResult {
  std::string rule;         ///< of SPEC.md, such as "2.1"
  std::string section;      ///< that section's title, such as "The message"
  std::string id;           ///< names the case, unique in the report, such as "2.1/no-terminator"
  std::string title;        ///< what it tries, in a few words
  std::string requirement;  ///< what the rule asks
  Level level = Level::must;
  CaseOutcome outcome = CaseOutcome::could_not_test;
  std::string expected;               ///< empty where there is nothing to compare
  std::string actual;                 ///< bytes in hex where they matter
  std::vector<std::string> evidence;  ///< further lines
  std::string reason;                 ///< why it is not a pass; empty for a pass
  std::string rerun;                  ///< the command that runs this case alone
  std::chrono::nanoseconds duration{0};
};

/// One recorded history and what was decided about it.
struct HistoryResult {
  std::string case_id;  ///< of the case that recorded it; empty where none did
  History history;
  Verdict verdict;
};

/// What the server's critical section covers (SPEC 3.3), as its writers could tell.
enum class MeasuredScope { access, session, neither, not_measured };

struct ScopeFinding {
  MeasuredScope scope = MeasuredScope::not_measured;
  std::vector<std::string> evidence;
};

struct CheckOptions {
  std::chrono::nanoseconds hold{0};
  std::chrono::nanoseconds tolerance{0};
  std::uint64_t accepts = 0;  ///< per run of the server; 0: unlimited
  std::uint64_t seed = 0;
  bool strict = false;  ///< a warning counts as a failure
};

/// All that a check found: what every reporter reports.
struct CheckReport {
  std::string tool_version;
  std::string target;  ///< the command, or the address
  CheckOptions options;
  std::vector<CaseResult> cases;  ///< in the order of the rules
  std::vector<HistoryResult> histories;
  ScopeFinding scope;
  std::chrono::system_clock::time_point started;
  std::chrono::system_clock::time_point finished;
  bool interrupted = false;
};

/// How many cases ended in which way.
struct Tally {
  std::size_t pass = 0;
  std::size_t fail = 0;
  std::size_t warn = 0;
  std::size_t skipped = 0;
  std::size_t inconclusive = 0;
  std::size_t could_not_test = 0;
};

Tally tally_of(const CheckReport& report);

/// The exit code that says what the report says: 130 interrupted; else 1 a MUST fails (or, when
/// strict, a SHOULD); else 3 something could not be tested, or nothing was; else 4 something stayed
/// inconclusive; else 0. Skipped cases change nothing.
int exit_code_of(const CheckReport& report);

/// "5 passed, 1 failed, 2 warnings, 1 skipped": what is 0 is left out, but for the passes.
std::string summary_of(const Tally& tally);

std::string_view name_of(CaseOutcome outcome);  ///< such as "could not test"
std::string_view name_of(Level level);          ///< "MUST" or "SHOULD"
std::string_view name_of(MeasuredScope scope);  ///< such as "not measured"

/// The sentence that opens a report: whether the server passed.
std::string headline_of(const CheckReport& report);

}  // namespace lastword
