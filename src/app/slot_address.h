#pragma once

#include <string>
#include <string_view>

#include "net/error.h"

namespace lastword {

/// Which memory the writers share, as --slot names it.
struct SlotAddress {
  enum class Kind {
    memory,  ///< the server's own
    shm,     ///< POSIX shared memory of this machine; `place` is its name
  };
  Kind kind = Kind::memory;
  std::string place;  ///< what follows the colon

  friend bool operator==(const SlotAddress&, const SlotAddress&) = default;
};

/// Reads `memory` or `shm:NAME`. The error says what would be right.
Result<SlotAddress> parse_slot_address(std::string_view text);

/// The text that parse_slot_address() reads as `address`.
std::string to_string(const SlotAddress& address);

}  // namespace lastword
