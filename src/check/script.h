#pragma once

#include <optional>
#include <string>
#include <vector>

#include "check/settings.h"

namespace lastword {

/// When a writer does something: once those writers have ended, and `delay` more.
struct Cue {
  std::vector<std::size_t> after;  ///< by their place in the run
  std::chrono::nanoseconds delay{0};
};

/// Bytes that are sent at once, so long after those before them.
struct Piece {
  std::string bytes;
  std::chrono::nanoseconds pause{0};
};

/// What a writer does once it has sent everything.
enum class Then {
  await_reply,  ///< until the server closes or patience ends
  half_close,   ///< that, after having said that nothing more comes
  close,        ///< leaves at once, in good order
  reset,        ///< leaves by a reset
  half_close_and_reset,
};

/// What one writer is to do.
struct Script {
  std::string name;     ///< such as "writer 1"
  std::string message;  ///< what is to be stored; empty where the bytes hold none
  std::vector<Piece> pieces;
  Cue connect;
  Cue send;  ///< counted from being connected
  Then then = Then::await_reply;
  std::chrono::nanoseconds then_after{0};
  std::chrono::nanoseconds patience{0};  ///< from its last byte, for the first byte of the reply
  std::chrono::nanoseconds stay{0};      ///< behind the last byte of a reply, for more of it
  /// Once patience ends, says that nothing more comes, and waits for one hold more.
  bool nudge = false;
  bool ipv6 = false;
  bool beyond_accepts = false;  ///< one more than the server is to accept
  /// Leaves the server's end waiting in TIME_WAIT, as the course's writers do.
  bool keep_time_wait = false;
};

/// Bytes that came together.
struct Segment {
  Clock::time_point time;
  std::string bytes;
};

/// What became of one script. Times are when the checker noticed, which is never too early.
struct Played {
  enum class End {
    not_played,  ///< its cue never came
    not_connected,
    closed,     ///< by the server, in good order
    reset,      ///< by the server
    impatient,  ///< nothing came within the script's patience
    left,       ///< by the writer itself: it had its reply, or was to leave
    stopped,    ///< the check was interrupted
  };

  Script script;
  End end = End::not_played;
  std::optional<Clock::time_point> connected;
  std::optional<Clock::time_point> sent;      ///< just before its first byte
  std::optional<Clock::time_point> all_sent;  ///< just after its last
  std::vector<Segment> segments;
  std::optional<Clock::time_point> nudged;  ///< see Script::nudge
  Clock::time_point ended;
  std::string trouble;  ///< why it could not connect, send or receive
  std::uint16_t own_port = 0;
  std::optional<Clock::time_point> accepted;    ///< by a process, as the kernel's table shows it
  std::optional<Clock::time_point> last_owned;  ///< when a process was last seen to have its socket

  bool answered() const { return !segments.empty(); }
  std::string received() const {
    std::string all;
    for (const Segment& segment : segments) all += segment.bytes;
    return all;
  }
};

}  // namespace lastword
