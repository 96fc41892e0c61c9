#pragma once

#include <string>
#include <tl/expected.hpp>

#include "bench/settings.h"
#include "protocol/ending.h"

namespace lastword {

/// All that the flags of lastword-bench say.
struct BenchCommand {
  BenchSettings bench;
  Ending ending = Ending::lf;
  std::string history_file;
  std::string html_file;
  bool json = false;
};

/// Reads command line, environment and config file. An error is an exit code: everything has been
/// said, and the program is to end with it.
tl::expected<BenchCommand, int> read_bench_command(int argc, char** argv);

}  // namespace lastword
