#pragma once

#include <string>

#include "history/history.h"
#include "history/verdict.h"

namespace lastword {

/// What `lastword-check judge FILE` says, and how it ends.
struct JudgeReport {
  std::string output;  ///< for stdout: the verdict, then why; ends in a newline; empty on an error
  std::string error;   ///< for stderr, without a newline; empty unless the file can't be read
  int exit_code = 3;   ///< 0 linearizable, 1 not, 4 inconclusive, 3 the file can't be read
  History history;     ///< what was judged, for the other reporters
  Verdict verdict;
};

/// Judges the history in the file `path`, or on standard input where it is "-". Nothing of it goes
/// to a terminal unescaped.
JudgeReport judge_file(const std::string& path);

/// The lines that say what `verdict` found.
std::string describe(const History& history, const Verdict& verdict);

/// 0 linearizable, 1 not, 4 inconclusive.
int exit_code_of(Decision decision);

}  // namespace lastword
