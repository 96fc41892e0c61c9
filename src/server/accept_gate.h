#pragma once

#include <atomic>
#include <mutex>
#include <optional>

#include "server/accept_pauses.h"
#include "server/server_options.h"

namespace lastword {

/// What the loops of a server decide together when they accept: how many connections they take, and
/// what is a new shortage (SPEC 1.4, 5.2). Safe from any thread.
class AcceptGate {
 public:
  AcceptGate(const ServerOptions& options, Observer& observer)
      : connections_(options.connections), max_sessions_(options.max_sessions), pauses_(observer) {}

  /// Whether a loop has to ask for a permit before each accept; else it may take all that come.
  bool is_counting() const { return connections_ != 0 || max_sessions_ != 0; }

  enum class Permit {
    given,
    not_now,   ///< other loops hold those that are left
    too_many,  ///< as many sessions as --max-sessions allows are served
  };

  /// May one more connection be accepted? A permit that is given is used or given back.
  Permit ask() {
    if (connections_ != 0 && !increase_below(permits_, connections_)) return Permit::not_now;
    if (max_sessions_ == 0 || increase_below(places_, max_sessions_)) return Permit::given;
    if (connections_ != 0) --permits_;
    return live_ < max_sessions_ ? Permit::not_now : Permit::too_many;
  }

  void give_back() {
    if (connections_ != 0) --permits_;
    if (max_sessions_ != 0) --places_;
  }

  /// A connection was accepted; gives its number, 1 for the first.
  std::uint64_t count_accepted() {
    if (max_sessions_ != 0) ++live_;
    return ++accepted_;
  }

  /// Its session has ended.
  void count_ended() {
    if (max_sessions_ == 0) return;
    --live_;
    --places_;
  }

  /// Whether all that were asked for have been accepted.
  bool is_complete() const { return connections_ != 0 && accepted_ == connections_; }

  /// See AcceptPauses.
  void begin_pause(Resource resource, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    is_in_episode_ = true;
    pauses_.begin(resource, max_sessions_, now);
  }
  std::optional<Clock::time_point> calm_at() {
    if (!is_in_episode_) return std::nullopt;
    const std::lock_guard lock(mutex_);
    return pauses_.calm_at();
  }
  void note_calm(Clock::time_point now) {
    if (!is_in_episode_) return;
    const std::lock_guard lock(mutex_);
    pauses_.note_calm(now);
    is_in_episode_ = pauses_.calm_at().has_value();
  }

 private:
  static bool increase_below(std::atomic<std::uint64_t>& count, std::uint64_t limit) {
    std::uint64_t now = count;
    while (now < limit) {
      if (count.compare_exchange_weak(now, now + 1)) return true;
    }
    return false;
  }

  const std::uint64_t connections_;
  const std::uint64_t max_sessions_;
  std::atomic<std::uint64_t> permits_{0};  // of connections_, taken so far
  std::atomic<std::uint64_t> places_{0};   // of max_sessions_, taken now; of these
  std::atomic<std::uint64_t> live_{0};     // by sessions, the rest by loops about to accept
  std::atomic<std::uint64_t> accepted_{0};

  std::atomic<bool> is_in_episode_{false};
  std::mutex mutex_;
  AcceptPauses pauses_;  // guarded by mutex_
};

}  // namespace lastword
