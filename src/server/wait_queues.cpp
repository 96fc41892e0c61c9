#include "server/wait_queues.h"

#include <cassert>

namespace lastword {

WaitQueues::WaitQueues(std::span<const Clock::duration> lengths) {
  for (const Clock::duration length : lengths) queues_.emplace_back(length);
}

void WaitQueues::add(WaitNode& node, Clock::duration length, Clock::time_point until) {
  assert(!waits(node));
  WaitNode* before = queue_of(length).ring.before;
  // The ring's own time is the least there is, so this ends.
  while (before->until > until) before = before->before;
  node.until = until;
  node.before = before;
  node.behind = before->behind;
  before->behind->before = &node;
  before->behind = &node;
}

void WaitQueues::remove(WaitNode& node) {
  if (!waits(node)) return;
  node.before->behind = node.behind;
  node.behind->before = node.before;
  node.before = node.behind = nullptr;
}

std::optional<Clock::time_point> WaitQueues::next() const {
  std::optional<Clock::time_point> first;
  for (const Queue& queue : queues_) {
    if (queue.empty() || queue.length == for_ever) continue;
    const auto until = queue.ring.behind->until;
    if (!first || until < *first) first = until;
  }
  return first;
}

WaitNode* WaitQueues::take_due(Clock::time_point now) {
  for (Queue& queue : queues_) {
    WaitNode* node = queue.ring.behind;
    if (queue.empty() || queue.length == for_ever || node->until > now) continue;
    remove(*node);
    return node;
  }
  return nullptr;
}

WaitQueues::Queue& WaitQueues::queue_of(Clock::duration length) {
  for (Queue& queue : queues_) {
    if (queue.length == length) return queue;
  }
  assert(false && "a length that nobody has spoken of");
  return queues_.front();
}

}  // namespace lastword
