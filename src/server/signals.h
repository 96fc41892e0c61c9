#pragma once

#include "net/fd.h"

namespace lastword {

/// SIGTERM and SIGINT as something to poll (SPEC 5.3). To be made before the first thread starts,
/// because threads inherit that these signals are blocked. SIGPIPE is ignored from then on.
class StopSignals {
 public:
  /// Throws std::system_error where there is no descriptor to be had.
  StopSignals();

  /// Readable when a signal has come.
  int fd() const { return fd_.get(); }

  /// Takes one signal, if one has come, and gives its number; 0 otherwise.
  int take();

 private:
  Fd fd_;
};

}  // namespace lastword
