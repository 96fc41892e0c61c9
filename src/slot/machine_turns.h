#pragma once

#include <memory>

#include "slot/outer_turns.h"
#include "slot/shared_segment.h"

namespace lastword {

/// The turns of session scope among the servers of one machine (SPEC 3.3): first come first served
/// within a server; a server that has had one queues again behind the others; and the kernel gives
/// it on when its holder dies, however it dies.
///
/// Each ask takes a ticket and locks the byte of that number in the segment's file (fcntl; beyond
/// its end). The turn has come when nobody locks a byte before it. The kernel unlocks the bytes of
/// a dead process, whether it waited or had the turn.
class MachineTurns final : private OuterLock {
 public:
  explicit MachineTurns(std::shared_ptr<SharedSegment> segment);
  MachineTurns(const MachineTurns&) = delete;
  MachineTurns& operator=(const MachineTurns&) = delete;
  /// Gives up what was asked for, and does not wait for it.
  ~MachineTurns();

  /// See Slot::enter.
  std::unique_ptr<Turn> enter(Completion& completion) { return turns_.enter(completion); }

 private:
  struct Waiter;

  Answer ask(OuterTurns& asker) noexcept override;
  bool is_mine_alone() const noexcept override;
  void release() noexcept override;
  bool start_waiter(OuterTurns& asker) noexcept;

  const std::shared_ptr<SharedSegment> segment_;
  std::uint64_t ticket_ = 0;        // the last one asked with
  std::shared_ptr<Waiter> waiter_;  // started when somebody first has to wait
  OuterTurns turns_{*this};
};

}  // namespace lastword
