#include "protocol/message.h"

#include <gtest/gtest.h>

#include <string>

namespace lastword {
namespace {

using namespace std::string_view_literals;

TEST(Spec2_Message, IsTheTwentyBytesOfTheAssignment) { EXPECT_EQ(sizeof(Message), 20u); }

TEST(Spec2_Message, TakesOneToNineteenBytes) {
  for (std::size_t size = 1; size <= 19; ++size) {
    const std::string text(size, 'x');
    const auto message = Message::from(text);
    ASSERT_TRUE(message) << size;
    EXPECT_EQ(message->text(), text);
  }
}

TEST(Spec2_3_Message, TakesNoTwentiethByte) {
  EXPECT_FALSE(Message::from(std::string(20, 'x')));
  EXPECT_FALSE(Message::from(std::string(100, 'x')));
}

TEST(Spec2_3_Message, TakesNoEmptyOne) { EXPECT_FALSE(Message::from("")); }

TEST(Spec2_1_Message, TakesNoByteThatWouldEndIt) {
  EXPECT_FALSE(Message::from("a\0b"sv));
  EXPECT_FALSE(Message::from("a\n"));
}

TEST(Spec2_Message, TakesEveryOtherByte) {
  for (int byte = 1; byte < 256; ++byte) {
    if (byte == '\n') continue;
    const std::string text(1, static_cast<char>(byte));
    ASSERT_TRUE(Message::from(text)) << byte;
    EXPECT_EQ(Message::from(text)->text(), text);
  }
}

TEST(Spec3_1_Message, KeepsNoTailOfALongerOne) {
  auto message = *Message::from("1234567890123456789");
  message = *Message::from("short");
  EXPECT_EQ(message.text(), "short");
  EXPECT_EQ(message, *Message::from("short"));
}

TEST(Spec3_Message, TheEmptyOneIsWhatASlotHoldsAtFirst) {
  EXPECT_TRUE(Message().empty());
  EXPECT_EQ(Message().text(), "");
  EXPECT_FALSE(Message::from("x")->empty());
}

}  // namespace
}  // namespace lastword
