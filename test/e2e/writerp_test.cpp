// writerp against real servers: lastword-server, nobody, and some that misbehave.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <sstream>

#include "net/fd.h"
#include "support/network_namespace.h"
#include "support/server.h"

namespace lastword::test {
namespace {

Finished writerp(std::vector<std::string> words) {
  words.insert(words.begin(), program("writerp"));
  return run(words);
}

std::vector<std::string> to(std::uint16_t port, std::vector<std::string> words) {
  words.insert(words.begin(), {"--port", std::to_string(port)});
  return words;
}

TEST(Writerp, PrintsTheReplyAloneOnStdout) {
  Server server;
  const Finished finished = writerp(to(server.port(), {"writer1"}));
  EXPECT_EQ(finished.exit.code, 0);
  EXPECT_EQ(finished.out, "writer1\n");
  EXPECT_EQ(finished.err, "");
}

TEST(Writerp, NeedsNothingMoreForAServerOnThisMachine) {
  const auto host = NetworkNamespace::make();
  if (!host) GTEST_SKIP() << host.error().text;
  Process server(host->command({program("lastword-server"), "--hold", "50ms"}));
  EXPECT_TRUE(eventually([&] {
    return run(host->command({program("writerp"), "writer1"})).out == "writer1\n";
  })) << server.err();
}

TEST(Writerp, EndsTheMessageAsAsked_Spec2_1) {
  Server server({"--quiet-gap", "1h"});
  for (const std::string ending : {"nul", "lf"}) {
    const Finished finished = writerp(to(server.port(), {"--ending", ending, "writer1"}));
    EXPECT_EQ(finished.out, "writer1\n") << ending;
  }
}

TEST(Writerp, ResolvesNamesAndTriesEveryAddress) {
  Server server;  // on 127.0.0.1 only, while localhost may be ::1 too
  EXPECT_EQ(writerp(to(server.port(), {"--host", "localhost", "x"})).out, "x\n");
}

TEST(Writerp, TakesAnIpv6Address) {
  TemporaryFolder folder;
  Process server({program("lastword-server"), "-l", "[::1]:0", "--port-file", folder.file("port"),
                  "--hold", "10ms"});
  std::string port;
  ASSERT_TRUE(eventually([&] {
    std::istringstream(read_file(folder.file("port"))) >> port;
    return !port.empty();
  })) << server.err();
  EXPECT_EQ(writerp({"--host", "::1", "--port", port, "x"}).out, "x\n");
}

TEST(Writerp, RefusesByItselfWhatNoServerWouldTake_Spec2_3) {
  const Finished too_long = writerp({"--port", "9", "12345678901234567890"});
  EXPECT_EQ(too_long.exit.code, 1);
  EXPECT_EQ(too_long.out, "");
  EXPECT_EQ(too_long.err,
            "writerp: the message has 20 bytes; 19 is the most; --raw sends it all the same\n");
  EXPECT_EQ(writerp({"--port", "9", ""}).exit.code, 1);
  EXPECT_EQ(writerp({"--port", "9", "a\nb"}).exit.code, 1);
}

TEST(Writerp, SendsItRawAndShowsTheRefusal_Spec4_4) {
  Server server;
  const Finished finished = writerp(to(server.port(), {"--raw", "12345678901234567890"}));
  EXPECT_EQ(finished.exit.code, 1);
  EXPECT_EQ(finished.out, "");
  EXPECT_EQ(finished.err,
            "writerp: refused: error: not stored: the message is longer than 19 bytes\n");
}

TEST(Writerp, SaysWhichAddressRefused) {
  std::uint16_t port = 0;
  {
    Server gone;
    port = gone.port();
  }
  const Finished finished = writerp(to(port, {"--host", "127.0.0.1", "x"}));
  EXPECT_EQ(finished.exit.code, 3);
  EXPECT_NE(finished.err.find("cannot connect to 127.0.0.1:" + std::to_string(port) +
                              ": connection refused"),
            std::string::npos)
      << finished.err;
  const Finished nowhere = writerp({"--host", "no.such.host.invalid", "x"});
  EXPECT_EQ(nowhere.exit.code, 3);
  EXPECT_NE(nowhere.err.find("no.such.host.invalid"), std::string::npos) << nowhere.err;
}

TEST(Writerp, GivesUpAfterItsTimeout) {
  Server server({"--hold", "1h"});
  const auto begun = Clock::now();
  const Finished finished = writerp(to(server.port(), {"--timeout", "300ms", "x"}));
  EXPECT_EQ(finished.exit.code, 3);
  EXPECT_NE(finished.err.find("no reply came in time"), std::string::npos) << finished.err;
  EXPECT_GE(Clock::now() - begun, 300ms);
}

TEST(Writerp, SaysThatTheServerClosedWithoutAReply) {
  Server server({"--hold", "1h"});
  Process writer({program("writerp"), "--port", std::to_string(server.port()), "x"});
  ASSERT_TRUE(server.has_logged("stored"));
  server.process().signal(SIGKILL);
  ASSERT_EQ(writer.wait()->code, 3);
  EXPECT_EQ(writer.err(), "writerp: the server closed without a reply\n");
}

TEST(Writerp, KeepsAReplyThatAResetFollows) {
  // A server of the kind that closes with bytes unread.
  const Fd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(listener.get(), 1), 0);
  ASSERT_EQ(getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  Process writer(
      {program("writerp"), "--port", std::to_string(ntohs(address.sin_port)), "writer1"});
  {
    const Fd connection(accept(listener.get(), nullptr, nullptr));
    pollfd entry{connection.get(), POLLIN, 0};
    ASSERT_EQ(poll(&entry, 1, 20'000), 1);
    ASSERT_EQ(::send(connection.get(), "writer1", 7, 0), 7);
  }
  EXPECT_EQ(writer.wait()->code, 0) << writer.err();
  EXPECT_EQ(writer.out(), "writer1\n");
}

TEST(Writerp, EndsWith130WhenInterrupted) {
  Server server({"--hold", "1h"});
  Process writer({program("writerp"), "--port", std::to_string(server.port()), "x"});
  ASSERT_TRUE(server.has_logged("stored"));
  writer.signal(SIGINT);
  EXPECT_EQ(writer.wait()->code, 130);
}

TEST(Writerp, UsageErrorsAreOneLine) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{}, {"a", "b"}, {"--port", "0", "x"}, {"--ending", "dot", "x"}}) {
    const Finished finished = writerp(words);
    EXPECT_EQ(finished.exit.code, 2);
    EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1) << finished.err;
  }
}

/// What a program shows on a terminal of its own: stdout and stderr as they come.
std::string shown_on_a_terminal(std::vector<std::string> argv) {
  std::vector<char*> arguments;
  for (std::string& argument : argv) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  int master = -1;
  const pid_t pid = forkpty(&master, nullptr, nullptr, nullptr);
  if (pid == 0) {
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  const Fd terminal(master);
  std::string shown;
  char piece[4096];
  for (ssize_t got; (got = read(terminal.get(), piece, sizeof piece)) > 0;) {
    shown.append(piece, static_cast<std::size_t>(got));
  }
  waitpid(pid, nullptr, 0);
  return shown;
}

TEST(Writerp, CountsTheHoldDownOnATerminal) {
  Server server({"--hold", "500ms"});
  const std::string shown =
      shown_on_a_terminal({program("writerp"), "--port", std::to_string(server.port()), "writer1"});
  EXPECT_NE(shown.find("sent; the slot is read in 2.0 s"), std::string::npos) << shown;
  EXPECT_NE(shown.find("sent; the slot is read in 1."), std::string::npos) << shown;
  EXPECT_TRUE(shown.ends_with("\r\033[Kwriter1\r\n")) << "the line is cleared: " << shown;
}

}  // namespace
}  // namespace lastword::test
