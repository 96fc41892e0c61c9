// shm:NAME under kill -9: at every machine instruction of an access, and at random moments.

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <new>
#include <random>
#include <thread>

#include "slot/own_name.h"
#include "support/process.h"

namespace lastword::test {
namespace {

/// How much longer than in a quick run the random kills go on: LASTWORD_KILLS=100, say.
int effort() {
  const char* factor = std::getenv("LASTWORD_KILLS");
  return factor == nullptr ? 1 : std::max(1, std::atoi(factor));
}

/// Memory that children share with the test.
template <class T>
class Shared {
 public:
  Shared() {
    void* memory =
        mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    value_ = new (memory) T();
  }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  ~Shared() { munmap(value_, sizeof(T)); }
  T* operator->() { return value_; }
  T& operator*() { return *value_; }

 private:
  T* value_;
};

pid_t start_child(const std::function<void()>& work) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  try {
    work();
  } catch (...) {
    _exit(9);
  }
  _exit(0);
}

void kill_child(pid_t pid) {
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
}

constexpr int not_permitted = -2;

/// A child that runs `work` is stopped after `steps` machine instructions of it, and killed. Gives
/// the steps that it took, fewer where the work was done.
int kill_after(int steps, const std::function<void()>& work) {
  const pid_t pid = start_child([&] {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(8);
    raise(SIGSTOP);
    work();
    raise(SIGSTOP);
  });
  int status = 0;
  waitpid(pid, &status, 0);
  if (!WIFSTOPPED(status)) return not_permitted;
  int step = 0;
  while (step < steps && ptrace(PTRACE_SINGLESTEP, pid, nullptr, nullptr) == 0) {
    waitpid(pid, &status, 0);
    if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP) break;
    ++step;
  }
  kill_child(pid);
  return step;
}

const Message old_message = message_of("the old one");
const Message new_message = message_of("another, longer one");

TEST(Spec3_4_ShmKilled, AtEveryInstructionOfAStore) {
  if (is_sanitized()) GTEST_SKIP() << "these are not the instructions that users run";
  const OwnName name;
  const auto slot = name.open();
  ASSERT_TRUE(store(*slot, old_message));
  const auto store_new = [&] { store(*slot, new_message); };
  const int all = kill_after(1'000'000, store_new);
  if (all == not_permitted) GTEST_SKIP() << "nobody may be traced here";
  ASSERT_GT(all, 100);

  const int stride = 1 + all / 500;  // more than that are too slow
  int before = 0;
  int after = 0;
  for (int step = 0; step <= all; step += stride) {
    ASSERT_TRUE(store(*slot, old_message));
    kill_after(step, store_new);
    const Message seen = load(*slot);  // a lock that died with its holder would block this
    if (seen == old_message) {
      ++before;
      ASSERT_EQ(after, 0) << "at step " << step << " a store that was done is undone";
    } else {
      ASSERT_EQ(seen, new_message) << "at step " << step;
      ++after;
    }
  }
  EXPECT_GT(before, 10);
  EXPECT_GT(after, 10);
  std::cout << before + after << " kills among " << all << " instructions, " << before
            << " before the store took effect\n";
}

TEST(Spec3_4_ShmKilled, AtEveryInstructionOfARepair) {
  if (is_sanitized()) GTEST_SKIP() << "these are not the instructions that users run";
  const OwnName name;
  const auto slot = name.open();
  const auto segment = SharedSegment::open(name.text(), IfMissing::fail);
  ASSERT_TRUE(segment);
  const auto die_inside = [&] {
    kill_child(start_child([&] {
      new SharedLock(segment->layout());  // never given back
    }));
  };
  const auto repair_and_store = [&] { store(*slot, new_message); };
  die_inside();
  const int all = kill_after(1'000'000, repair_and_store);
  if (all == not_permitted) GTEST_SKIP() << "nobody may be traced here";
  const int stride = 1 + all / 500;
  for (int step = 0; step <= all; step += stride) {
    ASSERT_TRUE(store(*slot, old_message));
    die_inside();
    kill_after(step, repair_and_store);
    const Message seen = load(*slot);
    ASSERT_TRUE(seen == old_message || seen == new_message) << "at step " << step;
  }
}

