#include "history/brute_force.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace lastword {
namespace {

struct Step {
  bool is_read = false;
  bool optional = false;
  std::string text;
  std::int64_t begin = std::numeric_limits<std::int64_t>::min();
  std::int64_t end = std::numeric_limits<std::int64_t>::max();
  int after = -1;  // a step that must come first
};

std::vector<Step> steps_of(const History& history) {
  const std::int64_t hold = std::max<std::int64_t>(0, history.hold_ns - history.slack_ns);
  std::vector<Step> steps;
  for (const SessionRecord& session : history.sessions) {
    const bool replied = session.outcome == Outcome::replied;
    const bool sent = session.sent_ns.has_value();
    const bool backwards = replied && sent && *session.first_byte_ns < *session.sent_ns;
    const bool early = replied && sent && *session.first_byte_ns < *session.sent_ns + hold;
    int write_at = -1;
    if (sent && session.outcome != Outcome::refused) {
      Step write{false, !replied, session.message};
      write.begin = *session.sent_ns;
      if (replied && !backwards) write.end = *session.first_byte_ns - (early ? 0 : hold);
      write_at = static_cast<int>(steps.size());
      steps.push_back(write);
    }
    if (!replied) continue;
    Step read{true, false, session.reply};
    read.end = *session.first_byte_ns;
    if (sent && !backwards) read.begin = *session.sent_ns + (early ? 0 : hold);
    if (sent && !early) read.after = write_at;
    steps.push_back(read);
  }
  return steps;
}

class Search {
 public:
  explicit Search(std::vector<Step> steps) : steps_(std::move(steps)) {}

  bool from(unsigned done, const std::string& held) {
    if (!seen_.insert({done, held}).second) return false;
    bool complete = true;
    for (unsigned at = 0; at < steps_.size(); ++at) {
      if ((done >> at & 1) != 0) continue;
      const Step& step = steps_[at];
      complete = complete && step.optional;
      if (!may_come_next(at, done) || (step.is_read && step.text != any_value && step.text != held))
        continue;
      if (from(done | 1U << at, step.is_read ? held : step.text)) return true;
    }
    return complete;
  }

 private:
  bool may_come_next(unsigned at, unsigned done) const {
    for (unsigned other = 0; other < steps_.size(); ++other) {
      if ((done >> other & 1) != 0 || other == at) continue;
      if (steps_[other].end < steps_[at].begin) return false;
      if (steps_[at].after == static_cast<int>(other)) return false;
    }
    return true;
  }

  std::vector<Step> steps_;
  std::set<std::pair<unsigned, std::string>> seen_;
};

}  // namespace

bool is_linearizable_by_search(const History& history) {
  assert(history.sessions.size() <= 15);
  return Search(steps_of(history)).from(0, history.initial);
}

}  // namespace lastword
