#include "bench/histogram.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

namespace lastword {
namespace {

Histogram histogram_of(const std::vector<std::int64_t>& values) {
  Histogram histogram;
  for (const std::int64_t value : values) histogram.record(value);
  return histogram;
}

/// From nanoseconds to hours, each size as likely.
rc::Gen<std::vector<std::int64_t>> durations() {
  return rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(
      rc::gen::map(rc::gen::pair(rc::gen::inRange(0, 43), rc::gen::arbitrary<std::uint64_t>()),
                   [](const std::pair<int, std::uint64_t>& pair) {
                     return static_cast<std::int64_t>(pair.second % (1ULL << pair.first));
                   })));
}

TEST(BenchHistogram, EmptyIsZero) {
  const Histogram empty;
  EXPECT_EQ(empty.count(), 0u);
  EXPECT_EQ(empty.percentile(99), 0);
  EXPECT_EQ(empty.mean(), 0);
  EXPECT_EQ(empty.least(), 0);
  EXPECT_EQ(empty.most(), 0);
}

TEST(BenchHistogram, SmallValuesAreExact) {
  const Histogram histogram = histogram_of({1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  EXPECT_EQ(histogram.percentile(0), 1);
  EXPECT_EQ(histogram.percentile(50), 5);
  EXPECT_EQ(histogram.percentile(90), 9);
  EXPECT_EQ(histogram.percentile(99), 10);
  EXPECT_EQ(histogram.percentile(100), 10);
  EXPECT_DOUBLE_EQ(histogram.mean(), 5.5);
}

TEST(BenchHistogram, ThousandthsAreNotRoundedUp) {
  std::vector<std::int64_t> values(1000, 5);
  values.back() = 2'000'000'000;
  EXPECT_EQ(histogram_of(values).percentile(99.9), 5);
  EXPECT_EQ(histogram_of(values).percentile(99.99), 2'000'000'000);
}

TEST(BenchHistogram, NegativeCountsAsZero) {
  const Histogram histogram = histogram_of({-5});
  EXPECT_EQ(histogram.most(), 0);
  EXPECT_EQ(histogram.count(), 1u);
}

TEST(BenchHistogram, EveryBucketHoldsItsOwnTop) {
  for (std::size_t bucket = 0; bucket < 40'000; ++bucket) {
    const std::int64_t top = Histogram::top_of(bucket);
    ASSERT_EQ(Histogram::bucket_of(top), bucket);
    ASSERT_EQ(Histogram::bucket_of(top + 1), bucket + 1);
  }
}

TEST(BenchHistogram, PercentilesAreThoseOfTheValuesToAThousandth) {
  const bool held = rc::check([] {
    auto values = *durations();
    const double percent = *rc::gen::inRange(0, 10'001) / 100.0;
    const Histogram histogram = histogram_of(values);
    std::sort(values.begin(), values.end());
    const double wanted = std::ceil(percent / 100 * static_cast<double>(values.size()) - 1e-9);
    const auto rank = static_cast<std::size_t>(std::max(wanted, 1.0));
    const std::int64_t exact = values[rank - 1];
    RC_ASSERT(histogram.percentile(percent) >= exact);
    RC_ASSERT(histogram.percentile(percent) <= exact + exact / 1024);
    RC_ASSERT(histogram.least() == values.front());
    RC_ASSERT(histogram.most() == values.back());
  });
  EXPECT_TRUE(held);
}

TEST(BenchHistogram, MergedIsAsIfRecordedTogether) {
  const bool held = rc::check([] {
    const auto one = *durations();
    const auto other = *durations();
    Histogram merged = histogram_of(one);
    merged.merge(Histogram::from_json(histogram_of(other).to_json()));
    auto both = one;
    both.insert(both.end(), other.begin(), other.end());
    const Histogram together = histogram_of(both);
    for (const double percent : {0.0, 25.0, 50.0, 90.0, 99.0, 100.0}) {
      RC_ASSERT(merged.percentile(percent) == together.percentile(percent));
    }
    RC_ASSERT(merged.count() == together.count());
    RC_ASSERT(merged.least() == together.least());
    RC_ASSERT(std::abs(merged.mean() - together.mean()) <= together.mean() * 1e-9);
  });
  EXPECT_TRUE(held);
}

}  // namespace
}  // namespace lastword
