#include "check/progress.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>

namespace lastword {
namespace {

/// As far as stderr takes it: a check must not end because nobody watches.
void show(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace

Progress::Progress(std::size_t runs, bool on_terminal, bool verbose)
    : runs_(runs), on_terminal_(on_terminal), verbose_(verbose) {}

Progress::~Progress() {
  if (on_terminal_) show("\r\033[K");
}

void Progress::begin(std::string_view scenario) {
  const std::lock_guard lock(mutex_);
  running_.emplace(scenario);
  draw();
}

void Progress::repeat(std::string_view scenario, const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (verbose_) {
    show(fmt::format("{}{}: once more ({})\n", on_terminal_ ? "\r\033[K" : "", scenario, why));
  }
  draw();
}

void Progress::end(std::string_view scenario, double seconds) {
  const std::lock_guard lock(mutex_);
  running_.erase(std::string(scenario));
  ++done_;
  if (!on_terminal_) {
    show(fmt::format("{}/{} {} ({:.1f} s)\n", done_, runs_, scenario, seconds));
  }
  draw();
}

void Progress::draw() {
  if (!on_terminal_) return;
  const std::string line =
      fmt::format("{} of {} runs done; now: {}", done_, runs_, fmt::join(running_, ", "));
  show(fmt::format("\r{}\033[K", line.substr(0, 79)));
}

}  // namespace lastword
