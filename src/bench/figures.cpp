#include "bench/figures.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>

namespace lastword {
namespace {

/// Processors that the generator may run on.
double processors() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 1;
  return std::max(1, CPU_COUNT(&allowed));
}

}  // namespace

double sessions_per_s(const Measured& measured) {
  if (measured.window_ns == 0) return 0;
  return static_cast<double>(measured.in_window) * 1e9 / static_cast<double>(measured.window_ns);
}

double processor_share(const Measured& measured) {
  const double most =
      std::min<double>(processors(), std::max<std::uint32_t>(measured.processes, 1));
  const auto used = static_cast<double>(measured.user_ns + measured.system_ns);
  return measured.cpu_span_ns == 0 ? 0 : used / (static_cast<double>(measured.cpu_span_ns) * most);
}

std::string bottleneck_of(const BenchSettings& settings, const Measured& measured) {
  constexpr double busy = 0.95;
  constexpr double late_ms = 1;
  const double share = processor_share(measured);
  if (settings.rate > 0) {
    const double delay_ms = ms(measured.start_delay.percentile(99));
    if (delay_ms <= late_ms) return "";
    return fmt::format(
        "the generator was the bottleneck: 1 % of the sessions started {:.3f} ms or more after "
        "their planned time, though no server keeps them from starting; it used {:.0f} % of its "
        "processors",
        delay_ms, share * 100);
  }
  if (share < busy) return "";
  return fmt::format(
      "the generator was the bottleneck: it used {:.0f} % of its processors, so the server may "
      "be able to do more",
      share * 100);
}

}  // namespace lastword
