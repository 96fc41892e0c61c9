#include "slot/turn_queue.h"

namespace lastword {

class TurnQueue::Place final : public Turn {
 public:
  Place(TurnQueue& turns, Completion& completion) : turns_(turns) {
    const std::lock_guard lock(turns_.mutex_);
    place_ = turns_.queue_.insert(turns_.queue_.end(), &completion);
    if (has_turn()) completion.set();
  }

  ~Place() override {
    // The next is told under the lock: it could otherwise give up meanwhile, and be gone.
    const std::lock_guard lock(turns_.mutex_);
    const bool had_turn = has_turn();
    turns_.queue_.erase(place_);
    if (had_turn && !turns_.queue_.empty()) turns_.queue_.front()->set();
  }

 private:
  bool has_turn() const { return place_ == turns_.queue_.begin(); }

  TurnQueue& turns_;
  std::list<Completion*>::iterator place_;
};

std::unique_ptr<Turn> TurnQueue::enter(Completion& completion) {
  return std::make_unique<Place>(*this, completion);
}

}  // namespace lastword
