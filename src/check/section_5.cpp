#include <fmt/format.h>

#include <array>
#include <csignal>

#include "check/judging.h"

namespace lastword {
namespace {

bool killed_by_sigpipe(const RunSight& sight) { return sight.end && sight.end->signal == SIGPIPE; }

Judgement survives_a_reset(const CheckSettings& settings, const RunSight& sight) {
  if (killed_by_sigpipe(sight)) return unclear("SIGPIPE killed the server: see 5.3");
  const Played& witness = sight.writers[2];
  if (never_accepted(sight, witness))
    return unclear("writer 3 was never accepted: see 1.3 and 1.4");
  if (witness.answered()) return holds("writer 3 was answered though writers 1 and 2 had left");
  // A server that has accepted its last connection and ends without waiting is another rule's
  // matter.
  if (sight.end && sight.end->ok()) return unclear("the server had ended: see 1.4");
  const std::string wanted = "a reply to writer 3, though writers 1 and 2 left during the hold";
  if (sight.end) {
    return with_writers(broken(wanted, "the server ended: " + describe(*sight.end),
                               "a writer that left took the server with it"),
                        sight);
  }
  if (witness.end == Played::End::closed && witness.sent &&
      witness.ended >= *witness.sent + settings.hold - settings.early()) {
    return unclear("writer 3's session ran to its end, but without a reply: see 4.2");
  }
  if (witness.end != Played::End::impatient) {
    return with_writers(broken(wanted, "none", "a writer that left cost another its reply"), sight);
  }
  return with_writers(
      broken_by_patience(wanted, "none", "a writer that left cost another its reply"), sight);
}

Judgement survives_sigpipe(const CheckSettings&, const RunSight& sight) {
  if (!sight.with_process) return skipped("needs a command that starts the server");
  if (!killed_by_sigpipe(sight)) return holds("SIGPIPE did not kill it");
  return with_writers(
      broken("it serves on", describe(*sight.end),
             "it sent to a writer that had left: use MSG_NOSIGNAL, or ignore SIGPIPE"),
      sight);
}

Judgement stops_in_order(const CheckSettings&, const RunSight& sight) {
  if (!sight.signalled) return unclear("the sessions ended before SIGTERM was sent");
  const Played& writer = sight.writers[0];
  const std::string wanted = "the held session is finished, and exit code 0";
  if (!writer.answered()) {
    return with_writers(broken(wanted, sight.end ? describe(*sight.end) : std::string("no reply"),
                               "SIGTERM cost a held session its reply"),
                        sight);
  }
  if (!sight.end) {
    return with_writers(broken_by_patience(wanted, "it still runs", "SIGTERM did not end it"),
                        sight);
  }
  if (!sight.end->ok()) return with_writers(broken(wanted, describe(*sight.end), ""), sight);
  return holds("the held session was finished, then exit code 0");
}

Judgement survives_a_shortage(const CheckSettings& settings, const RunSight& sight) {
  const Played& last = sight.writers.back();
  if (sight.end) {
    return with_writers(broken("it serves on, and recovers", describe(*sight.end),
                               "running out of descriptors ended it"),
                        sight);
  }
  if (!last.answered()) {
    return broken_by_patience("a later writer is served", told(sight, last),
                              "it stayed deaf after it had run out of descriptors");
  }
  const std::string used = fmt::format("{:.2f} s of processor time", sight.processor_time.count());
  // The writers that use up the descriptors stay for twice settle(), and ask for nothing meanwhile.
  if (sight.processor_time > settings.settle() / 10) {
    return broken("it sleeps while it has no descriptors", used, "it spins on accept");
  }
  return holds("a later writer was answered; " + used);
}

constexpr std::array cases{
    Case{"5.1/vanished", Level::must, "a writer that vanishes harms nobody",
         "A writer that vanishes changes nothing for the others.", "vanish", survives_a_reset},
    Case{"5.2/descriptors", Level::should, "recovers after it ran out of descriptors",
         "When descriptors run out it neither ends, spins nor goes deaf, and recovers by itself.",
         "shortage", survives_a_shortage},
    Case{"5.3/sigpipe", Level::must, "SIGPIPE does not kill it", "SIGPIPE never kills it.",
         "vanish", survives_sigpipe},
    Case{"5.3/sigterm", Level::should, "SIGTERM ends it in order",
         "SIGTERM: stop accepting, finish the held sessions, exit 0.", "stop", stops_in_order},
};

}  // namespace

std::span<const Case> cases_of_section_5() { return cases; }

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const auto section : {cases_of_section_1(), cases_of_section_2(), cases_of_section_3(),
                             cases_of_section_4(), cases_of_section_5()}) {
    all.insert(all.end(), section.begin(), section.end());
  }
  return all;
}

std::string_view section_title(std::string_view rule) {
  static constexpr std::array titles{"Connecting", "The message", "The slot", "The reply",
                                     "Trouble"};
  return titles.at(static_cast<std::size_t>(rule.front() - '1'));
}

}  // namespace lastword
