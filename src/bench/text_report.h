#pragma once

#include <string>

#include "bench/measured.h"
#include "bench/settings.h"

namespace lastword {

/// The result for a person: a table of percentiles, what went wrong by kind with an example of
/// each, and, where the generator was the bottleneck, that it was. Ends with a line feed.
std::string bench_text(const BenchSettings& settings, const Measured& measured);

}  // namespace lastword
