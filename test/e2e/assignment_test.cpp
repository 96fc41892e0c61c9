// The assignment, with writers of the shapes that its graders use, on its own topology.

#include <gtest/gtest.h>

#include <memory>

#include "support/lan.h"
#include "support/server.h"

namespace lastword::test {
namespace {

std::string port_of(const Server& server) { return std::to_string(server.port()); }

TEST(Assignment, AWriterThatReceivesOnceGetsExactlyItsBytes_Spec4_3) {
  Server server;
  const Finished writer =
      run({program("one_receive_writer"), "127.0.0.1", port_of(server), "writer1"});
  EXPECT_EQ(writer.exit.code, 0);
  EXPECT_EQ(writer.out, "writer1");
}

TEST(Assignment, NineteenCharactersFit_Spec2_3) {
  Server server;
  EXPECT_EQ(
      run({program("one_receive_writer"), "127.0.0.1", port_of(server), "1234567890123456789"}).out,
      "1234567890123456789");
}

TEST(Assignment, AWriterThatSendsAFileInPiecesGetsItsReply_Spec2_2) {
  TemporaryFolder folder;
  write_file(folder.file("short"), "writer2\n");
  write_file(folder.file("long"), "writer3\n" + std::string(450, 'x'));
  Server server;
  for (const auto& [file, want] : {std::pair{"short", "writer2\n"}, {"long", "writer3\n"}}) {
    const Finished writer =
        run({program("file_writer"), "127.0.0.1", port_of(server), folder.file(file)});
    EXPECT_EQ(writer.exit.code, 0);
    EXPECT_EQ(writer.out, want);
  }
}

/// A bridge with the server's host and the writers' hosts around it, as in the assignment: machines
/// that are physically separate, and nothing else on their network.
class Hosts {
 public:
  static constexpr const char* server_address = "10.247.53.97";

  static Result<Hosts> make(int writers) {
    auto lan = Lan::make();
    if (!lan) return tl::unexpected(lan.error());
    Hosts hosts(std::move(*lan));
    for (int i = 0; i <= writers; ++i) {
      auto host = NetworkNamespace::make();
      if (!host) return tl::unexpected(host.error());
      hosts.hosts_.push_back(std::make_unique<NetworkNamespace>(std::move(*host)));
      const auto joined =
          hosts.lan_.join(*hosts.hosts_.back(), "eth0",
                          i == 0 ? std::string(server_address) : "10.247.53." + std::to_string(i));
      if (!joined) return tl::unexpected(joined.error());
    }
    return hosts;
  }

  const NetworkNamespace& server() const { return *hosts_.front(); }
  const NetworkNamespace& writer(int number) const {
    return *hosts_.at(static_cast<std::size_t>(number));
  }

 private:
  explicit Hosts(Lan lan) : lan_(std::move(lan)) {}

  Lan lan_;
  std::vector<std::unique_ptr<NetworkNamespace>> hosts_;
};

TEST(Assignment, ThreeWriterHostsAndTheServerOnItsOwnAddressAndPort_Spec1_4_Spec4_1) {
  const auto hosts = Hosts::make(3);
  if (!hosts) GTEST_SKIP() << hosts.error().text;
  for (const std::string scope : {"access", "session"}) {
    Process server(hosts->server().command(
        {program("lastword-server"), "-n", "3", "--scope", scope, "--log-format", "json"}));
    ASSERT_TRUE(eventually([&] { return server.err().find("listening") != std::string::npos; }))
        << server.err();

    const auto begun = Clock::now();
    std::vector<std::unique_ptr<Process>> writers;
    for (int i = 1; i <= 3; ++i) {
      const std::string name = "writer" + std::to_string(i);
      // Three shapes of writers; each sends its name.
      const std::vector<std::string> command =
          i == 1
              ? std::vector<std::string>{program("one_receive_writer"), Hosts::server_address,
                                         "1050", name}
              : std::vector<std::string>{program("writerp"), "--host", Hosts::server_address, name};
      writers.push_back(std::make_unique<Process>(hosts->writer(i).command(command)));
    }
    for (int i = 1; i <= 3; ++i) {
      ASSERT_EQ(writers[static_cast<std::size_t>(i - 1)]->wait()->code, 0);
      std::string reply = writers[static_cast<std::size_t>(i - 1)]->out();
      if (reply.ends_with('\n')) reply.pop_back();
      EXPECT_TRUE(reply == "writer1" || reply == "writer2" || reply == "writer3") << reply;
      if (scope == "session") {
        EXPECT_EQ(reply, "writer" + std::to_string(i));
      }
    }
    EXPECT_GE(Clock::now() - begun, scope == "session" ? 6s : 2s);
    EXPECT_EQ(server.wait()->code, 0);
    // The port is free at once for the next scope's server (SPEC 1.2).
  }
}

}  // namespace
}  // namespace lastword::test
