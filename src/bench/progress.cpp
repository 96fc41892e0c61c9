#include "bench/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace lastword {
namespace {

/// As far as stderr takes it: a run must not end because nobody watches.
void show_text(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace

BenchProgress::BenchProgress() : on_terminal_(isatty(STDERR_FILENO) != 0) {}

BenchProgress::~BenchProgress() {
  if (on_terminal_) show_text("\r\033[K");
}

void BenchProgress::show(const FleetProgress& progress) {
  if (!on_terminal_ || progress.seconds - drawn_at_s_ < 0.2) return;
  drawn_at_s_ = progress.seconds;
  const double since = progress.seconds - rate_since_s_;
  if (since >= 1) {
    rate_ = static_cast<double>(progress.answered - answered_then_) / since;
    rate_since_s_ = progress.seconds;
    answered_then_ = progress.answered;
  }
  show_text(fmt::format("\r{}\033[K", line_of(progress, rate_).substr(0, 79)));
}

std::string line_of(const FleetProgress& progress, double answered_per_s) {
  return fmt::format("{:.1f} s: {} started, {} answered ({:.0f}/s), {} held, {} errors",
                     progress.seconds, progress.started, progress.answered, answered_per_s,
                     progress.held, progress.errors);
}

}  // namespace lastword
