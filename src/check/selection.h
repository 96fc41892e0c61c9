#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "check/case.h"
#include "net/error.h"

namespace lastword {

/// Whether `pattern` names the case: its id ("2.1/lf"), its rule ("2.1") or its section ("2").
bool selects(std::string_view pattern, const Case& one);

/// The cases that `settings` ask for, in the order of the rules. An error where a pattern names no
/// case, or where nothing is left.
Result<std::vector<Case>> selected_cases(const CheckSettings& settings);

/// The words as a shell would need them written.
std::string shell_quoted(const std::vector<std::string>& words);

/// The command that runs the case alone, as a person would type it.
std::string rerun_command(const CheckSettings& settings, std::string_view case_id);

/// The same for what `what` selects, such as {"--stress", "1000"}.
std::string rerun_command(const CheckSettings& settings, std::vector<std::string> what);

}  // namespace lastword
