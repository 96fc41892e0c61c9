#include "app/make_slot.h"

#include "slot/etcd_slot.h"
#include "slot/memory_slot.h"
#include "slot/shm_slot.h"

namespace lastword {
namespace {

Result<std::unique_ptr<Slot>> open_etcd(const SlotAddress& address, const SlotOptions& options) {
  EtcdOptions etcd = options.etcd;
  etcd.endpoints = address.endpoints;
  return open_etcd_slot(etcd, address.place, options.wait);
}

}  // namespace

Result<std::unique_ptr<Slot>> make_slot(const SlotAddress& address, const SlotOptions& options) {
  switch (address.kind) {
    case SlotAddress::Kind::memory: return std::make_unique<MemorySlot>();
    case SlotAddress::Kind::shm: return ShmSlot::open(address.place, IfMissing::create);
    case SlotAddress::Kind::etcd: return open_etcd(address, options);
  }
  return failure("no such slot");
}

Result<std::unique_ptr<Slot>> find_slot(const SlotAddress& address, const SlotOptions& options) {
  switch (address.kind) {
    case SlotAddress::Kind::memory:
      return failure("the slot 'memory' is its server's own: nobody else can see it");
    case SlotAddress::Kind::shm: return ShmSlot::open(address.place, IfMissing::fail);
    case SlotAddress::Kind::etcd: return open_etcd(address, options);
  }
  return failure("no such slot");
}

}  // namespace lastword
