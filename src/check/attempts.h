#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "check/case.h"

namespace lastword {

/// What came of one scenario.
struct JobResult {
  std::vector<CaseResult> cases;  ///< in the order of the given ones
  std::optional<RunSight> sight;  ///< of the first attempt that was played
};

/// Every case skipped, for one reason.
JobResult skip_all(const std::vector<Case>& cases, const std::string& reason);

/// Plays a scenario, and once or twice more where a case is unclear, or where it is broken only
/// because something did not come in time: a slow machine must not fail a server. What was seen to
/// be wrong once is proof, and is not repeated. `attempt` is given the number of the attempt, from
/// 1, by which it stretches its patience.
JobResult play_until_decided(const CheckSettings& settings, const std::vector<Case>& cases,
                             const std::function<RunSight(int)>& attempt,
                             const std::function<void(const std::string&)>& on_repeat,
                             bool may_repeat);

}  // namespace lastword
