#include "bench/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace lastword {
namespace {

std::vector<std::int64_t> times(Schedule schedule, std::size_t count) {
  std::vector<std::int64_t> all;
  for (; all.size() < count; schedule.advance()) all.push_back(schedule.next_ns());
  return all;
}

TEST(BenchSchedule, ConstantArrivalsAreEven) {
  EXPECT_EQ(times(Schedule(Arrivals::constant, 1000, 0, 1, 1), 4),
            (std::vector<std::int64_t>{0, 1'000'000, 2'000'000, 3'000'000}));
}

TEST(BenchSchedule, ConstantArrivalsDontDrift) {
  const auto all = times(Schedule(Arrivals::constant, 3, 0, 1, 1), 3'000'001);
  EXPECT_EQ(all.back(), 1'000'000LL * 1'000'000'000);
}

TEST(BenchSchedule, ConstantArrivalsOfSeveralProcessesAreEvenTogether) {
  std::vector<std::int64_t> all;
  for (std::uint32_t worker = 0; worker < 4; ++worker) {
    const auto some = times(Schedule(Arrivals::constant, 1000, worker, 4, 1), 5);
    all.insert(all.end(), some.begin(), some.end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, times(Schedule(Arrivals::constant, 1000, 0, 1, 1), 20));
}

TEST(BenchSchedule, PoissonArrivalsHaveTheRateAndSpreadOfPoisson) {
  constexpr std::size_t count = 200'000;
  const auto all = times(Schedule(Arrivals::poisson, 1000, 0, 1, 7), count);
  double sum = 0;
  double squares = 0;
  std::int64_t before = 0;
  for (const std::int64_t at : all) {
    ASSERT_GE(at, before);
    const double gap_ms = static_cast<double>(at - before) / 1e6;
    before = at;
    sum += gap_ms;
    squares += gap_ms * gap_ms;
  }
  const double mean = sum / count;
  EXPECT_NEAR(mean, 1, 0.01);
  EXPECT_NEAR(std::sqrt(squares / count - mean * mean), 1, 0.02);  // as large as the mean
}

TEST(BenchSchedule, TheSeedDecidesAndEachProcessDiffers) {
  const auto poisson = [](std::uint32_t worker, std::uint64_t seed) {
    return times(Schedule(Arrivals::poisson, 100, worker, 2, seed), 10);
  };
  EXPECT_EQ(poisson(0, 1), poisson(0, 1));
  EXPECT_NE(poisson(0, 1), poisson(0, 2));
  EXPECT_NE(poisson(0, 1), poisson(1, 1));
}

}  // namespace
}  // namespace lastword
