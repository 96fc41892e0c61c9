#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace lastword {

using Clock = std::chrono::steady_clock;

/// What a check is to do: against which server, and what that server is said to be like.
struct CheckSettings {
  std::vector<std::string>
      command;  ///< starts the server; empty: one runs already at host and port
  std::string host = "127.0.0.1";
  std::uint16_t port = 1050;
  std::uint64_t accepts = 3;  ///< the connections of one run of the server; 0: unlimited
  std::chrono::nanoseconds hold = std::chrono::seconds(2);
  std::chrono::nanoseconds tolerance = std::chrono::milliseconds(250);
  std::chrono::nanoseconds read_timeout = std::chrono::seconds(10);
  std::vector<std::string> rules;     ///< only these; empty: all
  std::vector<std::string> excluded;  ///< not these
  std::uint64_t seed = 1;
  bool strict = false;
  bool fail_fast = false;
  bool verbose = false;
  bool serial = false;  ///< never runs two servers side by side

  bool has_command() const { return !command.empty(); }

  /// How long the checker waits for what a right server does at once.
  std::chrono::nanoseconds settle() const { return std::chrono::seconds(1) + 2 * tolerance; }
  /// How much before the hold is over a reply counts as early.
  std::chrono::nanoseconds early() const { return std::min(tolerance, hold / 10); }
};

}  // namespace lastword
