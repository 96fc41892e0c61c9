#include "slot/memory_slot.h"

namespace lastword {

void MemorySlot::store(Access& access) {
  {
    const std::lock_guard critical_section(mutex_);
    message_ = access.message;
  }
  access.completion.set();
}

void MemorySlot::load(Access& access) {
  {
    const std::lock_guard critical_section(mutex_);
    access.message = message_;
  }
  access.completion.set();
}

}  // namespace lastword
