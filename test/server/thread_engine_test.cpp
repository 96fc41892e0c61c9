// The engine in this process, for what no real server can be brought to from outside.

#include "server/thread_engine.h"

#include <gtest/gtest.h>

#include <new>
#include <thread>

#include "client/writer.h"
#include "server/event_log.h"
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

TEST(ThreadEngine, TellsTheWriterWhenMemoryRunsOutInItsSession_Spec5_2) {
  for (const Scope scope : {Scope::access, Scope::session}) {
    StopSignals signals;
    ServerOptions options;
    options.session.scope = scope;
    options.connections = 2;
    SlotWithoutMemory slot;
    EventLog log(LogFormat::text, spdlog::level::off);
    ThreadEngine engine(options, slot, log, signals);
    auto listeners = Listener::open({"127.0.0.1", 0}, options.session.read_timeout);
    ASSERT_TRUE(listeners);
    const std::uint16_t port = PeerAddress::from(listeners->front().address()).port;
    Stopped stopped = Stopped::overdue;
    std::thread server([&] { stopped = engine.run(std::move(*listeners)); });
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

}  // namespace
}  // namespace lastword
