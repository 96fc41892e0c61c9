#pragma once

#include <string>

#include "check/report.h"

namespace lastword {

/// The whole report as one JSON document, for programs. `lastword_report` is the format's version.
/// Texts are printable (printable.h); sessions are left out (--save-history keeps them), but for
/// those that a finding names by number.
std::string json_report(const CheckReport& report);

}  // namespace lastword
