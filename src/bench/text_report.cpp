#include "bench/text_report.h"

#include <fmt/format.h>

#include <chrono>

#include "bench/figures.h"

namespace lastword {
namespace {

std::string run_in_words(const BenchSettings& settings, const Measured& measured) {
  std::string targets;
  for (const Endpoint& target : settings.targets) {
    targets += (targets.empty() ? "" : ", ") + to_string(target);
  }
  const std::string loop =
      settings.rate > 0
          ? fmt::format("open loop, {:g} sessions/s planned, {} arrivals", settings.rate,
                        settings.arrivals == Arrivals::poisson ? "Poisson" : "constant")
          : fmt::format("closed loop, {} at once", settings.concurrency);
  return fmt::format("{}: {}, hold {:g} s, {} process{}\n", targets, loop,
                     std::chrono::duration<double>(settings.hold).count(), measured.processes,
                     measured.processes == 1 ? "" : "es");
}

std::string row(std::string_view name, double latency_ms, double lateness_ms) {
  return fmt::format("  {:<9} {:>14.3f} {:>14.3f}\n", name, latency_ms, lateness_ms);
}

std::string table(const Measured& measured) {
  const Histogram& latency = measured.latency;
  const Histogram& lateness = measured.lateness;
  std::string text = fmt::format("\n  {:<9} {:>14} {:>14}\n", "", "latency ms", "lateness ms");
  text += row("mean", latency.mean() / 1e6, lateness.mean() / 1e6);
  for (const Percentile& percentile : shown_percentiles) {
    text += row(percentile.name, ms(latency.percentile(percentile.percent)),
                ms(lateness.percentile(percentile.percent)));
  }
  return text + row("max", ms(latency.most()), ms(lateness.most()));
}

}  // namespace

std::string bench_text(const BenchSettings& settings, const Measured& measured) {
  std::string text = run_in_words(settings, measured);
  if (measured.interrupted) {
    text += fmt::format("interrupted: {} sessions were in flight\n", measured.unfinished);
  }
  text +=
      fmt::format("{} sessions answered of {}, {:.1f}/s over {:.2f} s; at most {} held at once\n",
                  measured.answered, measured.started, sessions_per_s(measured),
                  static_cast<double>(measured.window_ns) / 1e9, measured.peak_held);
  if (measured.latency.count() > 0) text += table(measured);
  const std::uint64_t errors = measured.errors.total();
  text += errors == 0 && measured.answered > 0
              ? "\nno errors: every reply was right\n"
              : fmt::format("\n{} error{}\n", errors, errors == 1 ? "" : "s");
  for (std::size_t kind = 0; kind < error_kinds; ++kind) {
    const Errors::Entry& entry = measured.errors.of(static_cast<ErrorKind>(kind));
    if (entry.count == 0) continue;
    text += fmt::format("  {:<18} {:>9}   such as: {}\n", name_of(static_cast<ErrorKind>(kind)),
                        entry.count, entry.example);
  }
  for (const std::string& failed : measured.failures) text += "  " + failed + "\n";
  const std::string bottleneck = bottleneck_of(settings, measured);
  if (!bottleneck.empty()) text += bottleneck + "\n";
  return text;
}

}  // namespace lastword
