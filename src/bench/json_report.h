#pragma once

#include <string>

#include "bench/measured.h"
#include "bench/settings.h"

namespace lastword {

/// Where the generator itself held the run back: a sentence; empty where it did not. Then the figures
/// say as much of it as of the server.
std::string bottleneck_of(const BenchSettings& settings, const Measured& measured);

/// One JSON object, on one line. docs/benchmarking.md has its fields.
std::string bench_json(const BenchSettings& settings, const Measured& measured);

}  // namespace lastword
