#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/endpoint.h"
#include "net/error.h"

namespace lastword {

/// Which memory the writers share, as --slot names it.
struct SlotAddress {
  enum class Kind {
    memory,  ///< the server's own
    shm,     ///< POSIX shared memory of this machine; `place` is its name
    etcd,    ///< the key `place` of the etcd cluster at `endpoints`
  };
  Kind kind = Kind::memory;
  std::string place;
  std::vector<Endpoint> endpoints;  ///< only of `etcd`: of its members, at least one

  friend bool operator==(const SlotAddress&, const SlotAddress&) = default;
};

/// Reads `memory`, `shm:NAME` or `etcd:HOST:PORT[,HOST:PORT...]/KEY`. The error says what would be
/// right.
Result<SlotAddress> parse_slot_address(std::string_view text);

/// The text that parse_slot_address() reads as `address`.
std::string to_string(const SlotAddress& address);

}  // namespace lastword
