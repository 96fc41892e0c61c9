#include "bench/json_report.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "bench/figures.h"

namespace lastword {
namespace {

using nlohmann::json;

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

json percentiles(const Histogram& histogram) {
  json figures{{"count", histogram.count()},
               {"min_ms", ms(histogram.least())},
               {"mean_ms", histogram.mean() / 1e6},
               {"max_ms", ms(histogram.most())}};
  for (const Percentile& percentile : shown_percentiles) {
    figures[percentile.key] = ms(histogram.percentile(percentile.percent));
  }
  return figures;
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

}  // namespace

std::string bench_json(const BenchSettings& settings, const Measured& measured) {
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
      {"duration_s", static_cast<double>(measured.window_ns) / 1e9},
      {"sessions_per_s", sessions_per_s(measured)},
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
