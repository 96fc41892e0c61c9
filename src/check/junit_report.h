#pragma once

#include <string>

#include "check/report.h"

namespace lastword {

/// The cases as JUnit XML, for a grader's CI: a suite per section, a test case per case. A failure
/// is a failure, and so is a warning when strict; what could not be tested or decided is an error;
/// a warning otherwise passes and says so in its output.
std::string junit_report(const CheckReport& report);

}  // namespace lastword
