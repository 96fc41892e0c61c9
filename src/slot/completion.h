#pragma once

namespace lastword {

/// What one thread finishes for another: a turn in session scope, the answer of a remote slot. The
/// engine says what setting it does: it wakes a blocked thread, or resumes a coroutine on its loop.
class Completion {
 public:
  /// From any thread, once for each wait. Does not block, and runs nothing of the waiting session.
  virtual void set() noexcept = 0;

 protected:
  ~Completion() = default;
};

}  // namespace lastword
