#pragma once

#include <vector>

#include "check/script.h"

namespace lastword {

/// Plays the writers of one run, each on a thread of its own, in the calling thread's network,
/// until all have ended.
std::vector<Played> play(const CheckSettings& settings, const std::vector<Script>& scripts);

}  // namespace lastword
