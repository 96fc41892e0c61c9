#pragma once

#include <chrono>
#include <memory>

#include "app/slot_address.h"
#include "net/error.h"
#include "slot/etcd_client.h"
#include "slot/slot.h"

namespace lastword {

/// How to reach a slot that is not on this machine.
struct SlotOptions {
  EtcdOptions etcd;                 ///< all but the endpoints, which the address has
  std::chrono::nanoseconds wait{};  ///< for it to answer; less than a call's timeout: one call
};

/// The slot at `address`; where it does not exist yet it is made. The error says why it can't be
/// used and what to do.
Result<std::unique_ptr<Slot>> make_slot(const SlotAddress& address, const SlotOptions& options);

/// The slot at `address`, which others may be using. It is an error that there is none, or that
/// nobody else could see it, as with `memory`.
Result<std::unique_ptr<Slot>> find_slot(const SlotAddress& address, const SlotOptions& options);

}  // namespace lastword
