#pragma once

namespace lastword {

/// What one thread finishes for another: a turn in session scope, an access to the slot. The engine
/// says what setting it does: it wakes a blocked thread, or resumes a coroutine on its loop.
class Completion {
 public:
  /// From any thread, also the waiting one, once for each wait. Does not block, and runs nothing of
  /// the waiting session.
  virtual void set() noexcept = 0;

 protected:
  ~Completion() = default;
};

}  // namespace lastword
