// SPEC 1, Connecting: a real server over real sockets.

#include <gtest/gtest.h>

#include <csignal>
#include <set>
#include <sstream>

#include "support/network_namespace.h"
#include "support/server.h"

namespace lastword::test {
namespace {

class Spec1_1 : public testing::Test {};
class Spec1_2 : public EveryVariant {};
class Spec1_3 : public EveryVariant {};
class Spec1_3_Threads : public EveryVariant {};  // the loops serve many sessions on a thread
class Spec1_4 : public EveryVariant {};

TEST_F(Spec1_1, ListensOnPort1050OfEveryAddressByDefault) {
  const auto host = NetworkNamespace::make();
  if (!host) GTEST_SKIP() << host.error().text;
  Process server(host->command({program("lastword-server"), "--hold", "50ms"}));
  for (const std::string address : {"127.0.0.1", "::1"}) {
    ASSERT_TRUE(eventually([&] {
      return run(host->command({program("writerp"), "--host", address, "hello"})).out == "hello\n";
    })) << address
        << ": " << server.err();
  }
}

TEST_F(Spec1_1, ListensOnEveryAddressNamed) {
  TemporaryFolder folder;
  Process server({program("lastword-server"), "-l", "127.0.0.1:0", "-l", "[::1]:0", "--port-file",
                  folder.file("ports"), "--hold", "10ms"});
  std::uint16_t ports[2] = {0, 0};
  ASSERT_TRUE(eventually([&] {
    std::istringstream(read_file(folder.file("ports"))) >> ports[0] >> ports[1];
    return ports[1] != 0;
  })) << server.err();
  for (const auto& [address, port] : {std::pair{"127.0.0.1", ports[0]}, {"::1", ports[1]}}) {
    EXPECT_EQ(run({program("writerp"), "--host", address, "--port", std::to_string(port), "x"}).out,
              "x\n");
  }
}

TEST_P(Spec1_2, ARestartBindsAtOnce) {
  std::string address;
  {
    Server first(with({"-n", "1"}));
    address = "127.0.0.1:" + std::to_string(first.port());
    // The server closes first, so its end of the connection stays in TIME_WAIT.
    ASSERT_EQ(converse(first, "one\n"), reply("one\n"));
    ASSERT_EQ(first.process().wait()->code, 0);
  }
  Server second(with({"-n", "1", "--listen", address}), {});
  EXPECT_EQ(converse(second, "two\n"), reply("two\n"));
}

TEST_P(Spec1_2, ARestartBindsAtOnceAfterAKill) {
  std::string address;
  Writer held = [&] {
    Server first(with({"--hold", "1h"}));
    address = "127.0.0.1:" + std::to_string(first.port());
    Writer writer = first.connect();
    send(writer, "held\n");
    EXPECT_TRUE(first.has_logged("stored"));
    first.process().signal(SIGKILL);
    EXPECT_EQ(first.process().wait()->signal, SIGKILL);
    return writer;
  }();
  Server second(with({"-n", "1", "--listen", address}));
  EXPECT_EQ(converse(second, "two\n"), reply("two\n"));
}

TEST_P(Spec1_3_Threads, EverySessionHasAThreadOfItsOwn) {
  Server server(with({"--hold", "1h"}));
  ASSERT_TRUE(server.has_logged("listening"));
  const std::size_t before = thread_count_of(server.process().pid());
  std::vector<Writer> writers;
  for (int i = 0; i < 3; ++i) writers.push_back(server.connect());
  EXPECT_TRUE(eventually([&] { return thread_count_of(server.process().pid()) == before + 3; }));

  ASSERT_TRUE(server.has_logged("accepted", 3));
  std::set<long> threads;
  for (const auto& line : server.events("accepted")) threads.insert(line.at("thread").get<long>());
  EXPECT_EQ(threads.size(), 3u);
  EXPECT_FALSE(threads.contains(server.process().pid())) << "the accepting thread serves nobody";
}

TEST_P(Spec1_3, TheAcceptingThreadGoesStraightBackToAccept) {
  Server server(with({}));
  Writer silent = server.connect();
  ASSERT_TRUE(server.has_logged("accepted"));
  EXPECT_EQ(converse(server, "other\n"), reply("other\n"));
}

TEST_P(Spec1_3_Threads, AThreadIsGoneWithItsSession) {
  Server server(with({}));
  ASSERT_TRUE(server.has_logged("listening"));  // until then it reads the machine's limits
  const std::size_t threads = thread_count_of(server.process().pid());
  const std::size_t descriptors = descriptor_count_of(server.process().pid());
  for (int i = 0; i < 20; ++i) ASSERT_EQ(converse(server, "x\n"), reply("x\n"));
  EXPECT_TRUE(eventually([&] {
    return thread_count_of(server.process().pid()) == threads &&
           descriptor_count_of(server.process().pid()) == descriptors;
  }));
}

TEST_P(Spec1_4, AcceptsNConnectionsAndExitsZero) {
  Server server(with({"-n", "3"}));
  for (const std::string_view message : {"a\n", "b\n", "c\n"}) {
    EXPECT_EQ(converse(server, message), reply(message));
  }
  EXPECT_EQ(server.process().wait()->code, 0);
}

TEST_P(Spec1_4, ClosesItsListenerWithTheNthAndFinishesTheSessions) {
  Server server(with({"-n", "2", "--hold", "1s"}));
  std::vector<Writer> writers;
  for (int i = 0; i < 2; ++i) writers.push_back(server.connect());
  EXPECT_TRUE(eventually([&] {
    return !Writer::connect({"127.0.0.1", server.port()}, Clock::now() + 1s).has_value();
  })) << "a third writer must not be let in";
  for (Writer& writer : writers) send(writer, "x\n");
  for (Writer& writer : writers) EXPECT_EQ(answer_to(writer), reply("x\n"));
  EXPECT_EQ(server.process().wait()->code, 0);
}

TEST_P(Spec1_4, AnAcceptedConnectionCountsWhateverItDoes) {
  Server server(with({"-n", "4"}));
  { const Writer closes_at_once = server.connect(); }
  reset(server.connect());
  EXPECT_EQ(converse(server, "\n").bytes.substr(0, 7), "error: ");
  EXPECT_TRUE(server.process().is_running());
  EXPECT_EQ(converse(server, "x\n"), reply("x\n"));
  EXPECT_EQ(server.process().wait()->code, 0);
}

LASTWORD_FOR_EVERY_VARIANT(Spec1_2);
LASTWORD_FOR_EVERY_VARIANT(Spec1_3);
LASTWORD_FOR_EVERY_VARIANT_OF("threads", Spec1_3_Threads);
LASTWORD_FOR_EVERY_VARIANT(Spec1_4);

}  // namespace
}  // namespace lastword::test
