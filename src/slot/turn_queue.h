#pragma once

#include <list>
#include <memory>
#include <mutex>

#include "slot/slot.h"

namespace lastword {

/// Turns within one process, first come first served (SPEC 3.3). The front of the queue has the
/// turn. Safe from any thread; outlives its turns.
class TurnQueue {
 public:
  /// See Slot::enter.
  std::unique_ptr<Turn> enter(Completion& completion);

 private:
  class Place;

  std::mutex mutex_;
  std::list<Completion*> queue_;  // guarded by mutex_
};

}  // namespace lastword
