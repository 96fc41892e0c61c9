// The session without sockets: what it does, in which order, whatever the engine.

#include "server/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include "slot/memory_slot.h"

namespace lastword {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using Steps = std::vector<std::string>;
using Kind = Received::Kind;

/// A writer's side that is written down beforehand. Every step is recorded.
class ScriptedConnection {
 public:
  class Told final : public Completion {
   public:
    explicit Told(ScriptedConnection& connection) : connection_(connection) {}
    void set() noexcept override { is_set_ = true; }
    Ready<bool> wait() {
      EXPECT_TRUE(is_set_) << "it would wait for ever";
      is_set_ = false;
      return {!connection_.cut};
    }

   private:
    ScriptedConnection& connection_;
    bool is_set_ = false;
  };

  struct Arrival {
    Kind kind;
    std::string bytes;
  };

  ScriptedConnection(Steps& steps, const Service& service) : steps_(steps), service_(service) {}

  std::deque<Arrival> arrivals;  ///< what receive() gives; afterwards it times out
  std::deque<Kind> leftovers;    ///< what discard() gives; afterwards it times out
  bool peer_is_there = true;
  bool cut = false;
  std::vector<Clock::duration> patience;
  std::string sent;

  Ready<Received> receive(std::span<char> buffer, Clock::duration how_long) {
    patience.push_back(how_long);
    if (arrivals.empty()) return {Received{Kind::timeout}};
    const Arrival arrival = arrivals.front();
    arrivals.pop_front();
    std::memcpy(buffer.data(), arrival.bytes.data(), arrival.bytes.size());
    return {Received{arrival.kind, arrival.bytes.size()}};
  }
  Ready<Received> discard(Clock::duration) {
    if (leftovers.empty()) return {Received{Kind::timeout}};
    const Kind kind = leftovers.front();
    leftovers.pop_front();
    steps_.push_back("discard");
    return {Received{kind, 1}};
  }
  Ready<bool> send(std::string_view bytes) {
    steps_.push_back("send");
    sent += bytes;
    return {peer_is_there};
  }
  Ready<bool> send_and_close(std::string_view bytes) {
    steps_.push_back("send and close");
    sent += bytes;
    return {peer_is_there};
  }
  void begin_hold(Clock::time_point until) { held_until_ = until; }
  Clock::time_point held_until() const { return held_until_; }
  Ready<bool> hold() {
    steps_.push_back("hold");
    held_until_ = std::min(held_until_, Clock::now());
    return {!cut};
  }
  void shut_sending() { steps_.push_back("shut"); }
  const SessionInfo& info() const { return info_; }
  const Service& service() const { return service_; }

 private:
  Steps& steps_;
  const Service& service_;
  Clock::time_point held_until_;
  const SessionInfo info_{1, {}, Clock::now()};
};

static_assert(SessionConnection<ScriptedConnection>);

/// A slot that records, and fails where it is told to.
class ScriptedSlot final : public Slot {
 public:
  explicit ScriptedSlot(Steps& steps) : steps_(steps) {}

  std::optional<Refusal> store_fails;
  std::optional<Refusal> load_fails;
  std::optional<Refusal> turn_fails;
  std::optional<Refusal> given_up;  ///< what is known of an access that is given up
  Message loaded = *Message::from("loaded");

  void store(Access& access) override {
    steps_.push_back("store " + std::string(access.message.text()));
    EXPECT_EQ(access.turn != nullptr, has_turn_);
    access.refusal = store_fails;
    access.completion.set();
  }
  void load(Access& access) override {
    steps_.push_back("load");
    EXPECT_EQ(access.turn != nullptr, has_turn_);
    access.message = loaded;
    access.refusal = load_fails;
    access.completion.set();
  }
  void give_up(Access& access) override {
    steps_.push_back("give up");
    access.refusal = given_up;
  }
  std::unique_ptr<Turn> enter(Completion& completion) override {
    steps_.push_back("enter");
    completion.set();
    return std::make_unique<ScriptedTurn>(*this);
  }

 private:
  struct ScriptedTurn final : Turn {
    explicit ScriptedTurn(ScriptedSlot& its_slot) : slot(its_slot) { slot.has_turn_ = true; }
    ~ScriptedTurn() override {
      slot.has_turn_ = false;
      slot.steps_.push_back("leave");
    }
    std::optional<Refusal> refusal() const override { return slot.turn_fails; }
    ScriptedSlot& slot;
  };

