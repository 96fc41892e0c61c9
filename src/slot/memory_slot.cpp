#include "slot/memory_slot.h"

namespace lastword {

SlotResult<void> MemorySlot::store(const Message& message) {
  const std::lock_guard critical_section(mutex_);
  message_ = message;
  return {};
}

SlotResult<Message> MemorySlot::load() {
  const std::lock_guard critical_section(mutex_);
  return message_;
}

}  // namespace lastword
