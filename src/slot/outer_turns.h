#pragma once

#include <list>
#include <memory>
#include <mutex>

#include "slot/slot.h"

namespace lastword {

class OuterTurns;

/// A lock around several processes or machines. At most one ask is under way, or one hold.
class OuterLock {
 public:
  enum class Answer {
    granted,
    refused,  ///< it can't be reached
    later,    ///< told by one call of OuterTurns::answer(), from another thread
  };

  /// Asks for the lock. Must not block on another holder, nor call `asker` before it returns.
  virtual Answer ask(OuterTurns& asker) noexcept = 0;

  /// Whether whoever has it may take another turn at once, because nobody else waits for it. An
  /// ask would say the same, but may cost more.
  virtual bool is_mine_alone() const noexcept { return false; }

  /// Gives back what was granted; the next ask may follow at once. Must not block.
  virtual void release() noexcept = 0;

 protected:
  ~OuterLock() = default;
};

/// Turns over several processes or machines (SPEC 3.3): a local queue, first come first served,
/// whose front needs an outer lock besides. Each turn asks for that lock anew as long as others
/// wait for it, so that it is the lock that is fair between the processes.
///
/// Where the lock is refused, everybody who waits is refused with `not_stored`; who enters
/// afterwards asks again. Safe from any thread; outlives its turns.
class OuterTurns {
 public:
  explicit OuterTurns(OuterLock& lock) : lock_(lock) {}

  /// See Slot::enter.
  std::unique_ptr<Turn> enter(Completion& completion);

  /// The lock's answer to an ask that was to be answered later.
  void answer(bool granted);

 private:
  class Place;
  enum class State { idle, asked, held };

  void ask();
  void take(bool granted);

  OuterLock& lock_;
  std::mutex mutex_;           // held while the lock is asked and released
  std::list<Place*> queue_;    // guarded by mutex_
  State state_ = State::idle;  // guarded by mutex_; of the lock
};

}  // namespace lastword
