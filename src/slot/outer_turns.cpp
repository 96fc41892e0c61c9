#include "slot/outer_turns.h"

#include <cassert>

namespace lastword {

class OuterTurns::Place final : public Turn {
 public:
  Place(OuterTurns& turns, Completion& completion) : turns_(turns), completion_(completion) {
    const std::lock_guard lock(turns_.mutex_);
    place_ = turns_.queue_.insert(turns_.queue_.end(), this);
    if (turns_.state_ == State::idle) turns_.ask();
  }

  ~Place() override {
    const std::lock_guard lock(turns_.mutex_);
    if (refusal_) return;  // it has left the queue already
    const bool had_turn = turns_.state_ == State::held && place_ == turns_.queue_.begin();
    turns_.queue_.erase(place_);
    if (!had_turn) return;
    if (!turns_.queue_.empty() && turns_.lock_.is_mine_alone()) {
      turns_.queue_.front()->grant();
      return;
    }
    turns_.lock_.release();
    turns_.state_ = State::idle;
    if (!turns_.queue_.empty()) turns_.ask();
  }

  std::optional<Refusal> refusal() const override { return refusal_; }

  // Both are called with the queue locked: this could otherwise give up meanwhile, and be gone.
  void grant() { completion_.set(); }
  void refuse() {
    refusal_ = Refusal::not_stored;
    completion_.set();
  }

 private:
  OuterTurns& turns_;
  Completion& completion_;
  std::list<Place*>::iterator place_;
  std::optional<Refusal> refusal_;
};

std::unique_ptr<Turn> OuterTurns::enter(Completion& completion) {
  return std::make_unique<Place>(*this, completion);
}

void OuterTurns::answer(bool granted) {
  const std::lock_guard lock(mutex_);
  assert(state_ == State::asked);
  take(granted);
}

void OuterTurns::ask() {
  state_ = State::asked;
  const OuterLock::Answer answer = lock_.ask(*this);
  if (answer != OuterLock::Answer::later) take(answer == OuterLock::Answer::granted);
}

void OuterTurns::take(bool granted) {
  if (granted && !queue_.empty()) {
    state_ = State::held;
    return queue_.front()->grant();
  }
  state_ = State::idle;
  if (granted) return lock_.release();  // whoever asked for it has given up
  // A refused session may end as soon as it is told, and then waits for the queue's lock.
  for (Place* place : queue_) place->refuse();
  queue_.clear();
}

}  // namespace lastword
