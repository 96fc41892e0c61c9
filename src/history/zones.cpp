// P. B. Gibbons and E. Korach, "Testing Shared Memories", SIAM Journal on Computing 26(4), 1997:
// a history of one register whose writes are unique is linearizable if and only if
//   1. no read precedes the write of its value,
//   2. no two forward zones overlap, and
//   3. no backward zone lies inside a forward zone.
// Why: cluster a must come before cluster b where some operation of a precedes one of b, that is
// where a's earliest end is before b's latest begin. Conditions 2 and 3 are the two ways in which
// that can hold in both directions, and if it holds for no pair in both directions, it holds for no
// longer cycle. The first is the caller's business (verdict.cpp); sorting makes the other two n log
// n.
#include "history/zones.h"

#include <algorithm>
#include <queue>
#include <unordered_map>

namespace lastword {

std::vector<Zone> zones_of(const Operations& operations, const UsableReads& usable) {
  const auto& sessions = operations.sessions;
  std::vector<Zone> by_writer(sessions.size());
  std::vector<bool> present(sessions.size());
  Zone initial{initial_value, always_ns, always_ns};
  bool initial_was_read = false;
  const auto include = [](Zone& zone, const Interval& interval) {
    zone.first_end_ns = std::min(zone.first_end_ns, interval.end_ns);
    zone.last_begin_ns = std::max(zone.last_begin_ns, interval.begin_ns);
  };
  for (Value index = 0; index < sessions.size(); ++index) {
    by_writer[index].value = index;
    include(by_writer[index], sessions[index].write);
    if (sessions[index].has_written) present[index] = true;
  }
  for (Value index = 0; index < sessions.size(); ++index) {
    if (!usable[index]) continue;
    const SessionOperations& session = sessions[index];
    initial_was_read |= session.value == initial_value;
    include(session.value == initial_value ? initial : by_writer[session.value], session.read);
    if (session.value != initial_value) present[session.value] = true;
  }
  std::vector<Zone> zones;
  zones.reserve(sessions.size() + 1);
  if (initial_was_read) zones.push_back(initial);
  for (Value index = 0; index < sessions.size(); ++index) {
    if (present[index]) zones.push_back(by_writer[index]);
  }
  return zones;
}

Conflicts conflicting_zones(std::vector<Zone> zones, std::size_t most) {
  Conflicts conflicts;
  const auto report = [&](const Zone& one, const Zone& other) {
    ++conflicts.count;
    if (conflicts.found.size() < most) conflicts.found.push_back({one.value, other.value});
  };
  // Forward zones by their beginning, backward ones by theirs, which is their latest begin.
  const auto begin_of = [](const Zone& zone) {
    return zone.is_forward() ? zone.first_end_ns : zone.last_begin_ns;
  };
  std::sort(zones.begin(), zones.end(), [&](const Zone& a, const Zone& b) {
    // A forward zone that begins with a backward one does not contain it: it comes second.
    if (begin_of(a) != begin_of(b)) return begin_of(a) < begin_of(b);
    return a.is_forward() < b.is_forward();
  });
  // The forward zones that may reach into later ones, the one that ends last at the front. That one
  // decides; the others only offer more pairs to choose the clearest from.
  constexpr std::size_t most_open = 8;
  std::vector<const Zone*> open;
  for (const Zone& zone : zones) {
    std::erase_if(open, [&](const Zone* other) { return other->last_begin_ns <= begin_of(zone); });
    for (const Zone* other : open) {
      if (other->precedes(zone) && zone.precedes(*other)) report(*other, zone);
    }
    if (!zone.is_forward()) continue;
    const auto place = std::find_if(open.begin(), open.end(), [&](const Zone* other) {
      return other->last_begin_ns < zone.last_begin_ns;
    });
    open.insert(place, &zone);
    if (open.size() > most_open) open.pop_back();
  }
  return conflicts;
}

namespace {

/// Takes the clusters in an order that explains them, as far as there is one: always one that none
/// of the remaining has to precede.
class Ordering {
 public:
  Ordering(const std::vector<Zone>& zones, const Operations& operations, const UsableReads& usable)
      : zones_(zones), by_end_(zones.size()), taken_(zones.size()), waits_for_(zones.size()) {
    const auto& sessions = operations.sessions;
    std::vector<std::uint32_t> zone_of(sessions.size(), none);
    std::uint32_t initial = none;
    for (std::uint32_t zone = 0; zone < zones.size(); ++zone) {
      by_end_[zone] = zone;
      (zones[zone].value == initial_value ? initial : zone_of[zones[zone].value]) = zone;
    }
    for (Value index = 0; index < sessions.size(); ++index) {
      const SessionOperations& session = sessions[index];
      if (!usable[index] || !session.ordered || session.value == index) continue;
      if (session.write.end_ns < session.read.begin_ns) continue;  // the intervals say it already
      const auto after = session.value == initial_value ? initial : zone_of[session.value];
      edges_.push_back({zone_of[index], after});
    }
    std::sort(edges_.begin(), edges_.end());
    for (const auto& [before, after] : edges_) ++waits_for_[after];
    std::sort(by_end_.begin(), by_end_.end(),
              [&](auto a, auto b) { return zones[a].first_end_ns < zones[b].first_end_ns; });
  }

