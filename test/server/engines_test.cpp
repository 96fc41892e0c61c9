// The engines in this process, for what no real server can be brought to from outside.

#include <gtest/gtest.h>

#include <new>
#include <optional>
#include <thread>

#include "client/writer.h"
#include "server/event_log.h"
#include "server/loop_engine.h"
#include "server/thread_engine.h"
#include "server/uring_loop.h"
#include "slot/memory_slot.h"

namespace lastword {
namespace {

using namespace std::chrono_literals;

/// Memory runs out in the middle of a session.
class SlotWithoutMemory final : public Slot {
 public:
  void store(Access&) override { throw std::bad_alloc(); }
  void load(Access&) override {}
  void give_up(Access&) override {}
  std::unique_ptr<Turn> enter(Completion& completion) override { return turns_.enter(completion); }

 private:
  TurnQueue turns_;
};

/// Which engine; nothing for `threads`.
class Engines : public testing::TestWithParam<std::optional<LoopKind>> {
 protected:
  void SetUp() override {
    if (GetParam() != LoopKind::uring) return;
    if (const auto permitted = try_uring(); !permitted) GTEST_SKIP() << permitted.error().text;
  }

  Stopped run(const ServerOptions& options, Slot& slot, StopSignals& signals,
              std::vector<Listener> listeners) const {
    EventLog log(LogFormat::text, spdlog::level::off);
    if (!GetParam()) {
      return ThreadEngine(options, slot, log, signals).run(std::move(listeners));
    }
    return LoopEngine(*GetParam(), 2, options, slot, log, signals).run(std::move(listeners));
  }
};

TEST_P(Engines, TellTheWriterWhenMemoryRunsOutInItsSession_Spec5_2) {
  for (const Scope scope : {Scope::access, Scope::session}) {
    StopSignals signals;
    ServerOptions options;
    options.session.scope = scope;
    options.connections = 2;
    SlotWithoutMemory slot;
    auto listeners = Listener::open({"127.0.0.1", 0}, options.session.read_timeout);
    ASSERT_TRUE(listeners);
    const std::uint16_t port = PeerAddress::from(listeners->front().address()).port;
    Stopped stopped = Stopped::overdue;
    std::thread server([&] { stopped = run(options, slot, signals, std::move(*listeners)); });
    for (int i = 0; i < 2; ++i) {  // the second shows that the first left its turn
      const Deadline deadline = Clock::now() + 20s;
      auto writer = Writer::connect({"127.0.0.1", port}, deadline);
      EXPECT_TRUE(writer && writer->send("x\n", deadline));
      const auto piece = writer->receive(deadline);
      EXPECT_TRUE(piece && piece->bytes == line_of(Refusal::out_of_memory));
    }
    server.join();
    EXPECT_EQ(stopped, Stopped::finished);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Engines,
                         testing::Values(std::nullopt, LoopKind::epoll, LoopKind::uring),
                         [](const auto& row) {
                           if (!row.param) return "threads";
                           return *row.param == LoopKind::epoll ? "epoll" : "uring";
                         });

}  // namespace
}  // namespace lastword
