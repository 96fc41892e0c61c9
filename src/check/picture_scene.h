#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "check/report.h"
#include "history/operations.h"
#include "history/zones.h"

namespace lastword {

/// What a picture of a history shows: some of its sessions, and the slot while they lasted.
struct PictureScene {
  /// What the slot held, certainly and all the time between these two.
  struct Content {
    Value value = nobodys_value;
    std::int64_t begin_ns = 0;
    std::int64_t end_ns = 0;
    std::size_t lane = 0;  ///< contents that overlap, which refutes, are side by side
  };

  std::vector<std::size_t> sessions;  ///< by index, in the order in which they sent
  std::vector<bool> refuting;         ///< of all sessions, those that the first finding names
  std::vector<Content> contents;
  std::size_t lanes = 0;  ///< of contents; at most `most_lanes`
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;
  Operations operations;
  std::string note;  ///< which sessions are shown, where not all are; else empty

  static constexpr std::size_t most_sessions = 40;
  static constexpr std::size_t most_lanes = 4;
};

/// All sessions where there are few; else those that refute and those around them; else the first.
PictureScene scene_of(const HistoryResult& result);

/// When a session began and ended, as far as it is known.
Interval lifetime_of(const SessionRecord& record);

}  // namespace lastword
