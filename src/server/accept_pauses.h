#pragma once

#include <cstdint>
#include <new>
#include <optional>

#include "server/observer.h"

namespace lastword {

/// Tells one shortage from the next, so that each is reported once and not once for each retry
/// (SPEC 5.2). No clock of its own.
class AcceptPauses {
 public:
  static constexpr Clock::duration pause = std::chrono::milliseconds(50);
  /// An episode is over when accepting has gone on for this long without a pause.
  static constexpr Clock::duration calm = std::chrono::seconds(1);

  explicit AcceptPauses(Observer& observer) : observer_(observer) {}

  /// Accepting met a shortage of `resource` and pauses now. `session_limit` is --max-sessions.
  void begin(Resource resource, std::uint64_t session_limit, Clock::time_point now) {
    if (!since_) {
      since_ = now;
      pauses_ = 0;
      is_reported_ = false;
    }
    ++pauses_;
    last_ = now;
    if (!is_reported_) report(resource, session_limit);
  }

  /// To be called now and then, at the latest at calm_at().
  void note_calm(Clock::time_point now) {
    if (!since_ || now < last_ + calm) return;
    observer_.accept_resumed(last_ + pause - *since_, pauses_);
    since_.reset();
  }

  /// When the episode would be over; nothing where there is none.
  std::optional<Clock::time_point> calm_at() const {
    if (!since_) return std::nullopt;
    return last_ + calm;
  }

 private:
  void report(Resource resource, std::uint64_t session_limit) {
    try {
      Limit limit = limit_of(resource);
      if (resource == Resource::sessions) limit.value = session_limit;
      observer_.accept_paused({resource, std::move(limit)});
      is_reported_ = true;
    } catch (const std::bad_alloc&) {
      // No memory even to say so: the next pause may have some.
    }
  }

  Observer& observer_;
  std::optional<Clock::time_point> since_;
  Clock::time_point last_;
  std::uint64_t pauses_ = 0;
  bool is_reported_ = false;
};

}  // namespace lastword
