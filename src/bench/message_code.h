#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bench/dialogue.h"

namespace lastword {

/// Messages that say whose they are, and that they are whole: `worker` in 2 digits, number in 8,
/// and a check of 6 to 9 digits keyed with the run, 16 to 19 characters in all. The number decides
/// the length, so that the tail of an older, longer message shows too. Any process of the run can
/// tell any other's messages. Digits are base 32, without those that look alike.
class MessageCode {
 public:
  static constexpr std::uint32_t most_workers = 32 * 32;
  static constexpr std::uint64_t most_sessions = std::uint64_t{1} << 40;  ///< of a worker

  /// `run` is random; two runs know nothing of each other's messages.
  explicit MessageCode(std::uint64_t run) : run_(run) {}

  /// Appends the message of `session`, whose worker and number are below the bounds.
  void append(const SessionId& session, std::string& bytes) const;

  struct Decoded {
    enum class State {
      whole,    ///< `session` sent it, or will
      torn,     ///< made of our digits, but its check fails
      foreign,  ///< not even of our digits
    };
    State state = State::foreign;
    SessionId session;
  };
  Decoded decode(std::string_view message) const;

 private:
  std::uint64_t run_;
};

}  // namespace lastword
