#include "check/scenarios.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <random>

namespace lastword {
namespace {

using namespace std::chrono_literals;

/// Text that no other writer of the run sends, and that is no tail of another's: a letter for the
/// writer, and random ones.
std::string message_of(std::uint64_t seed, std::size_t writer, std::size_t size) {
  static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz23456789";
  std::mt19937_64 random(seed * 64 + writer);
  std::string text = fmt::format("w{}", writer + 1);
  while (text.size() < size) text += letters[random() % letters.size()];
  return text.substr(0, size);
}

/// A writer as the course has it: its message, no terminator, and the wait for the answer.
Script plain(const CheckSettings& settings, std::uint64_t seed, std::size_t writer,
             std::size_t size) {
  Script script;
  script.name = fmt::format("writer {}", writer + 1);
  script.message = message_of(seed, writer, size);
  script.pieces = {{script.message, 0ns}};
  script.patience = 3 * settings.hold + settings.settle();
  script.stay = settings.settle() / 4;
  script.nudge = true;
  return script;
}

/// `count` plain writers, each an eighth of a hold behind the one before it.
std::vector<Script> staggered(const CheckSettings& settings, std::uint64_t seed,
                              std::size_t count) {
  std::vector<Script> scripts;
  for (std::size_t writer = 0; writer < count; ++writer) {
    scripts.push_back(plain(settings, seed, writer, 8 + writer));
    scripts.back().connect.delay = settings.hold / 8 * writer;
    scripts.back().nudge = false;
  }
  return scripts;
}

std::vector<Script> course(const CheckSettings& settings, std::uint64_t seed) {
  std::vector<Script> scripts{plain(settings, seed, 0, 19), plain(settings, seed, 1, 11),
                              plain(settings, seed, 2, 6)};
  scripts[1].connect = {{0}, 0ns};
  scripts[2].connect = {{0}, settings.hold / 3};
  if (settings.accepts != 0) scripts.resize(std::min<std::size_t>(3, settings.accepts));
  return scripts;
}

std::vector<Script> together(const CheckSettings& settings, std::uint64_t seed) {
  const std::size_t count = settings.accepts == 0 ? 3 : settings.accepts;
  std::vector<Script> scripts;
  for (std::size_t writer = 0; writer < count; ++writer) {
    Script script = plain(settings, seed, writer, 19);
    // One letter all through, so that a mixture of two shows where it was torn.
    const auto letter = static_cast<char>('A' + (seed + writer) % 26);
    script.message = std::string(19, letter);
    if (count > 26) script.message = fmt::format("{}{}", writer, script.message).substr(0, 19);
    script.pieces = {{script.message, 0ns}};
    script.send.delay = 50ms;
    script.patience = settings.hold * static_cast<int>(count) + settings.settle();
    script.stay = settings.hold + settings.settle();
    script.keep_time_wait = true;
    scripts.push_back(script);
  }
  if (settings.accepts != 0) {
    Script extra = plain(settings, seed, count, 12);
    extra.name = "the writer beyond the count";
    // Behind those whose SYN found no room, as with listen(fd, 1), and came again after a second:
    // or it would take the place of one of them. A server that accepts more is still there.
    extra.connect.delay = settings.hold / 2 + 1200ms;
    extra.beyond_accepts = true;
    extra.patience = settings.hold * static_cast<int>(count) + settings.settle();
    scripts.push_back(extra);
  }
  return scripts;
}

std::vector<Script> silent(const CheckSettings& settings, std::uint64_t seed) {
  auto scripts = staggered(settings, seed, 3);
  scripts[0].send.after = {1, 2};
  scripts[1].connect.delay = 50ms;
  scripts[2].connect.delay = 50ms + settings.hold / 4;
  return scripts;
}

std::vector<Script> vanish(const CheckSettings& settings, std::uint64_t seed) {
  auto scripts = staggered(settings, seed, 3);
  scripts[0].then = Then::reset;
  scripts[1].then = Then::half_close_and_reset;
  scripts[0].then_after = scripts[1].then_after = settings.hold / 4;
  scripts[1].connect.delay = 0ns;
  scripts[2].connect.delay = settings.hold / 2;
  scripts[2].nudge = true;
  return scripts;
}

std::vector<Script> overlong(const CheckSettings& settings, std::uint64_t seed) {
  auto scripts = staggered(settings, seed, 3);
  scripts[2].pieces = {{message_of(seed, 2, 20), 0ns}};
  scripts[2].message.clear();
  return scripts;
}

std::vector<Script> flood(const CheckSettings& settings, std::uint64_t seed) {
  auto scripts = staggered(settings, seed, 3);
  scripts[1].pieces = {{message_of(seed, 1, 64), 0ns}};
  scripts[1].message.clear();
  scripts[2].pieces = {{"\n", 0ns}};
  scripts[2].message.clear();
  return scripts;
}

std::vector<Script> endings(const CheckSettings& settings, std::uint64_t seed) {
  auto scripts = staggered(settings, seed, 3);
  const std::array<std::string, 3> with{std::string(1, '\0'), "\n", "\r\n"};
  for (std::size_t writer = 0; writer < 3; ++writer) {
    scripts[writer].pieces = {{scripts[writer].message + with[writer], 0ns}};
  }
  return scripts;
}

std::vector<Script> pieces(const CheckSettings& settings, std::uint64_t seed) {
  auto scripts = staggered(settings, seed, 3);
  scripts[0].pieces.clear();
  for (const char letter : scripts[0].message) {
    scripts[0].pieces.push_back({std::string(1, letter), 4ms});
  }
  scripts[1].pieces = {{scripts[1].message + "\nand more behind it", 0ns}};
  scripts[2].then = Then::half_close;
  return scripts;
}

std::vector<Script> silence(const CheckSettings& settings, std::uint64_t seed) {
  auto scripts = staggered(settings, seed, 3);
  scripts[0].pieces.clear();
  scripts[0].message.clear();
  scripts[0].patience = settings.read_timeout + settings.settle();
  scripts[1].pieces.clear();
  scripts[1].message.clear();
  scripts[1].then = Then::close;
  scripts[1].connect.delay = settings.hold / 4;
  scripts[1].then_after = 20ms;
  scripts[2].connect.delay = 0ns;
  return scripts;
}

std::vector<Script> stop(const CheckSettings& settings, std::uint64_t seed) {
  auto scripts = staggered(settings, seed, 2);
  scripts[1].connect.delay = 0ns;
  scripts[1].ipv6 = true;
  return scripts;
}

std::vector<Script> shortage(const CheckSettings& settings, std::uint64_t seed) {
  // One behind the other, because a student's listen(fd, 5) has no room for forty at once, and all
  // there until the last of them has come.
  constexpr std::size_t count = 40;
  constexpr auto apart = 20ms;
  std::vector<Script> scripts;
  std::vector<std::size_t> all;
  for (std::size_t writer = 0; writer < count; ++writer) {
    Script script = plain(settings, seed, writer, 10);
    script.pieces.clear();
    script.message.clear();
    script.connect.delay = apart * writer;
    script.then = Then::close;
    // (A SYN that finds no room all the same comes again after a second.)
    script.then_after = 2 * settings.settle() + apart * (count - writer);
    scripts.push_back(script);
    all.push_back(writer);
  }
  scripts.push_back(plain(settings, seed, count, 10));
  scripts.back().connect.after = all;
  return scripts;
}

bool always(const CheckSettings&) { return true; }
bool accepts_three(const CheckSettings& s) { return s.accepts == 0 || s.accepts >= 3; }
bool accepts_two(const CheckSettings& s) { return s.accepts == 0 || s.accepts >= 2; }
bool accepts_many(const CheckSettings& s) { return s.accepts == 0 || s.accepts >= 41; }
bool holds(const CheckSettings& s) { return accepts_three(s) && s.hold > 0ns; }

constexpr std::array scenarios{
    Scenario{"course", "writers as the course has them", Around::nothing, true, false, always,
             course},
    Scenario{"silent", "a writer that connects and says nothing for a while", Around::nothing, true,
             false, accepts_three, silent},
    Scenario{"vanish", "writers that leave during the hold", Around::nothing, true, false, holds,
             vanish},
    Scenario{"overlong", "a message of 20 bytes", Around::nothing, false, false, accepts_three,
             overlong},
    Scenario{"flood", "a message of 64 bytes, and an empty one", Around::nothing, false, false,
             accepts_three, flood},
    Scenario{"endings", "messages that end with NUL, LF and CRLF", Around::nothing, false, false,
             accepts_three, endings},
    Scenario{"pieces", "messages that come in pieces, with more behind them, and half-closed",
             Around::nothing, false, false, accepts_three, pieces},
    Scenario{"silence", "writers that never send", Around::nothing, false, false, accepts_three,
             silence},
    Scenario{"stop", "SIGTERM during the hold, and IPv6", Around::stop_signal, false, true,
             accepts_two, stop},
    Scenario{"shortage", "more writers than the server has descriptors", Around::few_descriptors,
             false, true, accepts_many, shortage},
    // The last: it leaves a server's port in TIME_WAIT.
    Scenario{"together", "as many writers as the server accepts, all at once, and one more",
             Around::exit_and_restart, true, false, always, together},
};

}  // namespace

std::span<const Scenario> all_scenarios() { return scenarios; }

const Scenario& scenario_named(std::string_view name) {
  const auto found = std::find_if(scenarios.begin(), scenarios.end(),
                                  [&](const Scenario& s) { return s.name == name; });
  assert(found != scenarios.end());
  return *found;
}

std::size_t writers_of(const CheckSettings& settings, const Scenario& scenario) {
  const auto scripts = scenario.scripts(settings, settings.seed);
  return static_cast<std::size_t>(std::count_if(scripts.begin(), scripts.end(),
                                                [](const Script& s) { return !s.beyond_accepts; }));
}

}  // namespace lastword
