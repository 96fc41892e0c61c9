#include "check/socket_table.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "client/writer.h"

namespace lastword {
namespace {

TEST(Check_SocketTable, ReadsTheKernelsLines) {
  const auto entries = parse_socket_table(
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
      "inode\n"
      "   0: 00000000:041A 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
      "4711 1 0000000000000000 100 0 0 10 0\n"
      "   1: 0100007F:041A 0100007F:D431 01 00000000:00000007 00:00000000 00000000     0        0 "
      "0 "
      "1 0000000000000000 20 0 0 10 -1\n"
      "nonsense\n",
      false);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].port, 1050);
  EXPECT_EQ(entries[0].state, SocketEntry::State::listening);
  EXPECT_EQ(entries[0].inode, 4711u);
  EXPECT_TRUE(entries[0].wildcard);
  EXPECT_FALSE(entries[1].wildcard);
  EXPECT_EQ(entries[1].peer_port, 0xD431);
  EXPECT_EQ(entries[1].inode, 0u);
}

TEST(Check_SocketTable, ReadsAnIpv6Line) {
  const auto entries = parse_socket_table(
      "   0: 00000000000000000000000000000000:041A 00000000000000000000000000000000:0000 0A "
      "00000000:00000000 00:00000000 00000000     0        0 99 1 0000000000000000 100 0 0 10 0\n",
      true);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_TRUE(entries[0].ipv6);
  EXPECT_TRUE(entries[0].wildcard);
}

/// What the whole check of rule 1.3 rests on: a connection has no inode until a process accepts it.
TEST(Spec1_3_SocketTable, ShowsWhetherAConnectionWasAccepted) {
  const Fd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(listener.get(), 5), 0);
  const auto bound = local_address(listener.get());
  const std::uint16_t port = PeerAddress::from(*bound).port;
  const auto writer = Writer::connect({"127.0.0.1", port},
                                      std::chrono::steady_clock::now() + std::chrono::seconds(5));
  ASSERT_TRUE(writer.has_value());
  const std::uint16_t own = PeerAddress::from(*local_address(writer->fd())).port;
  const auto inode = [&]() -> std::uint64_t {
    for (const SocketEntry& entry : read_socket_table()) {
      if (entry.port == port && entry.peer_port == own) return entry.inode;
    }
    ADD_FAILURE() << "not in the table";
    return 0;
  };
  EXPECT_EQ(inode(), 0u);
  const Fd accepted(accept(listener.get(), nullptr, nullptr));
  EXPECT_NE(inode(), 0u);
  EXPECT_TRUE(sockets_of(getpid()).contains(inode()));
}

}  // namespace
}  // namespace lastword
