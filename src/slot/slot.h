#pragma once

#include <tl/expected.hpp>

#include "protocol/message.h"
#include "protocol/refusal.h"
#include "slot/completion.h"

namespace lastword {

/// How much of a session the critical section covers (SPEC 3.3).
enum class Scope {
  access,   ///< the store, and later the load; during the hold others may store
  session,  ///< store, hold and load: sessions take turns, first come first served
};

/// What a slot operation gives, or what the writer is refused with when the slot can't be reached.
template <class T>
using SlotResult = tl::expected<T, Refusal>;

/// The one message that every writer shares: an atomic register (SPEC 3).
///
/// - load() yields one whole message that some store() was given, or the empty one.
/// - A load() begun after a store() returned sees that message or a later one.
/// - The critical section of an access covers one copy. Nobody sleeps or touches a socket inside.
/// - A store() that fails with `unknown` may still take effect; one that fails with `not_stored`
///   never does.
/// - Safe from any thread. Outlives every session that uses it.
class Slot {
 public:
  virtual ~Slot() = default;

  /// Fails with `not_stored` or `unknown`.
  virtual SlotResult<void> store(const Message& message) = 0;

  /// Fails with `unread`.
  virtual SlotResult<Message> load() = 0;

  /// Queues for the turn of session scope; `turn` is set once it has come, perhaps before this
  /// returns. Every enter() needs its leave(), and `turn` must live until then.
  virtual void enter(Completion& turn) = 0;

  /// Ends the turn and gives it to the next in the queue; or, if it has not come yet, gives it up.
  virtual void leave(Completion& turn) = 0;
};

}  // namespace lastword
