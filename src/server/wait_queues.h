#pragma once

#include <list>
#include <optional>
#include <span>

#include "server/observer.h"

namespace lastword {

/// Something that waits, to be derived from. It is in one queue at most.
struct WaitNode {
  WaitNode* before = nullptr;  // nullptr while it waits for nothing
  WaitNode* behind = nullptr;
  Clock::time_point until{};
};

/// Who waits until when, in constant time and without memory of its own.
///
/// All holds are equally long, and so are all quiet gaps: whoever begins to wait now waits longer
/// than all who began before. So each length has a queue whose front is due first, and the next to
/// be due is at one of the few fronts. Who waits for no time at all stands in a queue too, so that
/// every_one() finds it.
///
/// No clock of its own.
class WaitQueues {
 public:
  /// Takes all lengths that there will be: no wait needs memory when it begins.
  explicit WaitQueues(std::span<const Clock::duration> lengths);

  static constexpr Clock::duration for_ever = Clock::duration::max();

  /// Begins a wait of one of the lengths until then. Waits of one length should not begin in wild
  /// disorder, or this takes linear time.
  void add(WaitNode& node, Clock::duration length, Clock::time_point until);

  /// Ends the wait of `node`, if it waits.
  static void remove(WaitNode& node);

  static bool waits(const WaitNode& node) { return node.before != nullptr; }

  /// When the first is due.
  std::optional<Clock::time_point> next() const;

  /// Removes one that is due and gives it; nullptr where nobody is.
  WaitNode* take_due(Clock::time_point now);

  /// Calls `visit` for everyone that waits; it may remove the one it is given and add that again.
  template <class Visit>
  void every_one(Visit visit) {
    for (Queue& queue : queues_) {
      for (WaitNode* node = queue.ring.behind; node != &queue.ring;) {
        WaitNode& visited = *node;
        node = node->behind;
        visit(visited);
      }
    }
  }

 private:
  struct Queue {
    explicit Queue(Clock::duration its_length) : length(its_length) {
      ring.before = ring.behind = &ring;
    }
    Queue(const Queue&) = delete;
    bool empty() const { return ring.behind == &ring; }

    Clock::duration length;
    WaitNode ring;  // first and last are its neighbours
  };
  Queue& queue_of(Clock::duration length);

  std::list<Queue> queues_;
};

}  // namespace lastword
