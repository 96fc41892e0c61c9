#pragma once

#include <cstdint>
#include <string>

#include "history/history.h"

namespace lastword::test {

/// What can be wrong with a slot that combines accesses to a remote register.
enum class Flaw {
  none,
  put_not_awaited,    ///< stores are acknowledged when their put is sent
  joins_put,          ///< stores that come while a put is in flight are acknowledged by it
  joins_read,         ///< loads that come while a read is in flight are answered by it
  serializable_read,  ///< a read may see what the register held before it was sent
  repeats_put,        ///< a put of unknown outcome is sent again, behind later ones
};

std::string name_of(Flaw flaw);

/// Several servers and one remote register, on a clock of their own: nothing here takes time.
struct Simulation {
  std::uint32_t seed = 1;
  int sessions = 30;
  int servers = 2;  ///< each with a Combiner
  Flaw flaw = Flaw::none;
};

/// Lets sessions store, hold and load through Combiners. Calls take random times, are applied
/// anywhere within them, fail for certain, fail with unknown outcome having been applied, never to
/// be, or to be long afterwards; their answers overtake each other; sessions give up. The same
/// simulation always gives the same history.
History history_of(const Simulation& simulation);

}  // namespace lastword::test
