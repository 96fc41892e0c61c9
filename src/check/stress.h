#pragma once

#include <chrono>
#include <cstdint>

#include "check/report.h"
#include "check/settings.h"

namespace lastword {

/// Many sessions in little time, for the history alone.
struct StressSettings {
  std::uint64_t sessions = 0;
  std::uint64_t writers = 32;         ///< at the same time
  std::chrono::nanoseconds pause{0};  ///< a writer's longest wait between two of its sessions
};

/// Plays the sessions against the server of `check`, and judges their history (rule 3.4). A lost
/// store shows only where no other follows it at once: few writers and pauses find what many
/// writers hide.
CheckReport stress(const CheckSettings& check, const StressSettings& settings);

}  // namespace lastword
