#pragma once

#include <deque>
#include <mutex>

#include "slot/completion.h"

namespace lastword {

/// Turns within one process, first come first served (SPEC 3.3). The front of the queue has the
/// turn. Safe from any thread.
class TurnQueue {
 public:
  /// See Slot::enter.
  void enter(Completion& turn);

  /// See Slot::leave. Constant time for the holder of the turn; linear for one that gives up.
  void leave(Completion& turn);

 private:
  std::mutex mutex_;
  std::deque<Completion*> queue_;
};

}  // namespace lastword
