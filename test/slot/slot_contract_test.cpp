// The contract of slot.h, for every back end.

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "slot/etcd_slot.h"
#include "slot/memory_slot.h"
#include "slot/own_name.h"
#include "support/etcd.h"

namespace lastword {
namespace {

using test::Flag;
using test::message_of;

struct BackEnd {
  std::string name;
  std::function<std::unique_ptr<Slot>()> make;
  int rounds = 20'000;  ///< of a test that repeats; fewer where an access takes long
  friend std::ostream& operator<<(std::ostream& out, const BackEnd& back_end) {
    return out << back_end.name;
  }
};

class SlotContract : public testing::TestWithParam<BackEnd> {
 protected:
  /// Stores, waits until that is done, and gives whether it succeeded.
  bool store(const Message& message, Turn* turn = nullptr) {
    Flag done;
    Access access{done, turn, message, {}};
    slot_->store(access);
    done.wait();
    return !access.refusal;
  }

  /// Loads, and waits until that is done.
  Message load(Turn* turn = nullptr) {
    Flag done;
    Access access{done, turn, {}, {}};
    slot_->load(access);
    done.wait();
    EXPECT_FALSE(access.refusal);
    return access.message;
  }

  const std::unique_ptr<Slot> slot_ = GetParam().make();
};

TEST_P(SlotContract, HoldsTheEmptyMessageAtFirst_Spec3_1) { EXPECT_TRUE(load().empty()); }

TEST_P(SlotContract, ALoadSeesTheLastStore_Spec3_1) {
  ASSERT_TRUE(store(message_of("1234567890123456789")));
  EXPECT_EQ(load().text(), "1234567890123456789");
  ASSERT_TRUE(store(message_of("b")));
  EXPECT_EQ(load().text(), "b");
  EXPECT_EQ(load().text(), "b");
}

TEST_P(SlotContract, ALoadIsNeverAMixture_Spec3_1_Spec3_2) {
  std::atomic<bool> stop{false};
  std::atomic<int> mixtures{0};
  std::vector<std::thread> threads;
  for (int writer = 0; writer < 3; ++writer) {
    threads.emplace_back([&, writer] {
      for (int i = 0; i < GetParam().rounds; ++i) {
        const auto letter = static_cast<char>('a' + (writer * 7 + i) % 26);
        // Each letter has a length of its own, so that a stale tail shows too.
        store(message_of(std::string(static_cast<std::size_t>(1 + letter % 19), letter)));
      }
      stop = true;
    });
  }
  for (int reader = 0; reader < 2; ++reader) {
    threads.emplace_back([&] {
      while (!stop) {
        const Message seen = load();
        if (seen.empty()) continue;
        const std::string_view text = seen.text();
        const bool whole = text.find_first_not_of(text.front()) == std::string_view::npos &&
                           text.size() == static_cast<std::size_t>(1 + text.front() % 19);
        if (!whole) ++mixtures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(mixtures, 0);
}

TEST_P(SlotContract, NobodySeesAnOlderMessageThanOneSeenBefore_Spec3_4) {
  // One writer counts up: whoever looks twice must not see the count go back, and what the writer
  // itself loads must be what it stored.
  std::atomic<bool> stop{false};
  std::atomic<int> went_back{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 2; ++reader) {
    readers.emplace_back([&] {
      int last = 0;
      while (!stop) {
        const Message seen = load();
        const int count = seen.empty() ? 0 : std::stoi(std::string(seen.text()));
        if (count < last) ++went_back;
        last = count;
      }
    });
  }
  for (int count = 1; count <= GetParam().rounds; ++count) {
    const Message message = message_of(std::to_string(count));
    ASSERT_TRUE(store(message));
    ASSERT_EQ(load(), message);
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(went_back, 0);
}

TEST_P(SlotContract, TurnsComeFirstComeFirstServed_Spec3_3) {
  Flag first, second, third;
  auto first_turn = slot_->enter(first);
  auto second_turn = slot_->enter(second);
  auto third_turn = slot_->enter(third);
  first.wait();
  EXPECT_EQ(second.times(), 0);
  first_turn.reset();
  second.wait();
  EXPECT_EQ(third.times(), 0);
  second_turn.reset();
  third.wait();
  third_turn.reset();
  EXPECT_EQ(first.times() + second.times() + third.times(), 3) << "each is told once";
}

TEST_P(SlotContract, ATurnCanBeGivenUpBeforeItCame_Spec3_3) {
  Flag first, gives_up, third;
  auto first_turn = slot_->enter(first);
  auto given_up = slot_->enter(gives_up);
  auto third_turn = slot_->enter(third);
  first.wait();
  given_up.reset();
  first_turn.reset();
  third.wait();
  EXPECT_EQ(gives_up.times(), 0);
}

TEST_P(SlotContract, OnlyOneHasTheTurn_Spec3_3) {
  std::atomic<int> inside{0};
  std::atomic<int> overlaps{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < GetParam().rounds / 40; ++round) {
        Flag has_turn;
        const auto turn = slot_->enter(has_turn);
        has_turn.wait();
        if (turn->refusal() || inside.fetch_add(1) != 0) ++overlaps;
        inside.fetch_sub(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(overlaps, 0);
}

TEST_P(SlotContract, TheHolderOfTheTurnGetsItsOwnWordsBack_Spec3_3) {
  Flag has_turn;
  const auto turn = slot_->enter(has_turn);
  has_turn.wait();
  EXPECT_TRUE(store(message_of("x"), turn.get()));
  EXPECT_EQ(load(turn.get()).text(), "x");
}

/// One etcd for all tests of this program; each slot has a key of its own.
std::unique_ptr<Slot> make_etcd_slot() {
  static test::EtcdCluster etcd;
  static int keys = 0;
  EtcdOptions options;
  options.endpoints = etcd.endpoints();
  auto slot = open_etcd_slot(options, "slot" + std::to_string(keys++), {});
  if (!slot) throw std::runtime_error(slot.error().text);
  return std::move(*slot);
}

INSTANTIATE_TEST_SUITE_P(BackEnds, SlotContract,
                         testing::Values(BackEnd{"memory",
                                                 [] { return std::make_unique<MemorySlot>(); }},
                                         BackEnd{"shm", [] { return test::OwnName().open(); }},
                                         BackEnd{"etcd", make_etcd_slot, 400}),
                         [](const auto& back_end) { return back_end.param.name; });

}  // namespace
}  // namespace lastword
