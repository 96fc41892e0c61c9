#pragma once

#include <memory>
#include <string>

#include "net/error.h"
#include "slot/machine_turns.h"
#include "slot/shared_segment.h"
#include "slot/slot.h"

namespace lastword {

/// The slot in POSIX shared memory, for all servers of one user on one machine (SPEC 3.4). The
/// message outlives them, until the machine restarts. Every access is done when its call returns.
///
/// - A server that is killed at any instant leaves the slot usable, and its last store done or not
///   done; a turn that it had goes to the next.
/// - Turns come first come first served within a server. A server that has had a turn queues again
///   behind the others (SPEC 3.3).
/// - An access or turn fails only where somebody damaged the shared memory, or the machine has no
///   memory or thread left for a turn that must be waited for.
/// - A process that is stopped inside the critical section holds the others up: see SharedLock.
class ShmSlot final : public Slot {
 public:
  /// See SharedSegment::open.
  static Result<std::unique_ptr<Slot>> open(const std::string& name, IfMissing missing);

  explicit ShmSlot(SharedSegment segment);

  void store(Access& access) override;
  void load(Access& access) override;
  void give_up(Access&) override {}
  std::unique_ptr<Turn> enter(Completion& completion) override { return turns_.enter(completion); }

 private:
  const std::shared_ptr<SharedSegment> segment_;
  MachineTurns turns_;
};

}  // namespace lastword
