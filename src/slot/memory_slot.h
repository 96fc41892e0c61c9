#pragma once

#include <mutex>

#include "slot/slot.h"
#include "slot/turn_queue.h"

namespace lastword {

/// The slot in this process's own memory, which the server and all its threads share. Every access
/// is done when its call returns, and none fails.
class MemorySlot final : public Slot {
 public:
  void store(Access& access) override;
  void load(Access& access) override;
  void give_up(Access&) override {}
  std::unique_ptr<Turn> enter(Completion& completion) override { return turns_.enter(completion); }

 private:
  std::mutex mutex_;
  Message message_;  // guarded by mutex_; the 20 bytes of the assignment
  TurnQueue turns_;
};

}  // namespace lastword
