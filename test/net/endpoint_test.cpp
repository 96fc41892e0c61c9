#include "net/endpoint.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <cstring>

#include "net/error.h"

namespace lastword {
namespace {

TEST(Endpoint, ReadsWhatAPersonWrites) {
  EXPECT_EQ(*parse_endpoint("127.0.0.1:1050"), (Endpoint{"127.0.0.1", 1050}));
  EXPECT_EQ(*parse_endpoint("[::1]:0"), (Endpoint{"::1", 0}));
  EXPECT_EQ(*parse_endpoint(":1051"), (Endpoint{"", 1051}));
  EXPECT_EQ(*parse_endpoint("host.example:65535"), (Endpoint{"host.example", 65535}));
}

TEST(Endpoint, SaysWhatWouldBeRight) {
  EXPECT_NE(parse_endpoint("127.0.0.1").error().text.find("write ADDRESS:PORT"), std::string::npos);
  EXPECT_NE(parse_endpoint("a:65536").error().text.find("0 to 65535"), std::string::npos);
  EXPECT_NE(parse_endpoint("a:-1").error().text.find("0 to 65535"), std::string::npos);
  EXPECT_NE(parse_endpoint("a:").error().text.find("0 to 65535"), std::string::npos);
  EXPECT_NE(parse_endpoint("a:1x").error().text.find("0 to 65535"), std::string::npos);
  EXPECT_NE(parse_endpoint("::1:1050").error().text.find("needs brackets"), std::string::npos);
}

TEST(Endpoint, PrintsTheWayItReads) {
  for (const std::string text : {"127.0.0.1:1050", "[::1]:9", "host.example:80"}) {
    EXPECT_EQ(to_string(*parse_endpoint(text)), text);
  }
  EXPECT_EQ(to_string(Endpoint{"", 1050}), "[::]:1050");
}

TEST(Endpoint, ResolvesToSomethingOfItsOwnKind) {
  const auto v4 = resolve({"127.0.0.1", 1050}, Purpose::connect);
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->front().family(), AF_INET);
  EXPECT_EQ(to_string(v4->front()), "127.0.0.1:1050");
  const auto all = resolve({"", 1050}, Purpose::listen);
  ASSERT_TRUE(all);
  EXPECT_EQ(to_string(all->front()), "[::]:1050");
}

TEST(Endpoint, LocalhostIsTheLoopbackWithoutAnyHostsFile) {
  for (const std::string host : {"", "localhost"}) {
    const auto addresses = resolve({host, 1050}, Purpose::connect);
    ASSERT_TRUE(addresses);
    bool v4 = false;
    for (const SocketAddress& address : *addresses) v4 |= to_string(address) == "127.0.0.1:1050";
    EXPECT_TRUE(v4);
  }
}

TEST(PeerAddress, ReadsAnIpv4PeerOfAnIpv6SocketAsIpv4) {
  SocketAddress mapped;
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(7);
  inet_pton(AF_INET6, "::ffff:10.1.2.3", &v6.sin6_addr);
  std::memcpy(&mapped.storage, &v6, sizeof v6);
  EXPECT_EQ(to_string(PeerAddress::from(mapped)), "10.1.2.3:7");
}

TEST(DescribeErrno, FitsTheMiddleOfASentence) {
  EXPECT_EQ(describe_errno(ECONNREFUSED), "connection refused");
}

}  // namespace
}  // namespace lastword