  Steps& steps_;
  bool has_turn_ = false;
};

class RecordingObserver final : public Observer {
 public:
  Steps events;
  void accepted(const SessionInfo&) override { events.push_back("accepted"); }
  void stored(const SessionInfo&, const Message& message) override {
    events.push_back("stored " + std::string(message.text()));
  }
  void replied(const SessionInfo&, const Message& actual, Clock::time_point due) override {
    EXPECT_LE(due, Clock::now());
    events.push_back("replied " + std::string(actual.text()));
  }
  void refused(const SessionInfo&, Refusal why) override {
    events.push_back("refused " + std::string(name_of(why)));
  }
  void failed(const SessionInfo&, Failure why) override {
    events.push_back("failed " + std::string(name_of(why)));
  }
  void accept_paused(const Shortage&) override {}
  void accept_resumed(Clock::duration, std::uint64_t) override {}
};

class Session : public testing::Test {
 protected:
  void serve_it() {
    Task<> task = serve(connection_);
    task.start();
    ASSERT_TRUE(task.is_done()) << "it must run through where every wait is ready";
    task.take();
  }

  Steps steps_;
  ScriptedSlot slot_{steps_};
  RecordingObserver observer_;
  SessionOptions options_{.hold = 0s};
  const Service service_{slot_, options_, observer_};
  ScriptedConnection connection_{steps_, service_};
};

TEST_F(Session, ReceivesStoresHoldsLoadsRepliesInThatOrder_Spec4_1) {
  connection_.arrivals = {{Kind::bytes, "mine\n"}};
  serve_it();
  EXPECT_THAT(steps_, ElementsAre("store mine", "hold", "load", "send and close"));
  EXPECT_EQ(connection_.sent, "loaded\n") << "loaded, never remembered";
  EXPECT_THAT(observer_.events, ElementsAre("accepted", "stored mine", "replied loaded"));
}

TEST_F(Session, InSessionScopeTheTurnCoversStoreHoldAndLoadButNoSocket_Spec3_2_Spec3_3) {
  options_.scope = Scope::session;
  connection_.arrivals = {{Kind::bytes, "mine\n"}};
  serve_it();
  EXPECT_THAT(steps_,
              ElementsAre("enter", "store mine", "hold", "load", "leave", "send and close"));
}

TEST_F(Session, WaitsTheReadTimeoutForTheFirstByteAndTheQuietGapForTheRest_Spec2_1_Spec2_4) {
  connection_.arrivals = {{Kind::bytes, "wri"}, {Kind::bytes, "ter1"}};
  serve_it();
  EXPECT_THAT(connection_.patience,
              ElementsAre(options_.read_timeout, options_.quiet_gap, options_.quiet_gap));
  EXPECT_EQ(steps_.front(), "store writer1");
}

TEST_F(Session, EndsTheMessageAtTheHalfClose_Spec2_1) {
  connection_.arrivals = {{Kind::bytes, "writer1"}, {Kind::end, ""}};
  serve_it();
  EXPECT_EQ(connection_.sent, "loaded");
}

TEST_F(Session, RefusesSilenceAndTouchesNoSlot_Spec2_4) {
  serve_it();
  EXPECT_EQ(connection_.sent, line_of(Refusal::silent));
  EXPECT_THAT(steps_, ElementsAre("send", "shut"));
  EXPECT_THAT(observer_.events, ElementsAre("accepted", "refused silent"));
}

TEST_F(Session, JustClosesWhoClosesSilently_Spec2_4) {
  connection_.arrivals = {{Kind::end, ""}};
  serve_it();
  EXPECT_TRUE(steps_.empty());
  EXPECT_THAT(observer_.events, ElementsAre("accepted", "failed closed_silently"));
}

TEST_F(Session, StoresNothingOfABrokenConnection_Spec5_1) {
  connection_.arrivals = {{Kind::bytes, "half"}, {Kind::broken, ""}};
  serve_it();
  EXPECT_TRUE(steps_.empty());
  EXPECT_THAT(observer_.events, ElementsAre("accepted", "failed reset"));
}

TEST_F(Session, RefusesTooLongAndEmptyWithoutTouchingTheSlot_Spec2_3) {
  connection_.arrivals = {{Kind::bytes, "12345678901234567890"}};
  serve_it();
  EXPECT_EQ(connection_.sent, line_of(Refusal::too_long));
  EXPECT_THAT(steps_, ElementsAre("send", "shut"));

  ScriptedConnection other{steps_, service_};
  other.arrivals = {{Kind::bytes, "\n"}};
  Task<> task = serve(other);
  task.start();
  EXPECT_EQ(other.sent, line_of(Refusal::empty));
}

TEST_F(Session, ListensToWhatFollowsTheEndUntilItIsQuiet_Spec2_2) {
  connection_.arrivals = {{Kind::bytes, "mine\nand more"}};
  connection_.leftovers = {Kind::bytes, Kind::bytes};
  serve_it();
  EXPECT_THAT(steps_,
              ElementsAre("store mine", "hold", "load", "send", "shut", "discard", "discard"));
}

TEST_F(Session, LooksForLateBytesWhereItHasWaited_Spec2_2) {
  options_.hold = 1ms;
  connection_.arrivals = {{Kind::bytes, "mine\n"}};
  connection_.leftovers = {Kind::bytes, Kind::end};
  serve_it();
  EXPECT_THAT(steps_,
              ElementsAre("store mine", "hold", "load", "discard", "send", "shut", "discard"));
}

TEST_F(Session, ALostReplyIsAFailureAndTheMessageStaysStored_Spec5_1) {
  connection_.arrivals = {{Kind::bytes, "mine\n"}};
  connection_.peer_is_there = false;
  serve_it();
  EXPECT_THAT(observer_.events, ElementsAre("accepted", "stored mine", "failed reply_lost"));
}

TEST_F(Session, TellsWhatIsKnownWhenTheSlotCannotBeReached_Spec5_4) {
  for (const Refusal why : {Refusal::not_stored, Refusal::unknown}) {
    for (const Scope scope : {Scope::access, Scope::session}) {
      steps_.clear();
      RecordingObserver observer;
      const Service service{slot_, options_, observer};
      ScriptedConnection connection{steps_, service};
      connection.arrivals = {{Kind::bytes, "mine\n"}};
      slot_.store_fails = why;
      options_.scope = scope;
      Task<> task = serve(connection);
      task.start();
      EXPECT_EQ(connection.sent, line_of(why));
      EXPECT_THAT(observer.events, ElementsAre("accepted", "refused " + std::string(name_of(why))));
      if (scope == Scope::session) {
        EXPECT_THAT(steps_, ElementsAre("enter", "store mine", "leave", "send", "shut"));
      }
    }
  }
}

TEST_F(Session, TellsThatItWasStoredWhenOnlyTheLoadFails_Spec5_4) {
  connection_.arrivals = {{Kind::bytes, "mine\n"}};
  slot_.load_fails = Refusal::unread;
  serve_it();
  EXPECT_EQ(connection_.sent, line_of(Refusal::unread));
  EXPECT_THAT(observer_.events, ElementsAre("accepted", "stored mine", "refused unread"));
}

TEST_F(Session, AStopBeforeTheMessageStoresNothing_Spec5_3) {
  connection_.arrivals = {{Kind::bytes, "half"}, {Kind::stopping, ""}};
  serve_it();
  EXPECT_EQ(connection_.sent, line_of(Refusal::stopping));
  EXPECT_THAT(steps_, ElementsAre("send", "shut"));
}

TEST_F(Session, TheEndOfTheGraceTimeCutsTurnAndHoldShort_Spec5_3) {
  connection_.arrivals = {{Kind::bytes, "mine\n"}};
  connection_.cut = true;
  serve_it();
  EXPECT_EQ(connection_.sent, line_of(Refusal::cut_short));

  steps_.clear();
  ScriptedConnection waits{steps_, service_};
  waits.arrivals = {{Kind::bytes, "mine\n"}};
  waits.cut = true;
  options_.scope = Scope::session;
  Task<> task = serve(waits);
  task.start();
  EXPECT_EQ(waits.sent, line_of(Refusal::stopping));
  EXPECT_THAT(steps_, ElementsAre("enter", "leave", "send", "shut"));
}

TEST_F(Session, TellsWhatIsKnownOfAnAccessThatTheEndOfTheGraceTimeCutShort_Spec5_3_Spec5_4) {
  connection_.arrivals = {{Kind::bytes, "mine\n"}};
  connection_.cut = true;
  slot_.given_up = Refusal::unknown;
  serve_it();
  EXPECT_THAT(steps_, ElementsAre("store mine", "give up", "send", "shut"));
  EXPECT_EQ(connection_.sent, line_of(Refusal::unknown));
}

TEST_F(Session, StoresNothingWhereItsTurnNeverComes_Spec5_4) {
  connection_.arrivals = {{Kind::bytes, "mine\n"}};
  options_.scope = Scope::session;
  slot_.turn_fails = Refusal::not_stored;
  serve_it();
  EXPECT_THAT(steps_, ElementsAre("enter", "leave", "send", "shut"));
  EXPECT_EQ(connection_.sent, line_of(Refusal::not_stored));
}

}  // namespace
}  // namespace lastword
