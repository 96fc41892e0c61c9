#include "app/make_slot.h"

#include "slot/memory_slot.h"
#include "slot/shm_slot.h"

namespace lastword {

Result<std::unique_ptr<Slot>> make_slot(const SlotAddress& address) {
  switch (address.kind) {
    case SlotAddress::Kind::memory: return std::make_unique<MemorySlot>();
    case SlotAddress::Kind::shm: return ShmSlot::open(address.place, IfMissing::create);
  }
  return failure("no such slot");
}

Result<std::unique_ptr<Slot>> find_slot(const SlotAddress& address) {
  switch (address.kind) {
    case SlotAddress::Kind::memory:
      return failure("the slot 'memory' is its server's own: nobody else can see it");
    case SlotAddress::Kind::shm: return ShmSlot::open(address.place, IfMissing::fail);
  }
  return failure("no such slot");
}

}  // namespace lastword
