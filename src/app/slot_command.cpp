#include "app/slot_command.h"

#include <atomic>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/make_slot.h"
#include "app/output.h"
#include "protocol/escape.h"

namespace lastword {
namespace {

class Done final : public Completion {
 public:
  void set() noexcept override {
    done_ = true;
    done_.notify_one();
  }
  void wait() { done_.wait(false); }

 private:
  std::atomic<bool> done_{false};
};

int fail(const SlotCommand& command, const std::string& why) {
  return lastword::fail(exit_code::unreachable, "lastword-server",
                        "slot " + to_string(command.slot) + ": " + why);
}

int show(const SlotCommand& command, Slot& slot) {
  Done done;
  Access access{done, nullptr, {}, {}};
  slot.load(access);
  done.wait();
  if (access.refusal) return fail(command, "it can't be read: damaged, or out of reach");
  const std::string message = escaped(access.message.text());
  const nlohmann::ordered_json object{{"slot", to_string(command.slot)}, {"message", message}};
  const bool printed = print((command.json ? object.dump() : message) + "\n");
  return printed ? exit_code::yes : exit_code::unreachable;
}

/// In a turn of its own: no session of scope `session` is to find its words gone.
int clear(const SlotCommand& command, Slot& slot) {
  Done has_turn;
  const auto turn = slot.enter(has_turn);
  has_turn.wait();
  if (turn->refusal()) return fail(command, "there is no turn to be had; not cleared");
  Done done;
  Access access{done, turn.get(), {}, {}};
  slot.store(access);
  done.wait();
  if (!access.refusal) return exit_code::yes;
  return fail(command, *access.refusal == Refusal::unknown ? "unknown whether it was cleared"
                                                           : "not cleared: out of reach");
}

}  // namespace

int run_slot_command(const SlotCommand& command) {
  const auto slot = find_slot(command.slot, command.options);
  if (!slot) {
    return lastword::fail(exit_code::unreachable, "lastword-server", slot.error().text);
  }
  switch (command.what) {
    case SlotCommand::What::show: return show(command, **slot);
    case SlotCommand::What::clear: return clear(command, **slot);
  }
  return exit_code::usage;
}

}  // namespace lastword
