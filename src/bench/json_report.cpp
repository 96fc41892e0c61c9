#include "bench/json_report.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace lastword {
namespace {

using nlohmann::json;

double ms(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }
double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

json percentiles(const Histogram& histogram) {
  return {{"count", histogram.count()},
          {"min_ms", ms(histogram.least())},
          {"mean_ms", histogram.mean() / 1e6},
          {"p50_ms", ms(histogram.percentile(50))},
          {"p90_ms", ms(histogram.percentile(90))},
          {"p99_ms", ms(histogram.percentile(99))},
          {"p99_9_ms", ms(histogram.percentile(99.9))},
          {"p99_99_ms", ms(histogram.percentile(99.99))},
          {"max_ms", ms(histogram.most())}};
}

json config_of(const BenchSettings& settings) {
  json targets = json::array();
  for (const Endpoint& target : settings.targets) targets.push_back(to_string(target));
  json config{{"targets", targets},
              {"loop", settings.rate > 0 ? "open" : "closed"},
              {"warmup_s", seconds(settings.warmup)},
              {"duration_s", seconds(settings.duration)},
              {"sessions", settings.sessions},
              {"hold_s", seconds(settings.hold)},
              {"timeout_s", seconds(settings.timeout)},
              {"source_addresses", settings.sources.size()},
              {"seed", settings.seed}};
  if (settings.rate > 0) {
    config["rate"] = settings.rate;
    config["arrivals"] = settings.arrivals == Arrivals::poisson ? "poisson" : "constant";
  } else {
    config["concurrency"] = settings.concurrency;
  }
  return config;
}

/// Processors that the generator may run on.
double processors() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 1;
  return std::max(1, CPU_COUNT(&allowed));
}

double processor_share(const Measured& measured) {
  const double most =
      std::min<double>(processors(), std::max<std::uint32_t>(measured.processes, 1));
  const auto used = static_cast<double>(measured.user_ns + measured.system_ns);
  return measured.cpu_span_ns == 0 ? 0 : used / (static_cast<double>(measured.cpu_span_ns) * most);
}

}  // namespace

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

std::string bench_json(const BenchSettings& settings, const Measured& measured) {
  const double window_s = static_cast<double>(measured.window_ns) / 1e9;
  const auto rate = window_s == 0 ? 0 : static_cast<double>(measured.in_window) / window_s;
  const auto held = static_cast<double>(measured.peak_held);
  const json document{
      {"lastword_bench", 1},
      {"config", config_of(settings)},
      {"processes", measured.processes},
      {"interrupted", measured.interrupted},
      {"sessions",
       {{"started", measured.started},
        {"answered", measured.answered},
        {"unfinished", measured.unfinished},
        {"measured", measured.latency.count()}}},
      {"duration_s", window_s},
      {"sessions_per_s", rate},
      {"latency", percentiles(measured.latency)},
      {"lateness", percentiles(measured.lateness)},
      {"errors", {{"total", measured.errors.total()}, {"by_kind", measured.errors.to_json()}}},
      {"failures", measured.failures},
      {"peak_held", measured.peak_held},
      {"generator",
       {{"start_delay", percentiles(measured.start_delay)},
        {"cpu_user_s", static_cast<double>(measured.user_ns) / 1e9},
        {"cpu_system_s", static_cast<double>(measured.system_ns) / 1e9},
        {"cpu_share", processor_share(measured)},
        {"memory_bytes", measured.memory_bytes},
        {"memory_bytes_per_held_session",
         held == 0 ? 0 : static_cast<double>(measured.memory_bytes) / held},
        {"bottleneck", bottleneck_of(settings, measured)}}}};
  return document.dump(-1, ' ', true, json::error_handler_t::replace) + "\n";
}

}  // namespace lastword
