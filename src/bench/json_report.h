#pragma once

#include <string>

#include "bench/measured.h"
#include "bench/settings.h"

namespace lastword {

/// One JSON object, on one line. docs/benchmarking.md has its fields.
std::string bench_json(const BenchSettings& settings, const Measured& measured);

}  // namespace lastword
