// The slot in etcd, against a real one: what the contract does not ask of every back end.

#include "slot/etcd_slot.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "support/etcd.h"

namespace lastword::test {
namespace {

/// Short, so that failing takes little time; a turn lives for 2 s then.
constexpr auto call_timeout = 400ms;

EtcdOptions options_for(const EtcdCluster& etcd) {
  EtcdOptions options;
  options.endpoints = etcd.endpoints();
  options.timeout = call_timeout;
  return options;
}

/// One access, or one wait for a turn, of a session.
class Call final : public Completion {
 public:
  void set() noexcept override {
    is_done_ = true;
    is_done_.notify_all();
  }
  bool is_done() const { return is_done_; }
  void wait() { is_done_.wait(false); }

 private:
  std::atomic<bool> is_done_{false};
};

std::optional<Refusal> store(Slot& slot, const std::string& text, Turn* turn = nullptr) {
  Call done;
  Access access{done, turn, *Message::from(text), {}};
  slot.store(access);
  done.wait();
  return access.refusal;
}

/// What was loaded, or the name of the refusal.
std::string load(Slot& slot, Turn* turn = nullptr) {
  Call done;
  Access access{done, turn, {}, {}};
  slot.load(access);
  done.wait();
  return std::string(access.refusal ? name_of(*access.refusal) : access.message.text());
}

std::string etcdctl(const EtcdCluster& etcd, std::vector<std::string> words) {
  std::vector<std::string> argv{"etcdctl", "--endpoints", etcd.addresses()};
  argv.insert(argv.end(), words.begin(), words.end());
  return run(argv, {"ETCDCTL_API=3"}).out;
}

TEST(EtcdSlot, OperatorsSeeTheMessageInTheKeyAndCanPutOne_Spec3_1) {
  EtcdCluster etcd;
  EtcdSlot slot(options_for(etcd), "slot");
  ASSERT_FALSE(store(slot, "hello"));
  EXPECT_EQ(etcdctl(etcd, {"get", "slot"}), "slot\nhello\n");
  etcdctl(etcd, {"put", "slot", "by hand"});
  EXPECT_EQ(load(slot), "by hand");
  etcdctl(etcd, {"put", "slot", "far too long for a message"});
  EXPECT_EQ(load(slot), "unread");
}

TEST(EtcdSlot, AThousandStoresAtOnceCostFewPuts_Spec3_4) {
  EtcdCluster etcd;
  EtcdSlot slot(options_for(etcd), "slot");
  std::vector<std::thread> writers;
  std::atomic<int> failed{0};
  for (int i = 0; i < 1000; ++i) {
    writers.emplace_back([&, i] {
      if (store(slot, "m" + std::to_string(i)) || load(slot).empty()) ++failed;
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(failed, 0);
  const auto about = nlohmann::json::parse(etcdctl(etcd, {"get", "slot", "-w", "json"}));
  const int puts = about.at("kvs").at(0).at("version");
  std::cout << "1000 stores took " << puts << " puts\n";
  EXPECT_LT(puts, 500);
}

TEST(EtcdSlot, WhileEtcdIsAwayAccessesAreRefusedAndAfterwardsTheySucceed_Spec5_4) {
  EtcdCluster etcd;
  EtcdSlot slot(options_for(etcd), "slot");
  ASSERT_FALSE(store(slot, "before"));
  etcd.kill(0);
  for (int i = 0; i < 2; ++i) {
    const auto begun = Clock::now();
    // The first is perhaps sent into a connection that is about to break.
    const auto refusal = store(slot, "meanwhile");
    ASSERT_TRUE(refusal);
    if (i > 0) {
      EXPECT_EQ(*refusal, Refusal::not_stored);
    }
    EXPECT_EQ(load(slot), "unread");
    EXPECT_LT(Clock::now() - begun, 2 * call_timeout + 2s);
  }
  etcd.start(0);
  ASSERT_TRUE(eventually([&] { return load(slot) == "before"; }));
  EXPECT_FALSE(store(slot, "after"));
  EXPECT_EQ(load(slot), "after");
}

TEST(EtcdSlot, AStoreThatIsNotAnsweredIsUnknown_Spec5_4) {
  EtcdCluster etcd;
  EtcdSlot slot(options_for(etcd), "slot");
  ASSERT_FALSE(store(slot, "before"));
  etcd.member(0).signal(SIGSTOP);
  EXPECT_EQ(store(slot, "late"), Refusal::unknown);
  EXPECT_EQ(load(slot), "unread");
  etcd.member(0).signal(SIGCONT);
  // Etcd finds the request, and that whoever sent it has gone: it may serve it or not.
  std::string seen;
  EXPECT_TRUE(eventually([&] { return (seen = load(slot)) != "unread"; }));
  EXPECT_TRUE(seen == "late" || seen == "before") << seen;
  EXPECT_TRUE(eventually([&] { return !store(slot, "after"); }));
}

TEST(EtcdSlot, WhatIsGivenUpIsSaidAsFarAsItIsKnown_Spec5_3_Spec5_4) {
  EtcdCluster etcd;
  EtcdOptions options = options_for(etcd);
  options.timeout = 5s;
  EtcdSlot slot(options, "slot");
  ASSERT_FALSE(store(slot, "before"));
  etcd.member(0).signal(SIGSTOP);
  Call first_done, second_done, load_done;
  Access first{first_done, nullptr, *Message::from("first"), {}};
  Access second{second_done, nullptr, *Message::from("second"), {}};
  Access load_access{load_done, nullptr, {}, {}};
  slot.store(first);
  // Until its put is sent it would be `not_stored`: there is no seeing that from here, so it is
  // given the time of many.
  std::this_thread::sleep_for(200ms);
  slot.store(second);
  slot.load(load_access);
  slot.give_up(first);
  slot.give_up(second);
  slot.give_up(load_access);
  EXPECT_EQ(first.refusal, Refusal::unknown);
  EXPECT_EQ(second.refusal, Refusal::not_stored);
  EXPECT_EQ(load_access.refusal, Refusal::unread);
  etcd.member(0).signal(SIGCONT);
  EXPECT_FALSE(store(slot, "third"));
  EXPECT_EQ(load(slot), "third");
  EXPECT_FALSE(first_done.is_done() || second_done.is_done() || load_done.is_done());
}

TEST(EtcdSlot, GoesOnWithTheOtherMembersOfACluster_Spec3_4_Spec5_4) {
  EtcdCluster etcd(3);
  EtcdSlot slot(options_for(etcd), "slot");
  ASSERT_FALSE(store(slot, "first"));
  for (int member = 0; member < 3; ++member) {
    etcd.kill(member);
    // A new leader takes about a second; a store that hits the old one is unknown.
    const std::string text = "without " + std::to_string(member);
    ASSERT_TRUE(eventually([&] { return !store(slot, text); }));
    EXPECT_TRUE(eventually([&] { return load(slot) == text; }));
    etcd.start(member);
    ASSERT_TRUE(etcd.serves(member));
  }
}

TEST(EtcdSlot, OpensOnceEtcdAnswersOrSaysWhyNot_Spec5_4) {
  EtcdCluster etcd;
  etcd.kill(0);
  const auto refused = open_etcd_slot(options_for(etcd), "slot", 0s);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text.find(etcd.addresses()), std::string::npos) << refused.error().text;
  std::thread starter([&] {
    std::this_thread::sleep_for(700ms);  // longer than one call
    etcd.start(0);
  });
  EXPECT_TRUE(open_etcd_slot(options_for(etcd), "slot", 20s));
  starter.join();
}

TEST(EtcdSlot, AuthenticatesAUser) {
  EtcdCluster etcd;
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"user", "add", "root:rootpass"},
           {"user", "grant-role", "root", "root"},
           {"user", "add", "lw:pass:word"},
           {"role", "add", "lastword"},
           {"role", "grant-permission", "--prefix", "lastword", "readwrite", "lastword/slot"},
           {"user", "grant-role", "lw", "lastword"},
           {"auth", "enable"}}) {
    ASSERT_NE(etcdctl(etcd, words), "") << words[0] << " " << words[1];
  }
  EXPECT_FALSE(open_etcd_slot(options_for(etcd), "lastword/slot", 0s)) << "no user";
  EtcdOptions options = options_for(etcd);
  options.timeout = 2s;
  options.user = "lw:wrong";
  EXPECT_FALSE(open_etcd_slot(options, "lastword/slot", 0s)) << "wrong password";
  options.user = "lw:pass:word";
  EXPECT_FALSE(open_etcd_slot(options, "other/slot", 0s)) << "not this user's";
  auto slot = open_etcd_slot(options, "lastword/slot", 0s);
  ASSERT_TRUE(slot) << slot.error().text;
  EXPECT_FALSE(store(**slot, "hello"));
  EXPECT_EQ(load(**slot), "hello");
  // A token of which etcd knows no more, as after its time: simple tokens live in memory only.
  etcd.kill(0);
  etcd.start(0);
  EXPECT_TRUE(eventually([&] { return load(**slot) == "hello"; }));
  EXPECT_TRUE(eventually([&] { return !store(**slot, "again"); })) << "no longer";
  Call has_turn;
  const auto turn = (*slot)->enter(has_turn);
  has_turn.wait();
  EXPECT_FALSE(turn->refusal());
}

TEST(EtcdTurns, TwoServersTakeTurnsAndEachSessionGetsItsOwnWordsBack_Spec3_3) {
  EtcdCluster etcd;
  std::atomic<int> inside{0}, wrong{0};
  std::vector<std::unique_ptr<EtcdSlot>> servers;
  std::vector<std::thread> sessions;
  for (int server = 0; server < 2; ++server) {
    servers.push_back(std::make_unique<EtcdSlot>(options_for(etcd), "slot"));
  }
  for (int server = 0; server < 2; ++server) {
    for (int session = 0; session < 3; ++session) {
      sessions.emplace_back([&, server, session] {
        Slot& slot = *servers[static_cast<std::size_t>(server)];
        for (int round = 0; round < 4; ++round) {
          const auto text =
              std::to_string(server) + std::to_string(session) + std::to_string(round);
          Call has_turn;
          const auto turn = slot.enter(has_turn);
          has_turn.wait();
          if (turn->refusal() || inside.fetch_add(1) != 0) ++wrong;
          if (store(slot, text, turn.get())) ++wrong;
          std::this_thread::yield();
          if (load(slot, turn.get()) != text) ++wrong;
          inside.fetch_sub(1);
        }
      });
    }
  }
  for (std::thread& session : sessions) session.join();
  EXPECT_EQ(wrong, 0);
}

TEST(EtcdTurns, AHolderThatLostItsTurnNeitherStoresNorLoads_Spec3_3_Spec5_4) {
  EtcdCluster etcd;
  EtcdSlot cut_off(options_for(etcd), "slot");
  EtcdSlot other(options_for(etcd), "slot");
  Call first_turn_came, second_turn_came;
  const auto first_turn = cut_off.enter(first_turn_came);
  first_turn_came.wait();
  ASSERT_FALSE(store(cut_off, "first", first_turn.get()));
  auto second_turn = other.enter(second_turn_came);

  // What the lease's end does, sooner: etcd lets go of the holder's key.
  EXPECT_FALSE(second_turn_came.is_done());
  const std::string key = etcdctl(
      etcd, {"get", "--prefix", "slot/turn/", "--sort-by=CREATE", "--limit=1", "--keys-only"});
  etcdctl(etcd, {"del", key.substr(0, key.find('\n'))});

  second_turn_came.wait();
  ASSERT_FALSE(second_turn->refusal());
  EXPECT_EQ(store(cut_off, "late", first_turn.get()), Refusal::not_stored);
  EXPECT_EQ(load(cut_off, first_turn.get()), "unread");
  EXPECT_FALSE(store(other, "second", second_turn.get()));
  EXPECT_EQ(load(other, second_turn.get()), "second");
  second_turn.reset();
  EXPECT_EQ(load(other), "second");
}

TEST(EtcdTurns, AreRefusedWhileEtcdIsAwayAndComeAfterwards_Spec3_3_Spec5_4) {
  EtcdCluster etcd;
  EtcdSlot slot(options_for(etcd), "slot");
  etcd.kill(0);
  Call first, second;
  const auto first_turn = slot.enter(first);
  const auto second_turn = slot.enter(second);
  first.wait();
  second.wait();
  EXPECT_EQ(first_turn->refusal(), Refusal::not_stored);
  EXPECT_EQ(second_turn->refusal(), Refusal::not_stored);
  etcd.start(0);
  EXPECT_TRUE(eventually([&] {
    Call third;
    const auto turn = slot.enter(third);
    third.wait();
    return !turn->refusal() && !store(slot, "x", turn.get()) && load(slot, turn.get()) == "x";
  }));
}

TEST(EtcdTurns, ATurnOutlivesItsLeasesTimeWhileItIsHeld_Spec3_3) {
  EtcdCluster etcd;
  EtcdSlot slot(options_for(etcd), "slot");
  Call has_turn;
  const auto turn = slot.enter(has_turn);
  has_turn.wait();
  ASSERT_FALSE(store(slot, "mine", turn.get()));
  std::this_thread::sleep_for(2 * EtcdTurns::time_to_live(call_timeout));
  EXPECT_EQ(load(slot, turn.get()), "mine");
}

}  // namespace
}  // namespace lastword::test
