// Servers that share a slot in a real etcd, as processes.

#include <gtest/gtest.h>
#include <signal.h>

#include "support/etcd.h"
#include "support/server.h"

namespace lastword::test {
namespace {

/// Short, so that failing takes little time; a turn's lease lives for 2 s then.
constexpr auto call_timeout = 400ms;
constexpr auto lease_life = 2s;

std::vector<std::string> flags(const EtcdCluster& etcd, std::vector<std::string> more = {}) {
  std::vector<std::string> all{"--slot", "etcd:" + etcd.addresses() + "/lastword", "--slot-timeout",
                               "400ms"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST(Etcd, ServersShareOneSlot_Spec3_4) {
  EtcdCluster etcd;
  Server first(flags(etcd, {"--hold", "500ms"}));
  Server second(flags(etcd));
  Writer writer = first.connect();
  send(writer, "first\n");
  ASSERT_TRUE(first.has_logged("stored"));
  EXPECT_EQ(converse(second, "second\n"), reply("second\n"));
  EXPECT_EQ(answer_to(writer), reply("second\n"));
}

class EtcdVariants : public EveryVariant {};

TEST_P(EtcdVariants, ManyWritersOfTwoServersAndALossOfEtcd_Spec3_4_Spec5_4) {
  EtcdCluster etcd;
  Server first(with(flags(etcd, {"--hold", "1ms"})));
  Server second(with(flags(etcd, {"--hold", "1ms"})));
  const auto all_are_served = [&](const std::string& name) {
    std::vector<Writer> writers;
    for (int i = 0; i < 40; ++i) {
      writers.push_back((i % 2 == 0 ? first : second).connect());
      send(writers.back(), name + std::to_string(i) + "\n");
    }
    int served = 0;
    for (int i = 0; i < 40; ++i) {
      const Answer answer = answer_to(writers[static_cast<std::size_t>(i)]);
      const bool is_own = answer.bytes == name + std::to_string(i) + "\n";
      served += is_session_scope() ? is_own : answer.closed && answer.bytes.starts_with(name);
    }
    return served == 40;
  };
  EXPECT_TRUE(all_are_served("before"));
  etcd.kill(0);
  EXPECT_TRUE(converse(first, "unheard\n").bytes.starts_with("error: "));
  EXPECT_TRUE(converse(second, "unheard\n").bytes.starts_with("error: "));
  etcd.start(0);
  ASSERT_TRUE(etcd.serves(0));
  EXPECT_TRUE(eventually([&] {
    return converse(first, "again\n") == reply("again\n") &&
           converse(second, "again\n") == reply("again\n");
  }));
  EXPECT_TRUE(all_are_served("after"));
}
LASTWORD_FOR_EVERY_VARIANT(EtcdVariants);

TEST(Etcd, SessionsOfTwoServersTakeTurns_Spec3_3) {
  EtcdCluster etcd;
  Server first(flags(etcd, {"--scope", "session", "--hold", "100ms"}));
  Server second(flags(etcd, {"--scope", "session", "--hold", "100ms"}));
  const auto begun = Clock::now();
  std::vector<Writer> writers;
  for (int i = 0; i < 6; ++i) {
    writers.push_back((i % 2 == 0 ? first : second).connect());
    send(writers.back(), "w" + std::to_string(i) + "\n");
  }
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(answer_to(writers[static_cast<std::size_t>(i)]),
              reply("w" + std::to_string(i) + "\n"));
  }
  EXPECT_GE(Clock::now() - begun, 600ms);
}

TEST(Etcd, TheTurnOfAServerThatWasKilledEndsWithItsLease_Spec3_3) {
  EtcdCluster etcd;
  Server killed(flags(etcd, {"--scope", "session", "--hold", "1h"}));
  Server other(flags(etcd, {"--scope", "session"}));
  Writer lost = killed.connect();
  send(lost, "lost\n");
  ASSERT_TRUE(killed.has_logged("stored"));
  Writer waits = other.connect();
  send(waits, "waits\n");
  EXPECT_TRUE(waits.receive(Clock::now() + lease_life / 2)->timed_out) << "it is not its turn";
  killed.process().signal(SIGKILL);
  EXPECT_EQ(answer_to(waits), reply("waits\n"));
}

TEST(Etcd, AServerThatSleptThroughItsLeaseDisturbsNobody_Spec3_3_Spec5_4) {
  EtcdCluster etcd;
  Server sleeper(flags(etcd, {"--scope", "session", "--hold", "1s"}));
  Server other(flags(etcd, {"--scope", "session", "--hold", "1s"}));
  Writer slept = sleeper.connect();
  send(slept, "slept\n");
  ASSERT_TRUE(sleeper.has_logged("stored"));
  Writer behind = sleeper.connect();  // its turn would have come meanwhile
  send(behind, "behind\n");
  ASSERT_TRUE(sleeper.has_logged("accepted", 2));
  sleeper.process().signal(SIGSTOP);
  Writer awake = other.connect();
  send(awake, "awake\n");
  ASSERT_TRUE(other.has_logged("stored"));
  sleeper.process().signal(SIGCONT);
  const Answer refused = answer_to(slept);
  EXPECT_EQ(refused.bytes, "error: stored, but the slot can't be read back\n");
  EXPECT_EQ(answer_to(awake), reply("awake\n"));
  EXPECT_EQ(answer_to(behind), reply("behind\n")) << "in a turn of its own";
}

TEST(Etcd, WhileItIsAwayWritersAreToldAndTheServerStays_Spec5_4) {
  EtcdCluster etcd;
  for (const std::string scope : {"access", "session"}) {
    Server server(flags(etcd, {"--scope", scope}));
    EXPECT_EQ(converse(server, "before\n"), reply("before\n"));
    etcd.kill(0);
    const auto begun = Clock::now();
    EXPECT_TRUE(converse(server, "first\n").bytes.starts_with("error: "));
    const std::string told = converse(server, "meanwhile\n").bytes;
    EXPECT_EQ(told, "error: not stored: the slot can't be reached\n") << scope;
    EXPECT_LT(Clock::now() - begun, 4 * call_timeout + 2s);
    etcd.start(0);
    EXPECT_TRUE(eventually([&] { return converse(server, "after\n") == reply("after\n"); }));
    EXPECT_EQ(server.stop()->code, 0);
  }
}

TEST(Etcd, AHoldThroughWhichItWentAwayEndsWithWords_Spec5_4) {
  EtcdCluster etcd;
  Server server(flags(etcd, {"--hold", "300ms"}));
  Writer writer = server.connect();
  send(writer, "stored\n");
  ASSERT_TRUE(server.has_logged("stored"));
  etcd.kill(0);
  EXPECT_EQ(answer_to(writer).bytes, "error: stored, but the slot can't be read back\n");
}

TEST(Etcd, AStopTellsWhatIsKnownOfAStoreUnderWay_Spec5_3_Spec5_4) {
  EtcdCluster etcd;
  Server server(flags(etcd, {"--slot-timeout", "3s", "--grace", "300ms"}));
  EXPECT_EQ(converse(server, "before\n"), reply("before\n"));
  etcd.member(0).signal(SIGSTOP);
  Writer writer = server.connect();
  send(writer, "unanswered\n");
  EXPECT_TRUE(writer.receive(Clock::now() + 200ms)->timed_out);
  server.process().signal(SIGTERM);
  EXPECT_EQ(answer_to(writer).bytes, "error: unknown whether stored: the slot did not answer\n");
  EXPECT_EQ(server.process().wait()->code, 0);
}

TEST(Etcd, AServerStartsOnceItAnswersOrSaysWhyNot_Spec5_4) {
  EtcdCluster etcd;
  etcd.kill(0);
  std::vector<std::string> argv{program("lastword-server"), "--listen", "127.0.0.1:0"};
  const auto more = flags(etcd);
  argv.insert(argv.end(), more.begin(), more.end());
  const Finished alone = run(argv);
  EXPECT_EQ(alone.exit.code, 3);
  EXPECT_NE(alone.err.find(etcd.addresses()), std::string::npos) << alone.err;

  argv.insert(argv.end(), {"--wait-for-slot", "20s"});
  Process waits(argv);
  EXPECT_FALSE(waits.wait(2 * call_timeout)) << waits.err();
  etcd.start(0);
  EXPECT_TRUE(eventually([&] { return waits.err().find(" listening ") != std::string::npos; }));
}

TEST(Etcd, ASlotCanBeShownAndCleared) {
  EtcdCluster etcd;
  Server server(flags(etcd));
  EXPECT_EQ(converse(server, "hello\n"), reply("hello\n"));
  const std::string slot = "etcd:" + etcd.addresses() + "/lastword";
  EXPECT_EQ(run({program("lastword-server"), "slot", "show", slot}).out, "hello\n");
  EXPECT_EQ(run({program("lastword-server"), "slot", "clear", slot}).exit.code, 0);
  EXPECT_EQ(run({program("lastword-server"), "slot", "show", slot}).out, "\n");
  EXPECT_EQ(converse(server, "again\n"), reply("again\n"));
}

/// An authority and what it signed: etcd's certificate for the loopback, and a client's.
class Certificates {
 public:
  Certificates() {
    openssl({"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=ca",
             "-keyout", file("ca.key"), "-out", file("ca")});
    write_file(file("names"), "subjectAltName=IP:127.0.0.1\n");
    for (const std::string name : {"etcd", "client"}) {
      openssl({"req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + name, "-keyout",
               file(name + ".key"), "-out", file(name + ".request")});
      openssl({"x509", "-req", "-in", file(name + ".request"), "-CA", file("ca"), "-CAkey",
               file("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", file("names"), "-out",
               file(name)});
    }
  }
  std::string file(const std::string& name) const { return folder_.file(name + ".pem"); }

 private:
  static void openssl(std::vector<std::string> words) {
    words.insert(words.begin(), "openssl");
    if (run(words).exit.code != 0) throw std::runtime_error("openssl " + words[1] + " fails");
  }
  TemporaryFolder folder_;
};

TEST(Etcd, SpeaksTlsWithCertificatesOfBothSides) {
  const Certificates certificates;
  const Certificates others;
  TemporaryFolder folder;
  const auto ports = free_ports(2);
  const std::string client = "127.0.0.1:" + std::to_string(ports[0]);
  const std::string peer = "http://127.0.0.1:" + std::to_string(ports[1]);
  Process etcd({"etcd",
                "--name",
                "tls",
                "--data-dir",
                folder.file("data"),
                "--listen-client-urls",
                "https://" + client,
                "--advertise-client-urls",
                "https://" + client,
                "--listen-peer-urls",
                peer,
                "--initial-advertise-peer-urls",
                peer,
                "--initial-cluster",
                "tls=" + peer,
                "--cert-file",
                certificates.file("etcd"),
                "--key-file",
                certificates.file("etcd.key"),
                "--client-cert-auth",
                "--trusted-ca-file",
                certificates.file("ca"),
                "--log-level",
                "error"});
  const std::string slot = "etcd:" + client + "/lastword";
  Server server({"--slot", slot, "--wait-for-slot", "20s", "--etcd-cacert", certificates.file("ca"),
                 "--etcd-cert", certificates.file("client"), "--etcd-key",
                 certificates.file("client.key")});
  EXPECT_EQ(converse(server, "secret\n"), reply("secret\n"));

  const auto fails = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {program("lastword-server"), "--slot", slot, "--slot-timeout",
                                 "400ms", "--listen", "127.0.0.1:0"});
    const Finished finished = run(words);
    return finished.exit.code == 3 && finished.err.find(client) != std::string::npos;
  };
  EXPECT_TRUE(fails({"--etcd-cacert", others.file("ca"), "--etcd-cert", certificates.file("client"),
                     "--etcd-key", certificates.file("client.key")}))
      << "etcd's certificate is not by that authority";
  EXPECT_TRUE(fails({"--etcd-cacert", certificates.file("ca")})) << "etcd wants a client's";
  EXPECT_TRUE(fails({})) << "no TLS at all";
}

}  // namespace
}  // namespace lastword::test
