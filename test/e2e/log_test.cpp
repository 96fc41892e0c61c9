// The log of lastword-server: for people, for machines, and bounded.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <sstream>

#include "support/server.h"

namespace lastword::test {
namespace {

TEST(Log, TellsEachEventOfASessionInJson) {
  Server server;
  EXPECT_EQ(converse(server, "writer1\n"), reply("writer1\n"));
  ASSERT_TRUE(server.has_logged("replied"));
  for (const std::string event : {"accepted", "stored", "replied"}) {
    const auto lines = server.events(event);
    ASSERT_EQ(lines.size(), 1u) << event;
    const auto& line = lines.front();
    EXPECT_EQ(line.at("level"), "info");
    EXPECT_EQ(line.at("session"), 1);
    EXPECT_TRUE(line.at("peer").get<std::string>().starts_with("127.0.0.1:")) << line;
    EXPECT_GT(line.at("thread").get<int>(), 0);
    EXPECT_GE(line.at("after_ms").get<double>(), 0);
    std::string shape = line.at("time");
    for (char& c : shape) c = c >= '0' && c <= '9' ? '9' : c;
    EXPECT_EQ(shape, "9999-99-99T99:99:99.999999Z");
    if (event != "accepted") {
      EXPECT_EQ(line.at("message"), "writer1");
    }
  }
  EXPECT_GE(server.events("replied").front().at("after_ms").get<double>(), 50);
}

TEST(Log, EscapesWhateverAWriterSends) {
  Server json;
  EXPECT_EQ(converse(json, "\x1b[2J\"\\\xff\n"), reply("\x1b[2J\"\\\xff\n"));
  ASSERT_TRUE(json.has_logged("stored"));
  EXPECT_EQ(json.events("stored").front().at("message"), "\\x1b[2J\\\"\\\\\\xff");

  Server text({"--log-format", "text"});
  EXPECT_EQ(converse(text, "\rstopped x=\"1\"\n"), reply("\rstopped x=\"1\"\n"));
  ASSERT_TRUE(eventually([&] {
    return text.process().err().find(R"(message="\rstopped x=\"1\"")") != std::string::npos;
  })) << text.process().err();
  const std::string log = text.process().err();
  EXPECT_TRUE(std::all_of(log.begin(), log.end(),
                          [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7f); }));
}

TEST(Log, IsKeyAndValueTextForPeople) {
  Server server({"--log-format", "text"});
  EXPECT_EQ(converse(server, "writer1\n"), reply("writer1\n"));
  std::string line;
  ASSERT_TRUE(eventually([&] {
    std::istringstream lines(server.process().err());
    while (std::getline(lines, line) && !lines.eof()) {
      if (line.find(" replied ") != std::string::npos) return true;
    }
    return false;
  })) << server.process().err();
  for (char& c : line) c = c >= '0' && c <= '9' ? '9' : c;
  for (std::size_t at; (at = line.find("99")) != std::string::npos;) line.erase(at, 1);
  EXPECT_EQ(line,
            "9-9-9T9:9:9.9Z info    replied session=9 peer=9.9.9.9:9 thread=9 after_ms=9.9 "
            "message=\"writer9\" late_ms=9.9");
}

TEST(Log, TellsTheTotalsAtTheEnd) {
  Server server({"-n", "3"});
  EXPECT_EQ(converse(server, "x\n"), reply("x\n"));
  EXPECT_TRUE(converse(server, "\n").bytes.starts_with("error: "));
  { const Writer closes = server.connect(); }
  ASSERT_EQ(server.process().wait()->code, 0);
  const auto lines = server.events("stopped");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines.front().at("accepted"), 3);
  EXPECT_EQ(lines.front().at("replied"), 1);
  EXPECT_EQ(lines.front().at("refused"), 1);
  EXPECT_EQ(lines.front().at("failed"), 1);
}

TEST(Log, AFloodOfRefusalsCannotFloodTheDisk) {
  Server server({"--hold", "0", "--log-level", "warn"});
  const auto begun = Clock::now();
  for (int i = 0; i < 1500; ++i) {
    ASSERT_TRUE(converse(server, "\n").bytes.starts_with("error: "));
  }
  const auto seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  const auto written = server.events("refused").size();
  EXPECT_GE(written, 1000u) << "a burst is written whole";
  EXPECT_LE(static_cast<double>(written), 1000 + 10 * (seconds + 1));
  // What is withheld is counted, on the next line that is written.
  EXPECT_TRUE(eventually([&] {
    EXPECT_TRUE(converse(server, "\n").bytes.starts_with("error: "));
    return !server.events("withheld").empty();
  }));
  EXPECT_GT(server.events("withheld").front().at("lines").get<int>(), 0);
}

TEST(Log, AtLevelDebugNothingIsWithheld) {
  Server server({"--hold", "0", "--log-level", "debug"});
  for (int i = 0; i < 1200; ++i) ASSERT_EQ(converse(server, "x\n"), reply("x\n"));
  EXPECT_TRUE(server.has_logged("replied", 1200));
}

TEST(Log, ALevelBelowKeepsQuiet) {
  Server server({"--log-level", "off"});
  EXPECT_TRUE(converse(server, "\n").bytes.starts_with("error: "));
  EXPECT_EQ(converse(server, "x\n"), reply("x\n"));
  EXPECT_EQ(server.stop()->code, 0);
  EXPECT_EQ(server.process().err(), "");
}

TEST(Log, AReaderThatStandsStillDelaysNoWriter_Spec3_2) {
  // A pipe that nobody reads is full after 64 KiB; the server must go on, and end, all the same.
  TemporaryFolder folder;
  const std::string pipe = folder.file("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  Server server({"--hold", "0", "--log-level", "debug"},
                {"sh", "-c", "exec \"$@\" 2<>" + pipe, "sh"});
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(converse(server, "x\n"), reply("x\n"));
  EXPECT_EQ(server.stop()->code, 0);
}

}  // namespace
}  // namespace lastword::test
