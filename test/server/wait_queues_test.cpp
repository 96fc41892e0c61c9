#include "server/wait_queues.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <map>
#include <vector>

namespace lastword {
namespace {

using namespace std::chrono_literals;

constexpr std::array<Clock::duration, 3> lengths{10ms, 2s, WaitQueues::for_ever};
const Clock::time_point start{1h};

TEST(WaitQueues, TheFirstToBeDueIsAtAFront) {
  WaitQueues queues(lengths);
  WaitNode holds, is_quiet;
  EXPECT_FALSE(queues.next());
  queues.add(holds, 2s, start + 2s);
  queues.add(is_quiet, 10ms, start + 10ms);
  EXPECT_EQ(queues.next(), start + 10ms);
  EXPECT_EQ(queues.take_due(start + 9ms), nullptr);
  EXPECT_EQ(queues.take_due(start + 10ms), &is_quiet);
  EXPECT_FALSE(WaitQueues::waits(is_quiet));
  EXPECT_EQ(queues.next(), start + 2s);
}

TEST(WaitQueues, WhoWaitsForNoTimeIsNeverDueButIsFound) {
  WaitQueues queues(lengths);
  WaitNode node;
  queues.add(node, WaitQueues::for_ever, Clock::time_point::max());
  EXPECT_FALSE(queues.next());
  EXPECT_EQ(queues.take_due(start + 24h), nullptr);
  int found = 0;
  queues.every_one([&](WaitNode& visited) { found += &visited == &node ? 1 : 0; });
  EXPECT_EQ(found, 1);
}

TEST(WaitQueues, AVisitMayEndTheWaitAndBeginAnother) {
  WaitQueues queues(lengths);
  std::array<WaitNode, 4> nodes;
  for (WaitNode& node : nodes) queues.add(node, 10ms, start);
  int visits = 0;
  queues.every_one([&](WaitNode& node) {
    ++visits;
    if (node.until != start) return;
    WaitQueues::remove(node);
    queues.add(node, 2s, start + 2s);
  });
  EXPECT_EQ(visits, 8) << "each once, and once more in the queue that is looked at later";
  EXPECT_EQ(queues.next(), start + 2s);
}

/// Whatever begins and ends in whatever order, they come due as a sorted map would have it.
RC_GTEST_PROP(WaitQueuesProperty, AreASortedMap, ()) {
  const auto seeds = *rc::gen::container<std::vector<unsigned>>(rc::gen::inRange(0u, 100'000u));
  WaitQueues queues(lengths);
  std::vector<WaitNode> nodes(seeds.size());
  std::multimap<Clock::time_point, const WaitNode*> expected;
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    const auto length = lengths[seeds[i] % 2];
    const auto until = start + std::chrono::milliseconds(seeds[i] % 977);
    queues.add(nodes[i], length, until);
    expected.emplace(until, &nodes[i]);
    if (seeds[i] % 5 == 0) {
      WaitNode& ends = nodes[seeds[i] % (i + 1)];
      if (!WaitQueues::waits(ends)) continue;
      std::erase_if(expected, [&](const auto& entry) { return entry.second == &ends; });
      WaitQueues::remove(ends);
    }
  }
  while (!expected.empty()) {
    const auto first = expected.begin()->first;
    RC_ASSERT(queues.next() == first);
    RC_ASSERT(queues.take_due(first - 1ns) == nullptr);
    const WaitNode* due = queues.take_due(first);
    RC_ASSERT(due != nullptr);
    RC_ASSERT(due->until == first);
    std::erase_if(expected, [&](const auto& entry) { return entry.second == due; });
  }
  RC_ASSERT(!queues.next().has_value());
}

}  // namespace
}  // namespace lastword
