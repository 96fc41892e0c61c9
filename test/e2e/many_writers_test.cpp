// A thousand writers at once, with the assignment's own hold. One thread plays them all, so that
// the machine is the server's.

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <set>

#include "net/fd.h"
#include "support/server.h"

namespace lastword::test {
namespace {

TEST(ManyWriters, AThousandAtOnceAllGetAWholeMessage_Spec1_3_Spec3_1_Spec4_1) {
  constexpr std::size_t count = 1000;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < count + 100) GTEST_SKIP() << "needs " << count + 100 << " descriptors";

  Server server({"--engine", "threads", "--hold", "2s", "-n", std::to_string(count)});
  std::set<std::string> sent;
  std::vector<Writer> writers;
  std::vector<Clock::time_point> sent_at;
  const Fd ready(epoll_create1(EPOLL_CLOEXEC));
  for (std::size_t i = 0; i < count; ++i) {
    const std::string message = "writer " + std::to_string(i) + "\n";
    writers.push_back(server.connect());
    send(writers.back(), message);
    sent_at.push_back(Clock::now());
    sent.insert(message);
    epoll_event event{EPOLLIN | EPOLLONESHOT, {.u64 = i}};
    ASSERT_EQ(epoll_ctl(ready.get(), EPOLL_CTL_ADD, writers.back().fd(), &event), 0);
  }

  // Only the replies are taken as they come: what else is to be seen waits until all are there, so
  // that this thread delays none of them.
  std::vector<std::string> replies(count);
  std::vector<double> late_ms;
  std::array<epoll_event, 64> events;
  while (late_ms.size() < count) {
    const int got = epoll_wait(ready.get(), events.data(), events.size(), 20'000);
    ASSERT_GT(got, 0) << "after " << late_ms.size() << " replies";
    const auto now = Clock::now();
    for (int event = 0; event < got; ++event) {
      const std::size_t i = events[static_cast<std::size_t>(event)].data.u64;
      const auto piece = writers[i].receive(now, 100);
      ASSERT_TRUE(piece) << piece.error().text;
      replies[i] = piece->bytes;
      late_ms.push_back(std::chrono::duration<double, std::milli>(now - sent_at[i] - 2s).count());
    }
  }
  EXPECT_GE(*std::min_element(late_ms.begin(), late_ms.end()), 0);
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_TRUE(sent.contains(replies[i]))
        << "one whole message that somebody sent: " << replies[i];
    EXPECT_EQ(answer_to(writers[i]), reply("")) << "and then the close";
  }
  EXPECT_EQ(server.process().wait()->code, 0);

  std::sort(late_ms.begin(), late_ms.end());
  const auto percentile = [&](double p) {
    return late_ms[static_cast<std::size_t>(p * (count - 1))];
  };
  std::cout << "lateness of " << count << " replies, sent to received beyond the hold of 2 s: p50 "
            << percentile(0.50) << " ms, p99 " << percentile(0.99) << " ms, maximum "
            << late_ms.back() << " ms\n";
}

}  // namespace
}  // namespace lastword::test