  Conflicts pairs(std::size_t most) const {
    Conflicts conflicts;
    for (const auto& [before, after] : edges_) {
      if (!is_edge(after, before)) continue;
      ++conflicts.count;
      if (conflicts.found.size() >= most) continue;
      conflicts.found.push_back({zones_[before].value, zones_[after].value});
    }
    return conflicts;
  }

  std::optional<Conflict> cycle() {
    if (edges_.empty()) return std::nullopt;
    for (std::uint32_t zone = 0; zone < zones_.size(); ++zone) make_ready(zone);
    for (std::size_t left = zones_.size(); left > 0; --left) {
      const std::uint32_t zone = next();
      if (zone == none) return shortened(cycle_among_the_rest());
      take(zone);
    }
    return std::nullopt;
  }

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  using Edge = std::pair<std::uint32_t, std::uint32_t>;

  void make_ready(std::uint32_t zone) {
    if (waits_for_[zone] == 0) ready_.push({zones_[zone].last_begin_ns, zone});
  }

  /// Of the clusters not taken, the one with the earliest end; but not `except`.
  std::uint32_t earliest_end(std::uint32_t except) {
    while (first_ < by_end_.size() && taken_[by_end_[first_]]) ++first_;
    std::size_t at = first_;
    if (at < by_end_.size() && by_end_[at] == except) {
      second_ = std::max(second_, first_ + 1);
      while (second_ < by_end_.size() && taken_[by_end_[second_]]) ++second_;
      at = second_;
    }
    return at < by_end_.size() ? by_end_[at] : none;
  }

  bool is_free(std::uint32_t zone) {
    const std::uint32_t other = earliest_end(zone);
    return waits_for_[zone] == 0 && (other == none || !zones_[other].precedes(zones_[zone]));
  }

  /// A cluster that may come next. Only two need to be asked: the ready one with the least latest
  /// begin, and the one whose own early end bars all others but not itself.
  std::uint32_t next() {
    while (!ready_.empty() && taken_[ready_.top().second]) ready_.pop();
    if (!ready_.empty() && is_free(ready_.top().second)) return ready_.top().second;
    const std::uint32_t first = earliest_end(none);
    return is_free(first) ? first : none;
  }

  void take(std::uint32_t zone) {
    taken_[zone] = true;
    auto edge = std::lower_bound(edges_.begin(), edges_.end(), Edge{zone, 0});
    for (; edge != edges_.end() && edge->first == zone; ++edge) {
      if (--waits_for_[edge->second] == 0) make_ready(edge->second);
    }
  }

  bool is_edge(std::uint32_t before, std::uint32_t after) const {
    return zones_[before].precedes(zones_[after]) ||
           std::binary_search(edges_.begin(), edges_.end(), Edge{before, after});
  }

  /// Nothing is free, so each of the rest has one of the rest before it: walking back comes round.
  std::vector<std::uint32_t> cycle_among_the_rest() {
    std::unordered_map<std::uint32_t, std::uint32_t> before;  // by a session's own order
    for (const auto& [from, to] : edges_) {
      if (!taken_[from]) before[to] = from;
    }
    std::vector<std::uint32_t> walk{earliest_end(none)};
    std::unordered_map<std::uint32_t, std::size_t> seen{{walk[0], 0}};
    for (;;) {
      const std::uint32_t here = walk.back();
      const std::uint32_t early = earliest_end(here);
      const bool by_time = early != none && zones_[early].precedes(zones_[here]);
      walk.push_back(by_time ? early : before.at(here));
      const auto [known, fresh] = seen.try_emplace(walk.back(), walk.size() - 1);
      if (!fresh) {
        std::vector<std::uint32_t> cycle(walk.begin() + known->second, walk.end() - 1);
        std::reverse(cycle.begin(), cycle.end());
        return cycle;
      }
    }
  }

  /// Takes every short cut there is, then names the values.
  Conflict shortened(std::vector<std::uint32_t> cycle) const {
    for (bool again = true; again;) {
      again = false;
      for (std::size_t from = 0; from < cycle.size() && !again; ++from) {
        for (std::size_t skip = cycle.size() - 1; skip >= 2 && !again; --skip) {
          if (!is_edge(cycle[from], cycle[(from + skip) % cycle.size()])) continue;
          std::rotate(cycle.begin(), cycle.begin() + from, cycle.end());
          cycle.erase(cycle.begin() + 1, cycle.begin() + skip);
          again = true;
        }
      }
    }
    Conflict values;
    for (const std::uint32_t zone : cycle) values.push_back(zones_[zone].value);
    return values;
  }

  const std::vector<Zone>& zones_;
  std::vector<std::uint32_t> by_end_;
  std::vector<bool> taken_;
  std::vector<std::uint32_t> waits_for_;  // how many sessions put another cluster before this one
  std::vector<Edge> edges_;
  std::priority_queue<std::pair<std::int64_t, std::uint32_t>,
                      std::vector<std::pair<std::int64_t, std::uint32_t>>, std::greater<>>
      ready_;
  std::size_t first_ = 0;
  std::size_t second_ = 0;
};

}  // namespace

Conflicts conflicting_sessions(const std::vector<Zone>& zones, const Operations& operations,
                               const UsableReads& usable, std::size_t most) {
  return Ordering(zones, operations, usable).pairs(most);
}

std::optional<Conflict> conflicting_circle(const std::vector<Zone>& zones,
                                           const Operations& operations,
                                           const UsableReads& usable) {
  return Ordering(zones, operations, usable).cycle();
}

}  // namespace lastword
