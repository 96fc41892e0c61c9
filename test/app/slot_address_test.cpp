#include "app/slot_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lastword {
namespace {

TEST(SlotAddress, IsReadAndWritten) {
  for (const std::string text : {"memory", "shm:lastword", "shm:a.b-c_d:e"}) {
    const auto address = parse_slot_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_string(*address), text);
  }
  EXPECT_EQ(parse_slot_address("memory")->kind, SlotAddress::Kind::memory);
  const SlotAddress shm{SlotAddress::Kind::shm, "lastword"};
  EXPECT_EQ(*parse_slot_address("shm:lastword"), shm);
  EXPECT_TRUE(parse_slot_address("shm:" + std::string(250, 'x')));
}

struct Nonsense {
  std::string text;
  std::string says;
};

TEST(SlotAddress, NonsenseIsToldWhatIsRight) {
  for (const Nonsense& row :
       {Nonsense{"", "it takes memory or shm:NAME"}, Nonsense{"Memory", "it takes memory or"},
        Nonsense{"memory:x", "it takes memory or"}, Nonsense{"shm", "it takes memory or"},
        Nonsense{"shm:", "has no name; write shm:NAME"}, Nonsense{"shm:/x", "has a '/'"},
        Nonsense{"shm:..", "stands for a folder"}, Nonsense{"shm:a b", "printable ASCII"},
        Nonsense{"shm:\x1b[2J", "printable ASCII"},
        Nonsense{"shm:" + std::string(251, 'x'), "more than 250 bytes"}}) {
    const auto address = parse_slot_address(row.text);
    ASSERT_FALSE(address) << row.text;
    EXPECT_THAT(address.error().text, testing::HasSubstr(row.says));
  }
}

}  // namespace
}  // namespace lastword
