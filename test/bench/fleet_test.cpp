#include "bench/fleet.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <string>

#include "bench/scripted_server.h"

namespace lastword {
namespace {

/// Another protocol: two steps on one connection, which the generator closes.
class StoreAndLoad : public Dialogue {
 public:
  int steps() const override { return 2; }
  void request(const SessionId&, int step, std::string& bytes) override {
    bytes += step == 0 ? "store\n" : "load\n";
  }
  Judgement judge(const SessionId&, int step, std::string_view bytes, bool) override {
    if (!bytes.ends_with('\n')) return Judgement::more();
    const std::string_view right = step == 0 ? "stored\n" : "loaded\n";
    if (bytes == right) return Judgement::right();
    return Judgement::wrong(ErrorKind::wrong_answer, "neither stored nor loaded");
  }
};

/// Claims to have been shown more sessions of the first process than that can have played.
class ShownTooMuch final : public StoreAndLoad {
 public:
  std::vector<std::uint64_t> named_sessions() const override { return {1000}; }
};

Measured run_against(Dialogue& dialogue, const std::string& second_answer) {
  const test::ScriptedServer server([&](int fd, const std::string& received) {
    const auto say = [fd](const std::string& text) {
      ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    };
    if (received != "store\n") return;
    say("stored\n");
    std::array<char, 100> more{};
    const auto got = recv(fd, more.data(), more.size(), 0);
    if (std::string_view(more.data(), got > 0 ? static_cast<std::size_t>(got) : 0) == "load\n") {
      say(second_answer);
    }
  });
  BenchSettings settings;
  settings.targets = {*parse_endpoint(server.target())};
  settings.concurrency = 2;
  settings.processes = 2;
  settings.sessions = 10;
  const auto measured = run_bench(settings, dialogue, {});
  EXPECT_TRUE(measured.has_value());
  return measured ? *measured : Measured{};
}

TEST(BenchFleet, PlaysAnyDialogueStepByStep) {
  StoreAndLoad dialogue;
  const Measured measured = run_against(dialogue, "loaded\n");
  EXPECT_EQ(measured.errors.total(), 0u) << measured.errors.of(ErrorKind::closed).example;
  EXPECT_EQ(measured.answered, 10u);
  EXPECT_EQ(measured.processes, 2u);
}

TEST(BenchFleet, AWrongAnswerOfALaterStepIsSeen) {
  StoreAndLoad dialogue;
  EXPECT_EQ(run_against(dialogue, "nothing\n").errors.of(ErrorKind::wrong_answer).count, 10u);
  EXPECT_EQ(run_against(dialogue, "").errors.of(ErrorKind::closed).count, 10u);
}

TEST(BenchFleet, SessionsThatAnotherProcessNeverPlayedAreInvented) {
  ShownTooMuch dialogue;
  EXPECT_EQ(run_against(dialogue, "loaded\n").errors.of(ErrorKind::invented).count, 1u);
}

}  // namespace
}  // namespace lastword
