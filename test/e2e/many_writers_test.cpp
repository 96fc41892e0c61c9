// A thousand writers at once, with the assignment's own hold. One thread plays them all, so that
// the machine is the server's.

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <set>

#include "support/server.h"

namespace lastword::test {
namespace {

TEST(ManyWriters, AThousandAtOnceAllGetAWholeMessage_Spec1_3_Spec3_1_Spec4_1) {
  constexpr int count = 1000;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < count + 100) GTEST_SKIP() << "needs " << count + 100 << " descriptors";

  Server server({"--engine", "threads", "--hold", "2s", "-n", std::to_string(count)});
  std::set<std::string> sent;
  std::vector<Writer> writers;
  std::vector<Clock::time_point> sent_at;
  std::vector<pollfd> entries;
  for (int i = 0; i < count; ++i) {
    const std::string message = "writer " + std::to_string(i) + "\n";
    writers.push_back(server.connect());
    send(writers.back(), message);
    sent_at.push_back(Clock::now());
    sent.insert(message);
    entries.push_back({writers.back().fd(), POLLIN, 0});
  }

  std::vector<double> late_ms;
  int whole = 0;
  const auto deadline = Clock::now() + 60s;
  for (int left = count; left > 0 && Clock::now() < deadline;) {
    ASSERT_GT(poll(entries.data(), entries.size(), 20'000), 0);
    const auto now = Clock::now();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].revents == 0) continue;
      const Answer answer = answer_to(writers[i]);
      const auto taken = now - sent_at[i];
      EXPECT_GE(taken, 2s);
      late_ms.push_back(std::chrono::duration<double, std::milli>(taken - 2s).count());
      whole += answer.closed && sent.contains(answer.bytes) ? 1 : 0;
      entries[i].fd = -1;  // poll passes it over from now on
      --left;
    }
  }
  EXPECT_EQ(whole, count) << "each gets one whole message that somebody sent";
  EXPECT_EQ(server.process().wait()->code, 0);

  std::sort(late_ms.begin(), late_ms.end());
  ASSERT_EQ(late_ms.size(), static_cast<std::size_t>(count));
  const auto percentile = [&](double p) {
    return late_ms[static_cast<std::size_t>(p * (count - 1))];
  };
  std::cout << "lateness of " << count << " replies, sent to received beyond the hold of 2 s: p50 "
            << percentile(0.50) << " ms, p99 " << percentile(0.99) << " ms, maximum "
            << late_ms.back() << " ms\n";
}

}  // namespace
}  // namespace lastword::test
