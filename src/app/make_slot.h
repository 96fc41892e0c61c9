#pragma once

#include <memory>

#include "app/slot_address.h"
#include "net/error.h"
#include "slot/slot.h"

namespace lastword {

/// The slot at `address`; where it does not exist yet it is made. The error says why it can't be
/// used and what to do.
Result<std::unique_ptr<Slot>> make_slot(const SlotAddress& address);

/// The slot at `address`, which others may be using. It is an error that there is none, or that
/// nobody else could see it, as with `memory`.
Result<std::unique_ptr<Slot>> find_slot(const SlotAddress& address);

}  // namespace lastword
