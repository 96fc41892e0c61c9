#pragma once

#include <memory>
#include <optional>

#include "protocol/message.h"
#include "protocol/refusal.h"
#include "slot/completion.h"

namespace lastword {

/// How much of a session the critical section covers (SPEC 3.3).
enum class Scope {
  access,   ///< the store, and later the load; during the hold others may store
  session,  ///< store, hold and load: sessions take turns, first come first served
};

/// A session's place in the queue of session scope, and then its turn. Its end leaves the queue, or
/// gives the turn to the next; that never blocks, and from then on nothing of it is touched.
class Turn {
 public:
  virtual ~Turn() = default;

  /// Once the completion is set: nothing where the turn has come, else why it never will.
  virtual std::optional<Refusal> refusal() const { return std::nullopt; }
};

/// One store or one load. The session keeps it until it is done, or given up.
struct Access {
  Completion& completion;          ///< set once it is done
  Turn* turn = nullptr;            ///< in session scope the session's own, which has come
  Message message;                 ///< what to store; or, once loaded, what the slot held
  std::optional<Refusal> refusal;  ///< once it is done: nothing where it succeeded
};

/// The one message that every writer shares: an atomic register (SPEC 3).
///
/// - load() yields one whole message that some store() was given, or the empty one.
/// - A load() begun after a store() was done sees that message or a later one.
/// - The critical section of an access covers one copy. Nobody sleeps or touches a socket inside.
/// - An access that is begun is done when its completion is set, perhaps before the call returns.
///   No call blocks on anything but the critical section.
/// - Safe from any thread. Outlives every session that uses it.
class Slot {
 public:
  virtual ~Slot() = default;

  /// Begins to store `access.message`. It fails with `not_stored`, and then never takes effect; or
  /// with `unknown`, and then may, even later.
  virtual void store(Access& access) = 0;

  /// Begins a load into `access.message`. It fails with `unread`.
  virtual void load(Access& access) = 0;

  /// Ends a store or load that has been begun, done or not, with what is known of it now. From then
  /// on the slot touches neither it nor its completion.
  virtual void give_up(Access& access) = 0;

  /// Queues for the turn of session scope. `completion` is set, once, when it has come, perhaps
  /// before this returns, or is known never to come. It must live until then, or else until the
  /// Turn has ended.
  virtual std::unique_ptr<Turn> enter(Completion& completion) = 0;
};

}  // namespace lastword
