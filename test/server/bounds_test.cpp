// What keeps trouble small: pauses reported once, lines bounded, limits with names.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <cerrno>
#include <thread>
#include <vector>

#include "server/accept_pauses.h"
#include "server/line_budget.h"
#include "server/shortage.h"

namespace lastword {
namespace {

using namespace std::chrono_literals;

class CountingObserver final : public Observer {
 public:
  int paused = 0;
  int resumed = 0;
  Shortage last;
  std::uint64_t pauses = 0;
  Clock::duration episode{};
  void accepted(const SessionInfo&) override {}
  void stored(const SessionInfo&, const Message&) override {}
  void replied(const SessionInfo&, const Message&, Clock::time_point) override {}
  void refused(const SessionInfo&, Refusal) override {}
  void failed(const SessionInfo&, Failure) override {}
  void accept_paused(const Shortage& shortage) override {
    ++paused;
    last = shortage;
  }
  void accept_resumed(Clock::duration how_long, std::uint64_t how_often) override {
    ++resumed;
    episode = how_long;
    pauses = how_often;
  }
};

TEST(AcceptPauses, ReportsAnEpisodeOnceAndItsEndOnce_Spec5_2) {
  CountingObserver observer;
  AcceptPauses episodes(observer);
  const Clock::time_point start{};
  EXPECT_FALSE(episodes.calm_at());
  for (int i = 0; i < 100; ++i) {
    episodes.begin(Resource::descriptors, 0, start + i * 50ms);
    episodes.note_calm(start + i * 50ms + 1ms);
  }
  EXPECT_EQ(observer.paused, 1);
  EXPECT_EQ(observer.resumed, 0);
  EXPECT_EQ(observer.last.resource, Resource::descriptors);

  const auto last = start + 99 * 50ms;
  EXPECT_EQ(episodes.calm_at(), last + 1s);
  episodes.note_calm(last + 999ms);
  EXPECT_EQ(observer.resumed, 0);
  episodes.note_calm(last + 1s);
  EXPECT_EQ(observer.resumed, 1);
  EXPECT_EQ(observer.pauses, 100u);
  EXPECT_EQ(observer.episode, 100 * 50ms);
  episodes.note_calm(last + 5s);
  EXPECT_EQ(observer.resumed, 1);

  episodes.begin(Resource::threads, 0, last + 6s);
  EXPECT_EQ(observer.paused, 2);
}

TEST(AcceptPauses, NamesTheSessionLimitItWasGiven_Spec5_2) {
  CountingObserver observer;
  AcceptPauses episodes(observer);
  episodes.begin(Resource::sessions, 7, Clock::time_point{});
  EXPECT_EQ(observer.last.limit.name, "--max-sessions");
  EXPECT_EQ(observer.last.limit.value, 7u);
}

TEST(Shortage, KnowsWhichAcceptErrorsAreShortages_Spec5_2) {
  EXPECT_EQ(resource_behind_accept_error(EMFILE), Resource::descriptors);
  EXPECT_EQ(resource_behind_accept_error(ENFILE), Resource::system_descriptors);
  EXPECT_EQ(resource_behind_accept_error(ENOBUFS), Resource::memory);
  EXPECT_EQ(resource_behind_accept_error(ENOMEM), Resource::memory);
  EXPECT_FALSE(resource_behind_accept_error(ECONNABORTED));
  EXPECT_FALSE(resource_behind_accept_error(EPROTO));
}

TEST(Shortage, ReadsTheLimitsInForce_Spec5_2) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(limit_of(Resource::descriptors).value, limit.rlim_cur);
  EXPECT_EQ(raise_descriptor_limit(), limit.rlim_max);
  EXPECT_EQ(limit_of(Resource::descriptors).value, limit.rlim_max);
  ASSERT_TRUE(limit_of(Resource::threads).value);
  EXPECT_GT(*limit_of(Resource::threads).value, 0u);
}

TEST(LineBudget, AllowsABurstAndThenSoManyASecond) {
  LineBudget budget;
  const auto start = Clock::time_point{} + 1h;
  for (int i = 0; i < LineBudget::burst; ++i) ASSERT_TRUE(budget.take(start)) << i;
  EXPECT_FALSE(budget.take(start));
  EXPECT_FALSE(budget.take(start + 50ms));
  EXPECT_TRUE(budget.take(start + 150ms));
  EXPECT_EQ(budget.take_withheld(), 2u);
  EXPECT_EQ(budget.take_withheld(), 0u);

  int taken = 0;
  for (int i = 0; i < 1000; ++i) taken += budget.take(start + 150ms + i * 10ms) ? 1 : 0;
  EXPECT_NEAR(taken, 100, 2) << "ten seconds of a steady flood";
}

TEST(SharedLineBudget, CountsWhatManyThreadsMayNotWrite) {
  SharedLineBudget budget;
  std::atomic<std::uint64_t> written{0};
  std::atomic<std::uint64_t> told{0};
  constexpr std::uint64_t each = 50'000;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (std::uint64_t line = 0; line < each; ++line) {
        std::uint64_t withheld = 0;
        if (budget.take(withheld)) ++written;
        told += withheld;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(written, LineBudget::burst);
  EXPECT_LT(written, 4 * each);
  EXPECT_EQ(written + told + budget.take_withheld(), 4 * each) << "none is forgotten";
}

TEST(LineBudget, SaysWhenThereMayBeALineAgain) {
  LineBudget budget;
  const Clock::time_point start{1h};
  while (budget.take(start)) {
  }
  EXPECT_GT(budget.next_line_at(), start + 90ms);
  EXPECT_LE(budget.next_line_at(), start + 100ms);
  EXPECT_TRUE(budget.take(budget.next_line_at() + 1us));
}

TEST(LineBudget, SavesUpNoMoreThanABurst) {
  LineBudget budget;
  const auto start = Clock::time_point{} + 1h;
  EXPECT_TRUE(budget.take(start));
  int taken = 0;
  for (int i = 0; i < 5000; ++i) taken += budget.take(start + 24h) ? 1 : 0;
  EXPECT_EQ(taken, static_cast<int>(LineBudget::burst));
}

}  // namespace
}  // namespace lastword
