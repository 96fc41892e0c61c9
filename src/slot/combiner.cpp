#include "slot/combiner.h"

#include <algorithm>
#include <cassert>

namespace lastword {
namespace {

bool take_out(std::vector<Access*>& accesses, const Access& access) {
  const auto place = std::find(accesses.begin(), accesses.end(), &access);
  if (place == accesses.end()) return false;
  accesses.erase(place);
  return true;
}

}  // namespace

void Combiner::Lane::begin() {
  assert(may_begin() && in_flight.empty());
  is_busy = true;
  in_flight.swap(waiting);
}

void Combiner::Lane::end() {
  assert(is_busy);
  is_busy = false;
  in_flight.clear();
}

void Combiner::give_up(Access& access) {
  if (take_out(stores_.waiting, access)) {
    access.refusal = Refusal::not_stored;
  } else if (take_out(stores_.in_flight, access)) {
    access.refusal = Refusal::unknown;
  } else if (take_out(loads_.waiting, access) || take_out(loads_.in_flight, access)) {
    access.refusal = Refusal::unread;
  }
}

Message Combiner::begin_put() {
  stores_.begin();
  return stores_.in_flight.back()->message;
}

void Combiner::end_put(std::optional<Refusal> refusal) {
  for (Access* access : stores_.in_flight) {
    access->refusal = refusal;
    access->completion.set();
  }
  stores_.end();
}

void Combiner::begin_read() { loads_.begin(); }

void Combiner::end_read(const std::optional<Message>& seen) {
  for (Access* access : loads_.in_flight) {
    if (seen) {
      access->message = *seen;
    } else {
      access->refusal = Refusal::unread;
    }
    access->completion.set();
  }
  loads_.end();
}

}  // namespace lastword
