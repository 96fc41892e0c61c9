#pragma once

#include <cstddef>
#include <optional>

#include "history/history.h"
#include "history/operations.h"

namespace lastword {

/// A reply that looks like the begin of one message and the end of another.
struct Mixture {
  Value front = nobodys_value;
  Value back = nobodys_value;
  std::size_t size = 0;  ///< bytes of `front`; those from there on are `back`'s, at the same places
};

/// Guesses whether the reply of session `reader` was torn out of two messages. A guess: a reply may
/// look so by chance, and a torn one may look like nothing. Looks at every message once.
std::optional<Mixture> mixture_in(const History& history, const Operations& operations,
                                  std::size_t reader);

}  // namespace lastword
