#pragma once

#include <optional>
#include <vector>

#include "slot/slot.h"

namespace lastword {

/// Lets many accesses to a remote register share few calls: one put for all the stores that wait
/// while another put is in flight, one linearizable read for all the loads. So the load on the
/// remote end is bounded by its round-trip time, and not by the number of writers.
///
/// Why this is linearizable (SPEC 3.4), if the remote register is:
///
/// - *Stores.* All stores of a put began before it was sent, and none is done before it is
///   acknowledged: they are all under way while it takes effect, at some instant between. Let them
///   take effect there, in the order in which they came, the last one being the put itself. Each
///   is within its own call, and nobody can read between them.
/// - *Loads.* All loads of a read began before it was sent and are done after it was answered, so
///   the instant at which the read takes effect is within each of them.
/// - *A put that failed for certain* never takes effect, nor do its stores.
/// - *A put of unknown outcome* may take effect at any time from then on, also after later puts, or
///   never. The earlier stores of it never will without the last, so all of them are `unknown`:
///   each is an operation without an end, which may take effect late or not at all. Nobody may send
///   such a put again: it could undo a later one that it had come before.
///
/// What would break it: a load that joins a read already sent (it may have taken effect before the
/// load began), a store that joins a put already sent (it would be acknowledged by a put that
/// carries an older message and never take effect behind it).
///
/// Pure: no socket, thread, clock or lock. Stores and loads share nothing: each half is for one
/// thread at a time, which holds a lock; give_up() is for whoever holds both. Completions are set
/// inside these calls, so what was given up is not touched any more.
class Combiner {
 public:
  /// See Slot. The access waits for the next put, or read.
  void store(Access& access) { stores_.waiting.push_back(&access); }
  void load(Access& access) { loads_.waiting.push_back(&access); }

  /// See Slot. Takes a time linear in the number of accesses under way; only a server's stop asks.
  void give_up(Access& access);

  /// Whether accesses wait for a put, or read, that may be sent now: one of each at a time.
  bool wants_put() const { return stores_.may_begin(); }
  bool wants_read() const { return loads_.may_begin(); }

  /// The message to put now, for all the stores that wait. `wants_put()` must hold.
  Message begin_put();
  /// How it went: nothing where it was acknowledged, else `not_stored` or `unknown`.
  void end_put(std::optional<Refusal> refusal);

  /// The caller must now send a read, for all the loads that wait. `wants_read()` must hold.
  void begin_read();
  /// What it saw; nothing where it failed.
  void end_read(const std::optional<Message>& seen);

 private:
  /// Stores, or loads.
  struct Lane {
    std::vector<Access*> waiting;
    std::vector<Access*> in_flight;
    bool is_busy = false;  ///< also while everybody in flight was given up

    bool may_begin() const { return !is_busy && !waiting.empty(); }
    void begin();
    void end();
  };

  Lane stores_;
  Lane loads_;
};

}  // namespace lastword
