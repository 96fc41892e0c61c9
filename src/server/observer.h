#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "net/endpoint.h"
#include "protocol/message.h"
#include "protocol/refusal.h"
#include "server/shortage.h"

namespace lastword {

using Clock = std::chrono::steady_clock;

/// What is known of a session from its accept on.
struct SessionInfo {
  std::uint64_t number = 0;  ///< 1 for the first of this server
  PeerAddress peer;
  Clock::time_point accepted_at;
};

/// Why a session ended without a reply or a refusal: there was nobody to send one to.
enum class Failure {
  closed_silently,  ///< the writer closed having sent nothing (SPEC 2.4)
  reset,            ///< the connection broke before the message had ended; nothing was stored
  reply_lost,       ///< the writer was gone when its reply was sent; its message stays stored (5.1)
};

/// One word for logs and metrics, such as `reply_lost`.
std::string_view name_of(Failure failure);

/// What happens to sessions and to the listener: log, metrics and views are implementations.
///
/// A session calls accepted(), perhaps stored(), and then exactly one of replied(), refused() and
/// failed(), all from the thread that serves it. Calls come from many threads at once, outside
/// every critical section, and must not block.
class Observer {
 public:
  virtual ~Observer() = default;

  virtual void accepted(const SessionInfo& session) = 0;
  virtual void stored(const SessionInfo& session, const Message& message) = 0;
  /// `actual` is what the slot held; `due` is when the hold was over. It has just been sent.
  virtual void replied(const SessionInfo& session, const Message& actual,
                       Clock::time_point due) = 0;
  virtual void refused(const SessionInfo& session, Refusal why) = 0;
  virtual void failed(const SessionInfo& session, Failure why) = 0;

  /// Once per episode (SPEC 5.2). It may throw std::bad_alloc, and is then called again at the next
  /// pause; no other call may.
  virtual void accept_paused(const Shortage& shortage) = 0;
  /// The episode is over: it took this long, and accepting paused this often.
  virtual void accept_resumed(Clock::duration episode, std::uint64_t pauses) = 0;
};

}  // namespace lastword
