#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "bench/distribution.h"
#include "bench/figures.h"
#include "bench/fleet.h"
#include "bench/html_report.h"
#include "bench/json_report.h"
#include "bench/progress.h"
#include "bench/sources.h"
#include "bench/text_report.h"

namespace lastword {
namespace {

using namespace std::chrono_literals;

Measured sample() {
  Measured measured;
  for (int at = 1; at <= 1000; ++at) {
    measured.latency.record(2'000'000'000 + at * 1000);
    measured.lateness.record(at * 1000);
    measured.start_delay.record(20'000);
  }
  measured.started = 1001;
  measured.answered = 1000;
  measured.in_window = 1000;
  measured.connected = 1001;
  measured.window_ns = 10'000'000'000;
  measured.cpu_span_ns = 10'000'000'000;
  measured.user_ns = 1'000'000'000;
  measured.peak_held = 200;
  measured.memory_bytes = 200'000;
  measured.processes = 1;
  measured.errors.add(ErrorKind::torn, "\"<half>\": its check fails");
  return measured;
}

BenchSettings open_loop() {
  BenchSettings settings;
  settings.rate = 100;
  settings.hold = 2s;
  return settings;
}

TEST(BenchReport, TheTableShowsPercentilesAndErrors) {
  const std::string text = bench_text(open_loop(), sample());
  EXPECT_NE(text.find("1000 sessions answered of 1001, 100.0/s over 10.00 s"), std::string::npos)
      << text;
  EXPECT_NE(text.find("99.99 %"), std::string::npos);
  EXPECT_NE(text.find("1 error\n  torn"), std::string::npos) << text;
  EXPECT_EQ(text.find("bottleneck"), std::string::npos) << text;
}

TEST(BenchReport, JsonHasTheFigures) {
  const auto json = nlohmann::json::parse(bench_json(open_loop(), sample()));
  EXPECT_EQ(json.at("config").at("loop"), "open");
  EXPECT_EQ(json.at("sessions_per_s"), 100);
  EXPECT_NEAR(json.at("lateness").at("p99_ms").get<double>(), 0.99, 0.001);
  EXPECT_EQ(json.at("lateness").at("max_ms"), 1.0);
  EXPECT_EQ(json.at("errors").at("by_kind").at("torn").at("count"), 1);
  EXPECT_EQ(json.at("generator").at("memory_bytes_per_held_session"), 1000);
  EXPECT_EQ(json.at("generator").at("bottleneck"), "");
}

TEST(BenchReport, WhatAProcessMeasuredSurvivesThePipe) {
  Measured twice = sample();
  twice.merge(Measured::from_json(nlohmann::json::parse(sample().to_json().dump())));
  EXPECT_EQ(twice.latency.count(), 2000u);
  EXPECT_EQ(twice.latency.most(), sample().latency.most());
  EXPECT_EQ(twice.errors.of(ErrorKind::torn).count, 2u);
  EXPECT_EQ(twice.answered, 2000u);
  EXPECT_EQ(twice.processes, 2u);
  EXPECT_EQ(twice.window_ns, sample().window_ns);
}

TEST(BenchReport, SaysWhenTheGeneratorWasTheBottleneck) {
  Measured late = sample();
  for (int at = 0; at < 50; ++at) late.start_delay.record(30'000'000);
  EXPECT_NE(bottleneck_of(open_loop(), late).find("30."), std::string::npos)
      << bottleneck_of(open_loop(), late);

  BenchSettings closed;
  closed.rate = 0;
  Measured busy = sample();
  EXPECT_EQ(bottleneck_of(closed, busy), "");
  busy.system_ns = 8'700'000'000;
  EXPECT_NE(bottleneck_of(closed, busy).find("97 %"), std::string::npos)
      << bottleneck_of(closed, busy);
}

TEST(BenchReport, ThePageCarriesThePictureAndNoMarkupOfOthers) {
  const std::string page = bench_html(open_loop(), sample());
  EXPECT_NE(page.find("<svg"), std::string::npos);
  EXPECT_NE(page.find(">99.9 %</text>"), std::string::npos);
  EXPECT_EQ(page.find("<half>"), std::string::npos);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(bench_html(open_loop(), Measured{}).find("<svg"), std::string::npos);
}

TEST(BenchReport, TheLiveLineFitsATerminal) {
  EXPECT_EQ(line_of({12.34, 24600, 20600, 0, 4000}, 2000),
            "12.3 s: 24600 started, 20600 answered (2000/s), 4000 held, 0 errors");
}

TEST(BenchSources, RangesAndNetworks) {
  const auto count = [](const char* text) {
    const auto sources = parse_sources(text);
    return sources ? static_cast<int>(sources->size()) : -1;
  };
  EXPECT_EQ(count("127.0.0.1"), 1);
  EXPECT_EQ(count("127.0.0.1-127.0.0.64"), 64);
  EXPECT_EQ(count("127.0.1.0/26"), 64);
  EXPECT_EQ(count("127.0.0.7/32,127.0.0.9"), 2);
  for (const char* wrong : {"", "127.0.0", "127.0.0.2-127.0.0.1", "127.0.0.1/33", "127.0.0.1/0",
                            "127.0.0.1/8", "::1", "127.0.0.1-", "127.0.0.1,"}) {
    EXPECT_EQ(count(wrong), -1) << wrong;
  }
  EXPECT_EQ(parse_sources("127.0.0.255-127.0.1.1")->back().s_addr, htonl(0x7f000101));
}

TEST(BenchFleet, AsManyProcessesAsTheDescriptorsAskFor) {
  BenchSettings closed;
  closed.concurrency = 1'000'000;
  EXPECT_EQ(processes_for(closed, 20'000), 51u);
  closed.sessions = 100;
  EXPECT_EQ(processes_for(closed, 20'000), 1u);
  BenchSettings open = open_loop();
  open.rate = 9000;
  EXPECT_EQ(processes_for(open, 20'000), 2u);
  open.processes = 7;
  EXPECT_EQ(processes_for(open, 20'000), 7u);
  closed.processes = 7;
  closed.concurrency = 2;
  EXPECT_EQ(processes_for(closed, 20'000), 2u);
}

}  // namespace
}  // namespace lastword
