#pragma once

#include <string>

#include "check/report.h"

namespace lastword {

struct TerminalStyle {
  bool colour = false;
  bool verbose = false;  ///< what was seen of passes too
};

/// The report for a person: a tree by section and rule, expected beside actual, the failures once
/// more with the command that reruns each, and one line that sums it up. No byte that came over the
/// wire steers the terminal.
std::string terminal_report(const CheckReport& report, const TerminalStyle& style);

}  // namespace lastword
