#pragma once

#include <cstddef>
#include <optional>

#include "history/history.h"
#include "history/operations.h"

namespace lastword {

/// What a reply that nobody sent looks like: the begin of one message, and perhaps the end of
/// another.
struct Likeness {
  Value front = nobodys_value;
  std::size_t size = 0;        ///< bytes of `front` that the reply begins with; at least 1
  Value back = nobodys_value;  ///< whose bytes the others are, at the same places; or nobody's
};

/// Guesses whether the reply of session `reader` is a mixture of two messages, one message cut
/// short, or one with bytes added. A guess: a reply may look so by chance, and a torn one may look
/// like nothing. Looks at every message once.
std::optional<Likeness> likeness_of_reply(const History& history, const Operations& operations,
                                          std::size_t reader);

}  // namespace lastword
