#pragma once

#include <string>
#include <tl/expected.hpp>

#include "check/settings.h"
#include "check/stress.h"

namespace lastword {

/// All that the flags of lastword-check say.
struct CheckCommand {
  enum class What { check, stress, judge, list };

  What what = What::check;
  CheckSettings check;
  StressSettings stress;
  std::string judged_file;
  std::string history_file;
  std::string json_file;
  std::string junit_file;
  std::string html_file;
};

/// Reads command line, environment and config file. An error is an exit code: everything has been
/// said, and the program is to end with it.
tl::expected<CheckCommand, int> read_check_command(int argc, char** argv);

}  // namespace lastword