/// Each letter has a length of its own, so that a stale tail shows too.
Message uniform(unsigned number) {
  const auto letter = static_cast<char>('a' + number % 19);
  return message_of(std::string(static_cast<std::size_t>(letter - 'a' + 1), letter));
}

bool is_uniform(const Message& message) {
  if (message.empty()) return true;
  const std::string_view text = message.text();
  return text.find_first_not_of(text.front()) == std::string_view::npos &&
         text.size() == static_cast<std::size_t>(text.front() - 'a' + 1);
}

struct Seen {
  std::atomic<std::uint64_t> stores{0};
  std::atomic<std::uint64_t> loads{0};
  std::atomic<int> wrong{0};
};

TEST(Spec3_1_ShmKilled, AtRandomWhileOthersStoreAndLoad) {
  const OwnName name;
  const auto slot = name.open();
  Shared<Seen> seen;
  const auto store_for_ever = [&] {
    for (unsigned i = 0;; ++i) {
      if (!store(*slot, uniform(i))) ++seen->wrong;
      ++seen->stores;
    }
  };
  const pid_t loader = start_child([&] {
    for (;;) {
      if (!is_uniform(load(*slot))) ++seen->wrong;
      ++seen->loads;
    }
  });
  const pid_t bystander = start_child(store_for_ever);
  std::mt19937 random(1);
  const int kills = 300 * effort();
  for (int i = 0; i < kills; ++i) {
    const pid_t victim = start_child(store_for_ever);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 2'000));
    kill_child(victim);
    if (!is_uniform(load(*slot))) ++seen->wrong;
  }
  const auto stores = seen->stores.load();
  const auto loads = seen->loads.load();
  EXPECT_TRUE(eventually([&] { return seen->stores > stores && seen->loads > loads; }))
      << "whoever was not killed goes on";
  kill_child(loader);
  kill_child(bystander);
  EXPECT_EQ(seen->wrong, 0);
  std::cout << kills << " killed, " << stores << " stores, " << loads << " loads\n";
}

struct Turns {
  std::atomic<int> holder{0};  ///< the process that has the turn
  std::atomic<int> wrong{0};
  std::atomic<std::uint64_t> taken{0};
};

TEST(Spec3_3_ShmKilled, AtRandomTheHolderOfTheTurnGivesItOn) {
  const OwnName name;
  name.open();
  Shared<Turns> turns;
  const auto take_turns = [&] {
    const auto slot = name.open();  // a server's own: a turn belongs to an open file
    for (unsigned i = 0;; ++i) {
      Flag has_turn;
      const auto turn = slot->enter(has_turn);
      has_turn.wait();
      const Message mine = message_of(std::to_string(getpid()) + "." + std::to_string(i));
      if (turn->refusal() || !store(*slot, mine)) ++turns->wrong;
      std::this_thread::sleep_for(std::chrono::microseconds(i % 3 * 100));
      if (load(*slot) != mine) ++turns->wrong;  // its own words
      ++turns->taken;
    }
  };
  const pid_t bystander = start_child(take_turns);
  std::mt19937 random(2);
  const int kills = 150 * effort();
  for (int i = 0; i < kills; ++i) {
    const pid_t one = start_child(take_turns);
    const pid_t two = start_child(take_turns);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 6'000));
    kill_child(one);
    kill_child(two);
  }
  const auto taken = turns->taken.load();
  EXPECT_TRUE(eventually([&] { return turns->taken > taken + 10; }))
      << "whoever was not killed goes on";
  kill_child(bystander);
  EXPECT_EQ(turns->wrong, 0);
  std::cout << 2 * kills << " killed, " << taken << " turns\n";
}

}  // namespace
}  // namespace lastword::test
