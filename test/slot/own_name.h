#pragma once

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>

#include "slot/shm_slot.h"
#include "support/shm_name.h"

namespace lastword::test {

/// A slot's own name, and the slot.
class OwnName : public ShmName {
 public:
  /// A slot of that name, made where there is none. It lives on when the name is gone.
  std::unique_ptr<Slot> open() const {
    auto slot = ShmSlot::open(text(), IfMissing::create);
    if (!slot) throw std::runtime_error(slot.error().text);
    return std::move(*slot);
  }
};

/// What a waiting session is to the slot: somebody to tell.
class Flag final : public Completion {
 public:
  void set() noexcept override {
    times_.fetch_add(1);
    times_.notify_all();
  }
  int times() const { return times_; }
  void wait() { times_.wait(0); }

 private:
  std::atomic<int> times_{0};
};

inline Message message_of(const std::string& text) { return *Message::from(text); }

/// Stores at once, as a slot in memory does; gives whether it succeeded.
inline bool store(Slot& slot, const Message& message) {
  Flag done;
  Access access{done, nullptr, message, {}};
  slot.store(access);
  return done.times() == 1 && !access.refusal;
}

/// Loads at once; throws where that fails.
inline Message load(Slot& slot) {
  Flag done;
  Access access{done, nullptr, {}, {}};
  slot.load(access);
  if (done.times() != 1 || access.refusal) throw std::runtime_error("not loaded");
  return access.message;
}

}  // namespace lastword::test
