#include "app/duration.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace lastword {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsNumbersWithUnits) {
  EXPECT_EQ(*parse_duration("2s"), 2s);
  EXPECT_EQ(*parse_duration("100ms"), 100ms);
  EXPECT_EQ(*parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(*parse_duration("250us"), 250us);
  EXPECT_EQ(*parse_duration("5m"), 5min);
  EXPECT_EQ(*parse_duration("24h"), 24h);
  EXPECT_EQ(*parse_duration("0"), 0s);
  EXPECT_EQ(*parse_duration("0s"), 0s);
}

TEST(Duration, SaysWhatWouldBeRight) {
  EXPECT_EQ(parse_duration("2").error().text, "'2' has no unit; write 2s or 2ms");
  for (const char* text : {"", "s", "-1s", "-0s", "+1s", " 2s", "inf", "nans", "soon"}) {
    ASSERT_FALSE(parse_duration(text)) << text;
    EXPECT_NE(parse_duration(text).error().text.find("such as 2s or 100ms"), std::string::npos)
        << text;
  }
  for (const char* text : {"2 s", "2sec", "2S", "1e3s"}) {
    ASSERT_FALSE(parse_duration(text)) << text;
    EXPECT_NE(parse_duration(text).error().text.find("the units are"), std::string::npos) << text;
  }
  EXPECT_NE(parse_duration("24.1h").error().text.find("24h"), std::string::npos);
  EXPECT_NE(parse_duration("99999999999999999999999s").error().text.find("24h"), std::string::npos);
}

TEST(Duration, PrintsShortly) {
  EXPECT_EQ(to_string(2s), "2s");
  EXPECT_EQ(to_string(100ms), "100ms");
  EXPECT_EQ(to_string(1500ms), "1.5s");
  EXPECT_EQ(to_string(90s), "90s");
  EXPECT_EQ(to_string(2min), "2m");
  EXPECT_EQ(to_string(24h), "24h");
  EXPECT_EQ(to_string(250us), "250us");
  EXPECT_EQ(to_string(0s), "0s");
}

RC_GTEST_PROP(Duration, ReadsWhatItPrints, ()) {
  const auto us = *rc::gen::inRange<std::int64_t>(0, 24LL * 3600 * 1'000'000 + 1);
  const std::chrono::nanoseconds duration = std::chrono::microseconds(us);
  const auto read = parse_duration(to_string(duration));
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == duration);
}

}  // namespace
}  // namespace lastword
