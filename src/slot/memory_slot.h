#pragma once

#include <mutex>

#include "slot/slot.h"
#include "slot/turn_queue.h"

namespace lastword {

/// The slot in this process's own memory, which the server and all its threads share.
class MemorySlot final : public Slot {
 public:
  SlotResult<void> store(const Message& message) override;
  SlotResult<Message> load() override;
  void enter(Completion& turn) override { turns_.enter(turn); }
  void leave(Completion& turn) override { turns_.leave(turn); }

 private:
  std::mutex mutex_;
  Message message_;  // guarded by mutex_; the 20 bytes of the assignment
  TurnQueue turns_;
};

}  // namespace lastword
