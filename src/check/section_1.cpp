#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "check/judging.h"

namespace lastword {
namespace {

std::size_t accepted_count(const RunSight& sight) {
  return static_cast<std::size_t>(
      std::count_if(sight.writers.begin(), sight.writers.end(), [&](const Played& writer) {
        return writer.accepted || writer.answered() || writer.end == Played::End::closed;
      }));
}

/// When the server could still know of an open session: the last end of an accepted one.
std::optional<Clock::time_point> last_session_end(const RunSight& sight) {
  std::optional<Clock::time_point> last;
  for (const Played& writer : sight.writers) {
    if (writer.script.beyond_accepts || never_accepted(sight, writer) || !writer.answered())
      continue;
    const auto came = writer.segments.front().time;
    last = last ? std::max(*last, came) : came;
  }
  return last;
}

Judgement listens_everywhere(const CheckSettings& settings, const RunSight& sight) {
  if (sight.listening.empty()) return skipped("the server's own sockets can't be seen from here");
  for (const Listening& socket : sight.listening) {
    if (socket.wildcard) {
      return holds(fmt::format("{} at port {}", socket.ipv6 ? "[::]" : "0.0.0.0", settings.port));
    }
  }
  return broken("a socket that listens on all addresses", "only on a single one",
                "writers on other machines can't connect");
}

Judgement listens_on_ipv6(const CheckSettings&, const RunSight& sight) {
  const Played& writer = sight.writers[1];
  if (!writer.connected && writer.trouble.find("not supported") != std::string::npos) {
    return skipped("this machine has no IPv6");
  }
  if (!writer.connected) {
    return broken("a connection to [::1]", writer.trouble, "it does not listen on IPv6");
  }
  return holds("a connection to [::1]");
}

Judgement restarts(const CheckSettings& settings, const RunSight& sight) {
  if (!sight.with_process) return skipped("needs a command that starts the server");
  if (settings.accepts == 0) return skipped("the server does not end by itself");
  if (!sight.restarted) return unclear("it did not end by itself: see 1.4");
  const std::string wanted = "it listens again at once";
  const std::string what = *sight.restarted ? "" : sight.restarted->error().text;
  if (!*sight.restarted && !sight.restart_ended) {
    return broken_by_patience(wanted, what, "it did not listen when it was started again");
  }
  if (!*sight.restarted) {
    return broken(wanted, what,
                  sight.time_wait ? "a connection of the first run still waits on the port "
                                    "(TIME_WAIT): set SO_REUSEADDR before bind"
                                  : "it ended when it was started again");
  }
  if (!sight.time_wait) {
    const bool resets = std::any_of(
        sight.writers.begin(), sight.writers.end(),
        [](const Played& writer) { return writer.answered() && writer.end == Played::End::reset; });
    if (resets) return holds("it listens again at once: its resets leave no connection behind");
    return unclear("it listened again, but no connection was left in TIME_WAIT to forbid it");
  }
  return holds("it listens again at once, with connections of the first run in TIME_WAIT");
}

Judgement accepts_at_once(const CheckSettings& settings, const RunSight& sight) {
  for (const std::size_t index : {1, 2}) {
    const Played& writer = sight.writers[index];
    if (!writer.connected) return unclear(writer.script.name + " could not connect: see 1.4");
    if (!sight.watched) {
      if (writer.answered()) continue;
      return unclear(
          "a silent writer delays others, because it serves one connection after the "
          "other (1.3) or receives inside the critical section (3.2); which of them can "
          "only be seen on the server's machine");
    }
    const auto limit = *writer.connected + settings.settle() * sight.patience;
    if (writer.accepted && *writer.accepted <= limit) continue;
    if (!writer.accepted && writer.answered()) continue;  // shorter than a glance
    if (!writer.accepted && index == 2) return unclear("writer 3 was never accepted: see 1.4");
    if (sight.end && sight.end->seen < limit) return unclear("the server had ended: see 1.4");
    return with_writers(
        broken_by_patience("accepted at once, while writer 1 is served",
                           writer.accepted
                               ? fmt::format("{} was accepted at {}", writer.script.name,
                                             at(sight, *writer.accepted))
                               : writer.script.name + " was never accepted",
                           "it serves one connection after the other, or joins each thread before "
                           "the next accept"),
        sight);
  }
  return holds("writers 2 and 3 were accepted while writer 1 was silent");
}

Judgement accepts_exactly_n(const CheckSettings& settings, const RunSight& sight) {
  if (settings.accepts == 0) return skipped("the server accepts without end");
  const std::string wanted = fmt::format("{} connections accepted", settings.accepts);
  if (!sight.watched) return skipped("the server's own sockets can't be seen from here");
  // Of writers whose SYNs found no room in the queue, the one beyond the count may come first.
  if (accepted_count(sight) == settings.accepts) return holds(wanted);
  for (const Played& writer : sight.writers) {
    if (!writer.script.beyond_accepts) {
      if (writer.accepted || writer.answered()) continue;
      if (!never_accepted(sight, writer)) {
        return unclear("the server ended before one could see how many it accepts: see 1.4");
      }
      return with_writers(
          broken_by_patience(wanted, fmt::format("{} accepted", accepted_count(sight)),
                             writer.script.name + " was never accepted"),
          sight);
    }
    if (writer.accepted || writer.answered()) {
      return with_writers(broken(wanted, "one more was accepted", "it accepts more than its count"),
                          sight);
    }
  }
  return holds(wanted);
}

Judgement finishes_sessions(const CheckSettings& settings, const RunSight& sight) {
  if (!sight.with_process) return skipped("needs a command that starts the server");
  if (!sight.end) return holds("it ran until the last session was over");
  for (const Played& writer : sight.writers) {
    if (writer.answered() || writer.script.beyond_accepts || !writer.sent) continue;
    if (never_accepted(sight, writer)) continue;
    if (cut_short_by_exit(settings, sight, writer)) {
      return with_writers(broken("it ends after the last reply",
                                 fmt::format("it ended at {}: {}", at(sight, sight.end->seen),
                                             describe(*sight.end)),
                                 "it ended while sessions were held: join the threads first"),
                          sight);
    }
    return unclear(writer.script.name + " got no reply: see 4.2");
  }
  return holds("it ran until the last session was over");
}

Judgement exits_zero(const CheckSettings& settings, const RunSight& sight) {
  if (!sight.with_process) return skipped("needs a command that starts the server");
  if (settings.accepts == 0) return skipped("the server accepts without end");
  if (sight.end) {
    if (sight.end->ok()) return holds("exit code 0");
    return with_writers(broken("exit code 0", describe(*sight.end),
                               "its end says that something failed; it printed: " + sight.output),
                        sight);
  }
  for (const Played& writer : sight.writers) {
    if (!writer.script.beyond_accepts && (never_accepted(sight, writer) || !writer.answered())) {
      return unclear(writer.script.name + " was not served, so the server may still wait");
    }
  }
  return with_writers(broken_by_patience("it ends by itself after its sessions", "it still runs",
                                         "it does not stop after its count of connections"),
                      sight);
}

Judgement closes_its_listener(const CheckSettings& settings, const RunSight& sight) {
  if (settings.accepts == 0) return skipped("the server accepts without end");
  if (!sight.watched) return skipped("the server's own sockets can't be seen from here");
  const auto last = last_session_end(sight);
  if (!last) return unclear("no session was answered");
  if (sight.listener_gone && *sight.listener_gone < *last) {
    return holds(fmt::format("closed at {}, the last reply at {}", at(sight, *sight.listener_gone),
                             at(sight, *last)));
  }
  return broken("the listener closes with the last accept", "it listened until the last reply",
                "a late writer connects, and waits for nothing");
}

constexpr std::array cases{
    Case{"1.1/all-addresses", Level::must, "listens on all addresses",
         "The server listens on all addresses of its machine.", "course", listens_everywhere},
    Case{"1.1/ipv6", Level::should, "listens on IPv6 too", "The server listens on IPv6 too.",
         "stop", listens_on_ipv6},
    Case{"1.2/restart", Level::must, "can be started again at once",
         "The port is free again as soon as the server has gone.", "together", restarts},
    Case{"1.3/accepts-at-once", Level::must, "accepts while another writer is served",
         "The accepting thread goes straight back to accept.", "silent", accepts_at_once},
    Case{"1.4/count", Level::must, "accepts as many as it is to",
         "It accepts exactly N connections.", "together", accepts_exactly_n},
    Case{"1.4/finishes", Level::must, "finishes its sessions before it ends",
         "It finishes the N sessions, and then ends.", "together", finishes_sessions},
    Case{"1.4/exit", Level::must, "ends well", "It ends by itself, with exit code 0.", "together",
         exits_zero},
    Case{"1.4/listener", Level::should, "stops listening after the last accept",
         "It closes its listener with the Nth accept.", "together", closes_its_listener},
};

}  // namespace

std::span<const Case> cases_of_section_1() { return cases; }

}  // namespace lastword
