#pragma once

#include <string>

#include "bench/measured.h"
#include "bench/settings.h"

namespace lastword {

/// The result as one page that needs nothing else: the text report and a picture of the latency and
/// lateness. No script runs in it.
std::string bench_html(const BenchSettings& settings, const Measured& measured);

}  // namespace lastword
