#pragma once

#include <string>

#include "check/report.h"
#include "check/selection.h"

namespace lastword {

/// Checks one server: plays the runs that the selected cases need, judges each case, repeats a run
/// before a failure rests on patience alone, and judges the recorded histories.
///
/// Runs go side by side, each in a network of its own, where the machine permits that and there is
/// a command; else one after the other. Takes what selected_cases() gave. Ends early, with what it
/// has, when a signal comes: see interrupt.h.
CheckReport check(const CheckSettings& settings, const std::vector<Case>& cases);

/// What the report calls the server.
std::string target_of(const CheckSettings& settings);

}  // namespace lastword
