#pragma once

#include <cstddef>
#include <string>

#include "bench/errors.h"
#include "bench/share.h"

namespace lastword {

/// Begins connections: targets and source addresses in turn, never blocking.
class Dialer {
 public:
  /// `share` must outlive it.
  explicit Dialer(const Share& share)
      : share_(share), next_target_(share.worker), next_source_(share.worker) {}

  /// A socket whose connection has been begun, and belongs to the caller; or no socket, and why.
  struct Dialed {
    int fd = -1;
    ErrorKind kind = ErrorKind::connect_failed;
    std::string why;
  };
  Dialed dial();

 private:
  const Share& share_;
  std::size_t next_target_;
  std::size_t next_source_;
};

}  // namespace lastword
