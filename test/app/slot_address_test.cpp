#include "app/slot_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lastword {
namespace {

TEST(SlotAddress, IsReadAndWritten) {
  for (const std::string text : {"memory", "shm:lastword", "shm:a.b-c_d:e",
                                 "etcd:10.0.0.1:2379/lastword", "etcd:a:1,[::1]:2,b:3/x/y"}) {
    const auto address = parse_slot_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_string(*address), text);
  }
  EXPECT_EQ(parse_slot_address("memory")->kind, SlotAddress::Kind::memory);
  const SlotAddress shm{SlotAddress::Kind::shm, "lastword", {}};
  EXPECT_EQ(*parse_slot_address("shm:lastword"), shm);
  EXPECT_TRUE(parse_slot_address("shm:" + std::string(250, 'x')));
  const SlotAddress etcd{SlotAddress::Kind::etcd, "x/y", {{"a", 1}, {"::1", 2}}};
  EXPECT_EQ(*parse_slot_address("etcd:a:1,[::1]:2/x/y"), etcd);
}

struct Nonsense {
  std::string text;
  std::string says;
};

TEST(SlotAddress, NonsenseIsToldWhatIsRight) {
  for (const Nonsense& row :
       {Nonsense{"", "it takes memory, shm:NAME or etcd:HOST:PORT"},
        Nonsense{"Memory", "it takes memory,"}, Nonsense{"memory:x", "it takes memory,"},
        Nonsense{"shm", "it takes memory,"}, Nonsense{"shm:", "has no name; write shm:NAME"},
        Nonsense{"shm:/x", "has a '/'"}, Nonsense{"shm:..", "stands for a folder"},
        Nonsense{"shm:a b", "printable ASCII"}, Nonsense{"shm:\x1b[2J", "printable ASCII"},
        Nonsense{"shm:" + std::string(251, 'x'), "more than 250 bytes"},
        Nonsense{"etcd:", "etcd:HOST:PORT/KEY"}, Nonsense{"etcd:a:1", "etcd:HOST:PORT/KEY"},
        Nonsense{"etcd:a:1/", "etcd:HOST:PORT/KEY"}, Nonsense{"etcd:/x", "etcd:HOST:PORT/KEY"},
        Nonsense{"etcd:a:1/x y", "etcd:HOST:PORT/KEY"}, Nonsense{"etcd:a:0/x", "no port"},
        Nonsense{"etcd:a/x", "a"}, Nonsense{"etcd:a:1,,b:2/x", ""}}) {
    const auto address = parse_slot_address(row.text);
    ASSERT_FALSE(address) << row.text;
    EXPECT_THAT(address.error().text, testing::HasSubstr(row.says));
  }
}

}  // namespace
}  // namespace lastword
