#include "check/picture_scene.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "history/read_fault.h"

namespace lastword {
namespace {

std::vector<bool> refuting_sessions(const HistoryResult& result) {
  std::vector<bool> refuting(result.history.sessions.size());
  if (result.verdict.findings.empty()) return refuting;
  const auto& numbers = result.verdict.findings.front().sessions;
  for (std::size_t at = 0; at < refuting.size(); ++at) {
    const std::uint64_t number = result.history.sessions[at].number;
    refuting[at] = std::find(numbers.begin(), numbers.end(), number) != numbers.end();
  }
  return refuting;
}

/// How far apart two intervals are; 0 where they meet.
std::int64_t distance(const Interval& a, const Interval& b) {
  return std::max({std::int64_t{0}, a.begin_ns - b.end_ns, b.begin_ns - a.end_ns});
}

std::vector<std::size_t> chosen_sessions(const History& history,
                                         const std::vector<bool>& refuting) {
  const auto& sessions = history.sessions;
  std::vector<std::size_t> chosen(sessions.size());
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  if (sessions.size() > PictureScene::most_sessions) {
    Interval focus{never_ns, always_ns};
    for (std::size_t at = 0; at < sessions.size(); ++at) {
      if (!refuting[at]) continue;
      focus.begin_ns = std::min(focus.begin_ns, lifetime_of(sessions[at]).begin_ns);
      focus.end_ns = std::max(focus.end_ns, lifetime_of(sessions[at]).end_ns);
    }
    const bool has_focus = focus.begin_ns <= focus.end_ns;
    // The refuting ones first, then the near ones, then the early ones.
    std::stable_sort(chosen.begin(), chosen.end(), [&](std::size_t a, std::size_t b) {
      if (refuting[a] != refuting[b]) return refuting[a] > refuting[b];
      const Interval of_a = lifetime_of(sessions[a]);
      const Interval of_b = lifetime_of(sessions[b]);
      if (has_focus && distance(of_a, focus) != distance(of_b, focus)) {
        return distance(of_a, focus) < distance(of_b, focus);
      }
      return of_a.begin_ns < of_b.begin_ns;
    });
    chosen.resize(PictureScene::most_sessions);
  }
  std::sort(chosen.begin(), chosen.end(), [&](std::size_t a, std::size_t b) {
    return sessions[a].sent_ns.value_or(lifetime_of(sessions[a]).begin_ns) <
           sessions[b].sent_ns.value_or(lifetime_of(sessions[b]).begin_ns);
  });
  return chosen;
}

void find_contents(PictureScene& scene) {
  std::vector<Zone> zones = zones_of(scene.operations, usable_reads(read_faults(scene.operations)));
  std::sort(zones.begin(), zones.end(),
            [](const Zone& a, const Zone& b) { return a.first_end_ns < b.first_end_ns; });
  std::vector<std::int64_t> lane_ends;
  for (const Zone& zone : zones) {
    const std::int64_t begin = std::max(zone.first_end_ns, scene.begin_ns);
    const std::int64_t end = std::min(zone.last_begin_ns, scene.end_ns);
    if (!zone.is_forward() || begin >= end) continue;
    std::size_t lane = 0;
    while (lane < lane_ends.size() && lane_ends[lane] > begin) ++lane;
    if (lane == PictureScene::most_lanes) continue;
    if (lane == lane_ends.size()) lane_ends.push_back(0);
    lane_ends[lane] = end;
    scene.contents.push_back({zone.value, begin, end, lane});
  }
  scene.lanes = std::max<std::size_t>(1, lane_ends.size());
}

}  // namespace

Interval lifetime_of(const SessionRecord& record) {
  Interval life{record.ended_ns, record.ended_ns};
  for (const auto& time : {record.connected_ns, record.sent_ns, record.first_byte_ns}) {
    if (!time) continue;
    life.begin_ns = std::min(life.begin_ns, *time);
    life.end_ns = std::max(life.end_ns, *time);
  }
  return life;
}

PictureScene scene_of(const HistoryResult& result) {
  const History& history = result.history;
  PictureScene scene;
  scene.operations = operations_of(history);
  scene.refuting = refuting_sessions(result);
  scene.sessions = chosen_sessions(history, scene.refuting);
  if (scene.sessions.empty()) return scene;
  scene.begin_ns = never_ns;
  scene.end_ns = always_ns;
  for (const std::size_t index : scene.sessions) {
    const Interval life = lifetime_of(history.sessions[index]);
    scene.begin_ns = std::min(scene.begin_ns, life.begin_ns);
    scene.end_ns = std::max(scene.end_ns, life.end_ns);
  }
  if (scene.end_ns == scene.begin_ns) ++scene.end_ns;
  if (!scene.operations.duplicate) find_contents(scene);
  if (scene.sessions.size() < history.sessions.size()) {
    scene.note = fmt::format(
        "Shown are {} of {} sessions: {}.", scene.sessions.size(), history.sessions.size(),
        result.verdict.findings.empty() ? "the first" : "those that refute, and those around them");
  }
  return scene;
}

}  // namespace lastword
