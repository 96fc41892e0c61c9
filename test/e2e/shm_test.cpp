// Several real servers, one machine: one slot in shared memory, and one port.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <memory>
#include <mutex>
#include <thread>

#include "history/verdict.h"
#include "support/server.h"
#include "support/shm_name.h"

namespace lastword::test {
namespace {

using testing::HasSubstr;

class Spec1_2_SharePort : public EveryVariant {};
class Spec3_1_Shm : public EveryVariant {};
class Spec3_3_Shm : public EveryVariant {};
class Spec3_3_ShmTurns : public EveryVariant {};
class Spec3_4_Shm : public EveryVariant {};

Finished slot_command(std::vector<std::string> words) {
  words.insert(words.begin(), {program("lastword-server"), "slot"});
  return run(words);
}

std::string on_port(const Server& server) { return "127.0.0.1:" + std::to_string(server.port()); }

TEST_P(Spec3_1_Shm, TheMessageOutlivesTheServerHoweverItEnds) {
  const ShmName name;
  for (const int signal : {SIGTERM, SIGKILL}) {
    Server server(with({"--slot", name.address()}));
    ASSERT_TRUE(server.has_logged("listening"));
    EXPECT_EQ(server.events("listening").at(0).at("slot"), name.address());
    const std::string message = "signal " + std::to_string(signal);
    EXPECT_EQ(converse(server, message + "\n"), reply(message + "\n"));
    server.process().signal(signal);
    ASSERT_TRUE(server.process().wait());
    const Server restarted(with({"--slot", name.address()}));
    EXPECT_EQ(slot_command({"show", name.address()}).out, message + "\n");
  }
}

TEST_P(Spec3_3_Shm, TheScopeHoldsAcrossServers) {
  const ShmName name;
  Server one(with({"--slot", name.address(), "--hold", "300ms"}));
  Server two(with({"--slot", name.address(), "--hold", "300ms"}));
  Writer first = one.connect();
  send(first, "first\n");
  ASSERT_TRUE(one.has_logged("stored"));
  Writer second = two.connect();
  send(second, "second\n");
  EXPECT_EQ(answer_to(first), reply(is_session_scope() ? "first\n" : "second\n"));
  EXPECT_EQ(answer_to(second), reply("second\n"));
}

TEST_P(Spec3_3_ShmTurns, TheTurnOfAServerThatIsKilledGoesToAnother) {
  const ShmName name;
  Server dies(with({"--slot", name.address(), "--hold", "1h"}));
  Server lives(with({"--slot", name.address()}));
  Writer held = dies.connect();
  send(held, "held\n");
  ASSERT_TRUE(dies.has_logged("stored"));
  Writer waits = lives.connect();
  send(waits, "waits\n");
  ASSERT_TRUE(lives.has_logged("accepted"));
  EXPECT_EQ(answer_to(waits, 300ms).error, "timed out");
  dies.process().signal(SIGKILL);
  EXPECT_EQ(answer_to(waits), reply("waits\n"));
}

TEST_P(Spec3_3_ShmTurns, AServerThatWaitsForAnothersTurnStopsInTime_Spec5_3) {
  const ShmName name;
  Server holds(with({"--slot", name.address(), "--hold", "1h"}));
  Server stops(with({"--slot", name.address(), "--grace", "100ms"}));
  Writer held = holds.connect();
  send(held, "held\n");
  ASSERT_TRUE(holds.has_logged("stored"));
  Writer waits = stops.connect();
  send(waits, "waits\n");
  ASSERT_TRUE(stops.has_logged("accepted"));
  EXPECT_EQ(stops.stop()->code, 0);
  EXPECT_EQ(answer_to(waits), reply("error: not stored: the server is stopping\n"));
}

std::int64_t now_ns() { return std::chrono::nanoseconds(Clock::now().time_since_epoch()).count(); }

/// Plays sessions on one port, whoever serves it, until it is told to stop.
class Traffic {
 public:
  Traffic(std::uint16_t port, std::size_t writers) : port_(port) {
    for (std::size_t writer = 0; writer < writers; ++writer) {
      writers_.emplace_back([this] {
        while (!stop_) play();
      });
    }
  }

  std::vector<SessionRecord> finish() {
    stop_ = true;
    for (std::thread& writer : writers_) writer.join();
    writers_.clear();
    return sessions_;
  }
  ~Traffic() { finish(); }

 private:
  void play() {
    auto writer = Writer::connect({"127.0.0.1", port_}, Clock::now() + patience);
    if (!writer) return;  // in the moment in which its server died: nothing was sent
    SessionRecord session;
    session.number = ++count_;
    session.message = "message " + std::to_string(session.number);
    session.sent_ns = now_ns();
    static_cast<void>(writer->send(session.message + "\n", Clock::now() + patience));
    Answer answer = answer_to(*writer);
    session.ended_ns = now_ns();
    if (answer.closed && answer.bytes.ends_with('\n')) {
      session.first_byte_ns = session.ended_ns;
      answer.bytes.pop_back();
      session.reply = answer.bytes;
      session.outcome = Outcome::replied;
    }
    const std::lock_guard lock(mutex_);
    sessions_.push_back(std::move(session));
  }

