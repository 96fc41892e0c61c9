#include "slot/turn_queue.h"

#include <algorithm>
#include <cassert>

namespace lastword {

void TurnQueue::enter(Completion& turn) {
  const std::lock_guard lock(mutex_);
  queue_.push_back(&turn);
  if (queue_.size() == 1) turn.set();
}

void TurnQueue::leave(Completion& turn) {
  // The next turn is set under the lock: whoever waits for it could otherwise give up and be gone.
  const std::lock_guard lock(mutex_);
  const auto place = std::find(queue_.begin(), queue_.end(), &turn);
  assert(place != queue_.end() && "leave() without enter()");
  const bool had_turn = place == queue_.begin();
  queue_.erase(place);
  if (had_turn && !queue_.empty()) queue_.front()->set();
}

}  // namespace lastword