  const std::uint16_t port_;
  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> count_{0};
  std::mutex mutex_;
  std::vector<SessionRecord> sessions_;  // guarded by mutex_
  std::vector<std::thread> writers_;
};

TEST_P(Spec3_4_Shm, ServersOnOnePortAreOneSlotThoughOneIsKilledAgainAndAgain) {
  const ShmName name;
  constexpr auto hold = 5ms;
  const auto flags = with({"--slot", name.address(), "--share-port", "--hold", "5ms"});
  Server stays(flags);
  auto flags_beside = flags;
  flags_beside.insert(flags_beside.end(), {"--listen", on_port(stays)});
  auto victim = std::make_unique<Server>(flags_beside);
  Traffic traffic(stays.port(), 8);
  constexpr std::size_t kills = 10;
  for (std::size_t kill = 0; kill < kills; ++kill) {
    ASSERT_TRUE(victim->has_logged("stored", 5 + kill % 3)) << "the kernel spreads the writers";
    victim->process().signal(SIGKILL);
    ASSERT_TRUE(victim->process().wait());
    victim = std::make_unique<Server>(flags_beside);
  }
  ASSERT_TRUE(victim->has_logged("replied", 5));
  ASSERT_TRUE(stays.has_logged("replied", 50));

  History history;
  history.hold_ns = std::chrono::nanoseconds(hold).count();
  history.sessions = traffic.finish();
  std::size_t replied = 0;
  for (const SessionRecord& session : history.sessions) {
    if (session.outcome != Outcome::replied) continue;
    ++replied;
    if (is_session_scope()) {
      EXPECT_EQ(session.reply, session.message);
    }
  }
  const Verdict verdict = judge(history);
  EXPECT_EQ(verdict.decision, Decision::linearizable) << verdict.reason;
  EXPECT_GE(replied, 50U);
  EXPECT_TRUE(stays.events("refused").empty());
  std::cout << history.sessions.size() << " sessions, " << replied << " answered, " << kills
            << " kills: " << verdict.reason << '\n';
}

TEST_P(Spec1_2_SharePort, APortIsSharedOnlyByThoseWhoAllAskForIt) {
  const auto error_beside = [&](const Server& server, std::vector<std::string> flags) {
    flags.insert(flags.begin(), {program("lastword-server"), "--listen", on_port(server)});
    const Finished finished = run(flags);
    EXPECT_EQ(finished.exit.code, 3);
    return finished.err;
  };
  const Server alone(with({}));
  EXPECT_THAT(error_beside(alone, {}), HasSubstr("address already in use (another server? try"));
  EXPECT_THAT(error_beside(alone, {"--share-port"}),
              HasSubstr("address already in use (by a server without --share-port"));
  const Server shares(with({"--share-port"}));
  EXPECT_THAT(error_beside(shares, {}), HasSubstr("address already in use"));
  const Server beside(with({"--share-port", "--listen", on_port(shares)}));
  EXPECT_EQ(beside.port(), shares.port());
}

LASTWORD_FOR_EVERY_VARIANT(Spec1_2_SharePort);
LASTWORD_FOR_EVERY_VARIANT(Spec3_1_Shm);
LASTWORD_FOR_EVERY_VARIANT(Spec3_3_Shm);
LASTWORD_FOR_EVERY_VARIANT_OF("session", Spec3_3_ShmTurns);
LASTWORD_FOR_EVERY_VARIANT(Spec3_4_Shm);

TEST(SlotCommand, ShowsAndClears) {
  const ShmName name;
  Server server({"--slot", name.address()});
  EXPECT_EQ(slot_command({"show", name.address()}).out, "\n");
  EXPECT_EQ(converse(server, "a \"\x1b[2J\"\n"), reply("a \"\x1b[2J\"\n"));
  EXPECT_EQ(slot_command({"show", name.address()}).out, "a \\\"\\x1b[2J\\\"\n");
  const auto shown = nlohmann::json::parse(slot_command({"show", "--json", name.address()}).out);
  EXPECT_EQ(shown, nlohmann::json({{"slot", name.address()}, {"message", "a \\\"\\x1b[2J\\\""}}));

  const Finished cleared = slot_command({"clear", name.address()});
  EXPECT_EQ(cleared.exit.code, 0);
  EXPECT_EQ(cleared.out + cleared.err, "");
  EXPECT_EQ(slot_command({"show", name.address()}).out, "\n");
}

TEST(SlotCommand, ClearsInItsTurn_Spec3_3) {
  const ShmName name;
  Server server({"--slot", name.address(), "--scope", "session", "--hold", "200ms"});
  Writer writer = server.connect();
  send(writer, "mine\n");
  ASSERT_TRUE(server.has_logged("stored"));
  EXPECT_EQ(slot_command({"clear", name.address()}).exit.code, 0);
  EXPECT_EQ(answer_to(writer), reply("mine\n"));
  EXPECT_EQ(slot_command({"show", name.address()}).out, "\n");
}

TEST(SlotCommand, SaysWhyItCanNot) {
  const ShmName name;
  for (const std::string action : {"show", "clear"}) {
    const Finished nowhere = slot_command({action, name.address()});
    EXPECT_EQ(nowhere.exit.code, 3);
    EXPECT_EQ(nowhere.err, "lastword-server: cannot use " + name.address() +
                               ": there is none on this machine\n");
    const Finished memory = slot_command({action, "memory"});
    EXPECT_EQ(memory.exit.code, 3);
    EXPECT_THAT(memory.err, HasSubstr("is its server's own: nobody else can see it"));
  }
}

TEST(ShmServer, DoesNotStartOnAForeignSegment) {
  const ShmName name;
  write_file(name.path(), "somebody else's");
  ASSERT_EQ(chmod(name.path().c_str(), 0600), 0);
  const Finished finished =
      run({program("lastword-server"), "-l", "127.0.0.1:0", "--slot", name.address()});
  EXPECT_EQ(finished.exit.code, 3);
  EXPECT_EQ(finished.err, "lastword-server: cannot use " + name.address() +
                              ": it is no slot of lastword, or damaged (left as it is; take "
                              "another name, or remove " +
                              name.path() + ")\n");
  EXPECT_EQ(read_file(name.path()), "somebody else's");
}

}  // namespace
}  // namespace lastword::test
